"""The groups of a plan as lines: how many go, how old they are, when they were used."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.plan_groups import EndedGroup, TargetGroup
from qiscus_tui.service.sessions.groups import shown
from qiscus_tui.tui.widgets.cells import UNKNOWN, day_words, fit, last_used_cell, width_of

MOST = 40
"""Most groups that are shown; the rest is counted."""
CREATED = 13
"""Cells of `27 Oct–25 Nov`."""
USED = 10
LAST_HOUR = "LAST HOUR"
ROOMY = 60
"""Cells for name and creation from which both are shown; below, the name first."""
_GAP = "  "


def group_lines(groups: Sequence[TargetGroup], now: float, width: int) -> list[Content]:
    """Return a title, a line for each group, and what is not shown. `now`: the server's time."""
    counts = [(group.targets.count, group.count) for group in groups]
    return _lines("REVOKE", counts, groups, now, width)


def ended_group_lines(ended: Sequence[EndedGroup], now: float, width: int) -> list[Content]:
    """Return the same of those groups of which something ended: how much of what was sent."""
    some = [one for one in ended if one.gone]
    counts = [(one.gone, one.group.targets.count) for one in some]
    return _lines("GONE", counts, [one.group for one in some], now, width)


def _lines(
    heading: str,
    numbers: Sequence[tuple[int, int]],
    groups: Sequence[TargetGroup],
    now: float,
    width: int,
) -> list[Content]:
    counts = [_count(*pair) for pair in numbers[:MOST]]
    first = max(len(heading), *map(len, counts))
    hot = [f"{group.in_use:,} in use" if group.in_use else "" for group in groups[:MOST]]
    last = len(_GAP) + max(len(LAST_HOUR), *map(len, hot)) if any(hot) else 0
    longest = max(len("GROUP"), *(width_of(_name(group)) for group in groups[:MOST]))
    room = width - len(_GAP) * 3 - first - USED - last
    created = CREATED if longest <= room - CREATED - len(_GAP) or room > ROOMY else 0
    name = min(longest, max(12, room - (created + len(_GAP) if created else 0)))
    titles = [fit("GROUP", name), *([fit("CREATED", created)] if created else ())]
    titles += [fit("LAST USED", USED), *([LAST_HOUR] if last else ())]
    title = _GAP.join((f"{_GAP}{heading:>{first}}", *titles))
    lines = [Content.styled(title, "$text-muted")]
    for group, count, used in zip(groups, counts, hot, strict=False):
        targets = group.targets
        lines.append(
            Content.assemble(
                (f"{_GAP}{count:>{first}}{_GAP}", "bold"),
                f"{fit(_name(group), name)}{_GAP}",
                (f"{fit(_created(group, now), created)}{_GAP}" if created else "", "$text-muted"),
                f"{last_used_cell(targets.last_used_at, now):<{USED}}",
                (f"{_GAP}{used}" if used else "", "bold $warning"),
            )
        )
    left = sum(many for many, _ in numbers[MOST:])
    if left:
        words = f"{_GAP}{left:>{first},}{_GAP}of {counted(len(groups) - MOST, 'other group')}"
        used = sum(group.in_use for group in groups[MOST:])
        said = f", {used:,} in use" if used else ""
        lines.append(Content.assemble((words, "$text-muted"), (said, "bold $warning")))
    return lines


def _count(some: int, of: int) -> str:
    return f"{some:,}" if some == of else f"{some:,} of {of:,}"


def _name(group: TargetGroup) -> str:
    return " ".join(map(shown, group.targets.values))


def _created(group: TargetGroup, now: float) -> str:
    oldest, newest = group.targets.oldest_at, group.targets.newest_at
    if oldest is None or newest is None:
        return UNKNOWN
    begin, end = day_words(oldest, now), day_words(newest, now)
    return begin if begin == end else f"{begin}–{end}"
