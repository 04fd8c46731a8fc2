"""The groups of a plan: what it revokes of each, which it empties, what became of them. Pure."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from qiscus_tui.errors import CannotTell
from qiscus_tui.model.clock import HOUR
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.masking import MASK, KnownSecrets, masked
from qiscus_tui.model.text import counted
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.outcomes import GONE, Report
from qiscus_tui.service.revocation.plan import (
    Allowed,
    RevocationPlan,
    Selection,
    exclusion_of,
)
from qiscus_tui.service.revocation.retention import USUAL_RULES, check_rules, kept_by_rules
from qiscus_tui.service.sessions.groups import Group, grouped, lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.audit_records import AuditGroup

_NAMED = 5
"""Groups that a remark names."""

IN_USE = HOUR
"""Seconds since the last use within which a session counts as in use."""

MOST_RECORDED = 100
"""Groups that the audit log has, the largest first."""


@dataclass(frozen=True)
class TargetGroup:
    """The targets of one group."""

    targets: Group
    """The group that they make alone."""
    count: int
    """Sessions of the group that were selected, those that stay too."""
    in_use: int
    """Targets that were used within the last hour."""
    gone: int = 0
    """Targets that ended, by now."""


def target_groups(
    plan: RevocationPlan, keys: tuple[GroupKey, ...], server_now: float
) -> tuple[TargetGroup, ...]:
    """Group the targets by `keys`, the largest group first."""
    listed, since = plan.listed, server_now - IN_USE
    counts = {one.group.values: one.group.count for one in plan.groups}
    found: list[TargetGroup] = []
    for group in grouped(listed, keys, plan.moment, plan.target_positions):
        used = 0
        if (group.last_used_at or 0.0) >= since:
            last = (listed.sessions[position].last_used_at for position in group.positions)
            used = sum(at is not None and at >= since for at in last)
        found.append(TargetGroup(group, counts.get(group.values, group.count), used))
    return tuple(found)


def emptied_groups(plan: RevocationPlan) -> tuple[str, ...]:
    """Return the names of the groups of client and network that its rules leave with no session.

    Where the server lists neither, of the plan's own groups.
    """
    retention, listed = plan.retention, plan.listed
    if retention is None or not plan.targets:
        return ()
    positions = set(plan.target_positions)
    keys = retention.keys if lacking(listed, USUAL_KEYS) else USUAL_KEYS
    groups = grouped(listed, keys, plan.moment)
    return tuple(
        group.name
        for group in groups
        if not group.is_unknown and positions.issuperset(group.positions)
    )


def emptied_words(names: Sequence[str]) -> str:
    """Return `3 groups would be left with no session: …`; empty where there is none."""
    if not names:
        return ""
    more = len(names) - _NAMED
    rest = f" and {more:,} more" if more > 0 else ""
    named = ", ".join(names[:_NAMED])
    return f"{counted(len(names), 'group')} would be left with no session: {named}{rest}"


def ended_groups(groups: Sequence[TargetGroup], report: Report) -> tuple[TargetGroup, ...]:
    """Return the groups with what ended of them."""
    gone = {one.id for one in report.outcomes if one.outcome in GONE}
    sessions = report.plan.listed.sessions
    return tuple(
        replace(group, gone=sum(sessions[at].id in gone for at in group.targets.positions))
        for group in groups
    )


def audit_groups(
    listed: SessionList, known: KnownSecrets, positions: Sequence[int] | None = None
) -> tuple[AuditGroup, ...]:
    """Return the groups of these positions, of all by default, as the audit log has them.

    A client that calls itself by a token of the list, or by one of the known secrets, is masked.
    """

    def text(value: str | None) -> str | None:
        return None if value is None else str(masked(value, known, listed.lists_token))

    recorded: list[AuditGroup] = []
    groups = grouped(listed, USUAL_KEYS, Moment(listed.read_at, 0.0), positions)
    for group in groups[:MOST_RECORDED]:
        client, network = group.values
        if text(listed.clients[group.positions[0]]) == MASK:  # what is cut off is no version
            client = MASK
        recorded.append(AuditGroup(text(client), text(network), group.count))
    return tuple(recorded)


def targets_of_groups(
    listed: SessionList, groups: Sequence[Group], moment: Moment
) -> dict[tuple[Hashable, ...], int]:
    """Return by its kinds how many sessions of each group the usual rules would revoke.

    Empty where the list can't answer them.
    """
    try:
        check_rules(listed.sessions, USUAL_RULES)
    except CannotTell:
        return {}
    selection, allowed, now = Selection(()), Allowed(), moment.server_now
    found: dict[tuple[Hashable, ...], int] = {}
    for group in groups:
        kept = kept_by_rules(listed.sessions, (group,), USUAL_RULES, now)
        found[group.kinds] = sum(
            position not in kept and exclusion_of(listed, position, selection, allowed) is None
            for position in group.positions
        )
    return found
