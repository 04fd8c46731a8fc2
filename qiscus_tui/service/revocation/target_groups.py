"""What a plan revokes, by group: how much, how old, whether in use; and what became of it. Pure."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from qiscus_tui.model.durations import HOUR
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.text import counted
from qiscus_tui.model.turns import one_step
from qiscus_tui.service.revocation.outcomes import GONE, Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.sessions.groups import Group, grouped, lacking

_NAMED = 5
"""Groups that a remark names."""

IN_USE = HOUR
"""Seconds since the last use within which a session counts as in use."""


@dataclass(frozen=True)
class TargetGroup:
    """The targets of one group."""

    targets: Group
    """The group that they make alone."""
    count: int
    """Sessions of the group that were selected, those that stay too."""
    in_use: int
    """Targets that were used within the last hour."""


def target_groups(
    plan: RevocationPlan, keys: tuple[GroupKey, ...], server_now: float
) -> tuple[TargetGroup, ...]:
    """Return the targets by `keys`, the largest group first."""
    listed = plan.listed
    positions = [listed.positions[target.session.id] for target in plan.targets]
    groups = grouped(listed, keys, plan.moment, positions)
    counts = {one.group.values: one.group.count for one in plan.groups}
    since = server_now - IN_USE
    found: list[TargetGroup] = []
    for group in groups:
        used = 0
        is_hot = group.last_used_at is not None and group.last_used_at >= since
        if is_hot:
            last = [listed.sessions[position].last_used_at for position in group.positions]
            used = sum([at >= since for at in last if at is not None])
        found.append(TargetGroup(group, counts.get(group.values, group.count), used))
    return tuple(found)


def target_group_steps(
    plan: RevocationPlan, keys: tuple[GroupKey, ...], server_now: float
) -> Generator[None, None, tuple[TargetGroup, ...]]:
    """As `target_groups`, for callers in turns."""
    return one_step(lambda: target_groups(plan, keys, server_now))


def emptied_steps(plan: RevocationPlan) -> Generator[None, None, tuple[str, ...]]:
    """As `emptied_groups`, for callers in turns."""
    return one_step(lambda: emptied_groups(plan))


def emptied_groups(plan: RevocationPlan) -> tuple[str, ...]:
    """Return the names of the groups of client and network that its rules leave with no session.

    Where the server lists neither, of the plan's own groups.
    """
    retention, listed = plan.retention, plan.listed
    if retention is None or not plan.targets:
        return ()
    ids = {target.session.id for target in plan.targets}
    keys = retention.keys if lacking(listed, USUAL_KEYS) else USUAL_KEYS
    groups = grouped(listed, keys, plan.moment)
    return tuple(
        group.name
        for group in groups
        if not group.is_unknown and all(listed.sessions[at].id in ids for at in group.positions)
    )


def emptied_words(names: Sequence[str]) -> str:
    """Return `3 groups would be left with no session: …`; empty where there is none."""
    if not names:
        return ""
    more = len(names) - _NAMED
    rest = f" and {more:,} more" if more > 0 else ""
    named = ", ".join(names[:_NAMED])
    return f"{counted(len(names), 'group')} would be left with no session: {named}{rest}"


@dataclass(frozen=True)
class EndedGroup:
    """What became of the targets of one group."""

    group: TargetGroup
    gone: int
    """Targets that ended."""


def ended_groups(groups: Sequence[TargetGroup], report: Report) -> tuple[EndedGroup, ...]:
    """Count by group what ended, in the order of `groups`."""
    gone = {one.id for one in report.outcomes if one.outcome in GONE}
    sessions = report.plan.listed.sessions
    return tuple(
        EndedGroup(group, sum([sessions[at].id in gone for at in group.targets.positions]))
        for group in groups
    )


def ended_group_steps(
    groups: Sequence[TargetGroup], report: Report
) -> Generator[None, None, tuple[EndedGroup, ...]]:
    """As `ended_groups`, for callers in turns."""
    return one_step(lambda: ended_groups(groups, report))
