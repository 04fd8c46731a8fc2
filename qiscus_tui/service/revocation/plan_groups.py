"""Which groups a plan empties, which the audit log has of it, and what a prune would plan. Pure."""

from collections.abc import Hashable, Sequence
from itertools import chain

from qiscus_tui.errors import CannotTell
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.masking import MASK, KnownSecrets, masked
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.text import counted
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.plan import Allowed, RevocationPlan, Selection, make_plan
from qiscus_tui.service.revocation.retention import USUAL_RULES, check_rules
from qiscus_tui.service.sessions.groups import Members, lacking, members_by, whole_groups
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.audit_records import AuditGroup

_NAMED = 5
"""Groups that a remark names."""

MOST_RECORDED = 100
"""Groups that the audit log has, the largest first."""


def emptied_words(plan: RevocationPlan) -> str:
    """Return `3 groups would be left with no session: …`; empty where the rules leave none so.

    These are groups of client and network; where the server lists neither, the plan's own.
    """
    retention, listed = plan.retention, plan.listed
    if retention is None or not plan.targets:
        return ""
    keys = retention.keys if lacking(listed, USUAL_KEYS) else USUAL_KEYS
    names = [group.name for group in whole_groups(listed, keys, plan.target_positions)]
    if not names:
        return ""
    more = len(names) - _NAMED
    rest = f" and {more:,} more" if more > 0 else ""
    named = ", ".join(names[:_NAMED])
    return f"{counted(len(names), 'group')} would be left with no session: {named}{rest}"


def audit_groups(
    listed: SessionList, known: KnownSecrets, positions: Sequence[int] | None = None
) -> tuple[AuditGroup, ...]:
    """Return the groups of these positions, of all by default, as the audit log has them.

    A client that calls itself by a token of the list, or by one of the known secrets, is masked.
    """

    def text(value: str | None) -> str | None:
        return None if value is None else str(masked(value, known, listed.lists_token))

    recorded: list[AuditGroup] = []
    for group in members_by(listed, USUAL_KEYS, positions)[:MOST_RECORDED]:
        client, network = group.values
        if text(listed.clients[group.positions[0]]) == MASK:  # what is cut off is no version
            client = MASK
        recorded.append(AuditGroup(text(client), text(network), group.count))
    return tuple(recorded)


def targets_of_groups(
    listed: SessionList, groups: Sequence[Members], moment: Moment
) -> dict[tuple[Hashable, ...], int]:
    """Return by its kinds how many sessions of each group a plan by the usual rules revokes.

    Empty where the list can't answer them.
    """
    try:
        check_rules(listed.sessions, USUAL_RULES)
    except CannotTell:
        return {}
    keys = groups[0].keys if groups else USUAL_KEYS
    selection = Selection([*chain.from_iterable(group.positions for group in groups)])
    plan = make_plan(listed, selection, Allowed(), Retention(keys, USUAL_RULES), moment)
    return {group.kinds: group.targets for group in plan.groups}
