"""One check of one account."""

import asyncio
from dataclasses import dataclass, replace
from functools import partial

from qiscus_tui.errors import StorageError
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.query import Moment
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.check.findings import (
    Figures,
    Finding,
    Limits,
    figures_of,
    limit_findings,
    new_findings,
    returned_findings,
)
from qiscus_tui.service.history import revoked_pairs
from qiscus_tui.service.sessions.groups import grouped, pair_groups
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.refresh import read_list
from qiscus_tui.store.state import Checked, Checks


@dataclass(frozen=True)
class CheckReport:
    """What a check saw, and what is remembered of it."""

    account: str
    server: str
    checked_at: float
    """Epoch seconds, the server's clock."""
    listed: SessionList
    figures: Figures
    findings: tuple[Finding, ...]
    seen: Checked
    compares: bool
    """Whether it is known what earlier checks saw; otherwise nothing can be new."""
    trouble: StorageError | None = None
    """Why it is not known what earlier checks saw."""


async def check(
    connection: Connection, checks: Checks, limits: Limits, expiring: float
) -> CheckReport:
    """Read the list, and hold it against the limits, the audit log and earlier checks.

    Nothing is remembered yet. Raises what `read_list` raises.
    """
    listed = await read_list(connection)
    now, key = connection.server_now(), connection.account.key
    moment = Moment(now, expiring)
    pairs = await asyncio.to_thread(pair_groups, listed, moment)
    clients = await asyncio.to_thread(grouped, listed, (GroupKey.CLIENT,), moment)
    held = await connection.credentials()
    short = held.short_lived
    hide = partial(masked, known=KnownSecrets(held.secrets), is_secret=listed.lists_token)
    figures = replace(
        figures_of(listed, now, expiring, short.expires_at if short else None),
        by_client=[(str(hide(group.name)), group.count) for group in clients],
    )
    trouble: StorageError | None = None
    earlier: Checked | None = None
    try:
        earlier = await asyncio.to_thread(checks.seen, key)
    except StorageError as error:  # the limits are checked all the same
        trouble = error
    local_files = connection.account_storage.local_files
    revoked = await asyncio.to_thread(revoked_pairs, local_files, connection.account)
    returned = list(returned_findings(listed, pairs, revoked, earlier or Checked()))
    findings = [*new_findings(pairs, earlier)] if limits.new else []
    findings += [finding for finding, _, _ in returned]
    findings += limit_findings(figures, limits, now)
    seen = Checked(
        {fingerprint: now for fingerprint, _ in pairs},
        {fingerprint: newest for _, fingerprint, newest in returned},
    )
    shown = tuple(
        replace(one, message=str(hide(one.message)), client=_text(hide(one.client)))
        for one in findings
    )
    return CheckReport(
        connection.name,
        str(connection.account.origin),
        now,
        listed,
        figures,
        shown,
        seen,
        compares=earlier is not None,
        trouble=trouble,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
