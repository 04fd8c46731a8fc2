"""What a plan revokes, by group: how much, how old, whether in use; and what became of it. Pure."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from qiscus_tui.model.durations import HOUR
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.text import counted
from qiscus_tui.model.turns import runs
from qiscus_tui.service.revocation.outcomes import GONE, Report
from qiscus_tui.service.revocation.plan import RevocationPlan, Target
from qiscus_tui.service.sessions.groups import Group, group_steps, lacking

_ID: Callable[[Target], str] = attrgetter("session.id")

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


def target_group_steps(
    plan: RevocationPlan, keys: tuple[GroupKey, ...], server_now: float
) -> Generator[None, None, tuple[TargetGroup, ...]]:
    """Group the targets by `keys`, the largest group first, in short steps."""
    listed, positions = plan.listed, list[int]()
    is_all = len(plan.targets) == len(listed)
    for run in runs(plan.targets if not is_all else ()):
        positions += map(listed.positions.__getitem__, map(_ID, run))
        yield
    groups = yield from group_steps(listed, keys, plan.moment, None if is_all else positions)
    counts = {one.group.values: one.group.count for one in plan.groups}
    since = server_now - IN_USE
    found: list[TargetGroup] = []
    for group in groups:
        used = 0
        is_hot = group.last_used_at is not None and group.last_used_at >= since
        for run in runs(group.positions if is_hot else ()):
            last = [listed.sessions[position].last_used_at for position in run]
            used += sum([at >= since for at in last if at is not None])
            yield
        found.append(TargetGroup(group, counts.get(group.values, group.count), used))
    return tuple(found)


def emptied_steps(plan: RevocationPlan) -> Generator[None, None, tuple[str, ...]]:
    """Return the names of the groups of client and network that its rules leave with no session.

    Where the server lists neither, of the plan's own groups. In short steps.
    """
    retention, listed = plan.retention, plan.listed
    if retention is None or not plan.targets:
        return ()
    ids = {target.session.id for target in plan.targets}
    keys = retention.keys if lacking(listed, USUAL_KEYS) else USUAL_KEYS
    groups = yield from group_steps(listed, keys, plan.moment)
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


def ended_group_steps(
    groups: Sequence[TargetGroup], report: Report
) -> Generator[None, None, tuple[EndedGroup, ...]]:
    """Count by group what ended, in the order of `groups`, in short steps."""
    gone = {one.id for one in report.outcomes if one.outcome in GONE}
    yield
    found: list[EndedGroup] = []
    for group in groups:
        ended, targets = 0, group.targets
        for run in runs(targets.positions):
            ended += sum([report.plan.listed.sessions[at].id in gone for at in run])
            yield
        found.append(EndedGroup(group, ended))
    return tuple(found)
