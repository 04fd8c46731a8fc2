"""Says in the audit log where the sessions of a plan came from: by client and network."""

import asyncio
from collections.abc import Sequence

from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.masking import MASK, KnownSecrets, masked
from qiscus_tui.query import Moment
from qiscus_tui.service.sessions.groups import grouped
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.audit_records import AuditGroup

MOST = 100
"""Groups that are recorded, the largest first."""


async def audit_groups(
    listed: SessionList, known: KnownSecrets, positions: Sequence[int] | None = None
) -> tuple[AuditGroup, ...]:
    """Return the groups of these positions, of all by default.

    A client that calls itself by a token of the list, or by one of the known secrets, is masked.
    """

    def text(value: str | None) -> str | None:
        return None if value is None else str(masked(value, known, listed.lists_token))

    groups = await asyncio.to_thread(
        grouped, listed, USUAL_KEYS, Moment(listed.read_at, 0.0), positions
    )
    recorded: list[AuditGroup] = []
    for group in groups[:MOST]:
        client, network = group.values
        if text(listed.clients[group.positions[0]]) == MASK:  # what is cut off is no version
            client = MASK
        recorded.append(AuditGroup(text(client), text(network), group.count))
    return tuple(recorded)
