"""What a plan revokes, by group: how much, how old, whether in use; and what became of it. Pure."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from qiscus_tui.model.durations import HOUR
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.turns import runs
from qiscus_tui.service.revocation.outcomes import GONE, Report
from qiscus_tui.service.revocation.plan import RevocationPlan, Target
from qiscus_tui.service.sessions.groups import Group, group_steps

_ID: Callable[[Target], str] = attrgetter("session.id")

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
