"""The sessions and groups of a plan as lines of a dialog.

The columns of sessions depend on the width alone, so that those of several lists line up.
"""

from collections.abc import Iterable, Sequence

from textual.content import Content

from qiscus_tui.model.clock import countdown
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.plan_groups import IN_USE, EndedGroup, TargetGroup
from qiscus_tui.service.sessions.groups import shown
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.client_words import client_text
from qiscus_tui.tui.widgets.cells import UNKNOWN, day_words, fit, last_used_cell, width_of

ID, LEFT, USED, ADDRESS = 8, 10, 10, 15
"""Cells of `3fa9c01b`, `29d 04:11`, `59 min ago`, `203.0.113.254`; a longer address is the last."""
WITH_USE = 68
"""Cells of a session's line from which it has room for the last use."""
MOST = 40
"""Most groups that are shown; the rest is counted."""
CREATED = 13
"""Cells of `27 Oct–25 Nov`."""
LAST_HOUR = "LAST HOUR"
ROOMY = 60
"""Cells for name and creation of a group from which both are shown; below, the name first."""
_GAP = "  "


def muted(text: str) -> Content:
    """Return a line that matters less."""
    return Content.styled(text, "$text-muted")


def session_heading(width: int) -> Content:
    """Return the titles of the columns of sessions, in `width` cells."""
    used = f"{'LAST USED':<{USED}}{_GAP}" if width >= WITH_USE else ""
    client = fit("CLIENT", _client_width(width))
    return muted(f"{_GAP}{'ID':<{ID}}{_GAP}{'EXPIRES IN':>{LEFT}}{_GAP}{client}{_GAP}{used}IP")


def session_lines(
    listed: SessionList, sessions: Iterable[Session], now: float, width: int
) -> list[Content]:
    """Return a line for each. `now`: the server's time, epoch seconds."""
    return [_session_line(listed, session, now, width) for session in sessions]


def _session_line(listed: SessionList, session: Session, now: float, width: int) -> Content:
    at, room = session.last_used_at, _client_width(width)
    client = client_text(listed, listed.positions[session.id], room)
    left = UNKNOWN if session.expires_at is None else countdown(session.expires_at - now)
    is_hot = at is not None and now - at < IN_USE
    used = f"{last_used_cell(at, now):<{USED}}{_GAP}" if width >= WITH_USE else ""
    return Content.assemble(
        _GAP,
        (session.id[:ID], "$primary"),
        f"{_GAP}{left:>{LEFT}}{_GAP}{fit(client, room)}{_GAP}",
        (used, "bold $warning" if is_hot else ""),
        (session.safe_ip, "$text-muted"),
    )


def _client_width(width: int) -> int:
    used = USED + len(_GAP) if width >= WITH_USE else 0
    return max(8, width - ID - LEFT - used - ADDRESS - 4 * len(_GAP))


def group_lines(groups: Sequence[TargetGroup], now: float, width: int) -> list[Content]:
    """Return a title, a line for each group, and what is not shown. `now`: the server's time."""
    counts = [(group.targets.count, group.count) for group in groups]
    return _group_lines("REVOKE", counts, groups, now, width)


def ended_group_lines(ended: Sequence[EndedGroup], now: float, width: int) -> list[Content]:
    """Return the same of those groups of which something ended: how much of what was sent."""
    some = [one for one in ended if one.gone]
    counts = [(one.gone, one.group.targets.count) for one in some]
    return _group_lines("GONE", counts, [one.group for one in some], now, width)


def _group_lines(
    heading: str,
    numbers: Sequence[tuple[int, int]],
    groups: Sequence[TargetGroup],
    now: float,
    width: int,
) -> list[Content]:
    """`numbers`: how many of how many, of each group."""
    counts = [f"{some:,}" if some == of else f"{some:,} of {of:,}" for some, of in numbers[:MOST]]
    names = [" ".join(map(shown, group.targets.values)) for group in groups[:MOST]]
    hot = [f"{group.in_use:,} in use" if group.in_use else "" for group in groups[:MOST]]
    first = max(len(heading), *map(len, counts))
    last = len(_GAP) + max(len(LAST_HOUR), *map(len, hot)) if any(hot) else 0
    longest = max(len("GROUP"), *map(width_of, names))
    room = width - len(_GAP) * 3 - first - USED - last
    created = CREATED if longest <= room - CREATED - len(_GAP) or room > ROOMY else 0
    name = min(longest, max(12, room - (created + len(_GAP) if created else 0)))
    titles = [fit("GROUP", name), *([fit("CREATED", created)] if created else ())]
    titles += [fit("LAST USED", USED), *([LAST_HOUR] if last else ())]
    lines = [muted(_GAP.join((f"{_GAP}{heading:>{first}}", *titles)))]
    for group, count, words, used in zip(groups, counts, names, hot, strict=False):
        when = f"{fit(_created(group, now), created)}{_GAP}" if created else ""
        lines.append(
            Content.assemble(
                (f"{_GAP}{count:>{first}}{_GAP}", "bold"),
                f"{fit(words, name)}{_GAP}",
                (when, "$text-muted"),
                f"{last_used_cell(group.targets.last_used_at, now):<{USED}}",
                (f"{_GAP}{used}" if used else "", "bold $warning"),
            )
        )
    if left := sum(many for many, _ in numbers[MOST:]):
        others = f"{_GAP}{left:>{first},}{_GAP}of {counted(len(groups) - MOST, 'other group')}"
        used = sum(group.in_use for group in groups[MOST:])
        said = f", {used:,} in use" if used else ""
        lines.append(Content.assemble((others, "$text-muted"), (said, "bold $warning")))
    return lines


def _created(group: TargetGroup, now: float) -> str:
    oldest, newest = group.targets.oldest_at, group.targets.newest_at
    if oldest is None or newest is None:
        return UNKNOWN
    begin, end = day_words(oldest, now), day_words(newest, now)
    return begin if begin == end else f"{begin}–{end}"
