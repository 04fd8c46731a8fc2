"""Draws what a session stands among: its group, the group's logins per day, its neighbours."""

from __future__ import annotations

import re
import textwrap
import time
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from qiscus_tui.model.durations import DAY, HOUR, MINUTE
from qiscus_tui.service.overview.session_context import DAYS
from qiscus_tui.tui.widgets.bar_lines import column_lines
from qiscus_tui.tui.widgets.cells import created_cell, fit, last_used_cell

if TYPE_CHECKING:
    from qiscus_tui.service.overview.session_context import GroupHistory, SessionContext
    from qiscus_tui.service.sessions.session_list import SessionList

MOST_STRIP = 8
"""Lines of the strip of days, where there is room."""
MOST_CELLS = 4
"""Cells of a day in it."""
ROOMY = 8
"""Lines for strip and neighbours from which headings stand over them."""
WITH_ADDRESS = 70
"""Cells of a line from which a neighbour's has room for its address."""
MUTED = "$text-muted"
_WITHIN_TIME = re.compile(r"(?<=\d) (?=(?:min|[dhs])\b)|(?<=\d [dh]) (?=\d)")
_AROUND = 5
"""Lines of headings and blanks, and the one under the strip."""
_MOST_NEIGHBOURS = 3
"""Lines of the session and those beside it."""


def group_words(context: SessionContext, now: float) -> str:
    """Return `newest of 461 from GuzzleHttp · 10.2.0.0/24, one every 1 h 36 min, …`."""
    history = context.history
    words = [_place_words(context)]
    if history.interval is not None:
        words.append(f"one every {interval_words(history.interval)}")
    words.append(_use_words(history, now))
    if history.group.protected:
        words.append("protected")
    return ", ".join(words)


def _use_words(history: GroupHistory, now: float) -> str:
    is_alone, used = history.group.count == 1, history.used_within(DAY, now)
    if not history.used:
        return "its last use is unknown" if is_alone else "it is unknown when they were used"
    return "not used within 24h" if is_alone and not used else f"{used:,} used within 24h"


def _place_words(context: SessionContext) -> str:
    history, place = context.history, context.place
    count = history.group.count
    if history.group.is_unknown:
        whence = "whose client and network are unknown"
    else:
        whence = f"from {history.group.name}"
    if count == 1:
        return f"the only one {whence}"
    if place >= history.dated:
        return f"one of {count:,} {whence}"
    if place == 0:
        return f"newest of {count:,} {whence}"
    if place == count - 1:
        return f"oldest of {count:,} {whence}"
    return f"{ordinal(place + 1)} newest of {count:,} {whence}"


def ordinal(number: int) -> str:
    """Return `2nd`, `3rd`, `11th`, `1,021st`."""
    last = number % 10 if number % 100 // 10 != 1 else 0
    return f"{number:,}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def interval_words(seconds: float) -> str:
    """Return `41 s`, `12 min`, `1 h 36 min`, `3 d 4 h`."""
    if seconds < MINUTE:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / MINUTE)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 2 * DAY // MINUTE:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes * MINUTE // DAY} d {minutes * MINUTE % DAY // HOUR} h"


@dataclass(frozen=True)
class ContextText:
    """The parts of a context, from the top."""

    group: Content
    strip: Content
    """A column a day, of eighths of lines."""
    days: Content
    """The names of the first and last day, and a mark under the day of the session."""
    neighbours: Content


def draw_context(
    listed: SessionList, context: SessionContext, now: float, width: int, height: int
) -> ContextText:
    """Return a context in `width` cells, and in `height` lines where these are enough.

    A large place has headings, and a strip as tall as there is room for.
    """
    history, lines = context.history, _wrapped(group_words(context, now), width)
    sentence = "\n".join(lines)
    room = height - len(lines) - _AROUND
    most = max(history.logins)
    strip_lines = max(1, min(MOST_STRIP, room - _MOST_NEIGHBOURS, 1 + most))
    is_large = room >= ROOMY
    heading = Content.assemble(("\nLOGINS PER DAY", "bold"), (f"   at most {most:,}", MUTED))
    shown = history.logins[-max(1, width // _cells(width)) :]
    neighbours = Content("\n").join(_neighbours(listed, context, now, width, is_large))
    if is_large:
        neighbours = Content.assemble(("\nJUST BEFORE AND AFTER\n", "bold"), neighbours)
    created = listed.sessions[history.newest_first[context.place]].created_at
    return ContextText(
        Content.assemble(sentence, "\n", heading) if is_large else Content(sentence),
        Content("\n".join(column_lines(shown, strip_lines, _cells(width)))),
        Content.styled(_day_names(history, created, len(shown), _cells(width)), MUTED),
        neighbours,
    )


def _wrapped(words: str, width: int) -> list[str]:
    """Return the words in lines, none of which ends within `1 h 36 min`."""
    lines = textwrap.wrap(_WITHIN_TIME.sub("\N{NO-BREAK SPACE}", words), max(1, width))
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _cells(width: int) -> int:
    """Return the cells of a day, with the gap behind it."""
    return max(1, min(MOST_CELLS, width // DAYS))


def _day_names(history: GroupHistory, created: float | None, shown: int, cells: int) -> str:
    """Return the names, each beside the mark where that is under its day.

    A name that would otherwise stand where the mark is gives way.
    """
    then = time.localtime(history.days[-shown - 1])
    first, width = f"{then.tm_mday} {time.strftime('%b', then)}", shown * cells
    day = history.day_of(created)
    column = -1 if day is None else day - DAYS + shown
    at = column * cells
    line = [" "] * width
    for name, start, marked in (
        (first, 2 if column == 0 else 0, column == 0),
        ("today", at - 6 if column == shown - 1 else width - 5, column == shown - 1),
    ):
        if marked or column < 0 or not start - 1 <= at <= start + len(name):
            line[start : start + len(name)] = name
    if column >= 0:
        line[at] = "▲"
    return "".join(line)


def _neighbours(
    listed: SessionList, context: SessionContext, now: float, width: int, with_itself: bool
) -> list[Content]:
    """Return the next newer and the next older session of the group, and itself between them."""
    members, first = context.history.newest_first, max(0, context.place - 1)
    lines = [Content.styled("no newer one", MUTED)] if context.place == 0 else []
    for place, position in enumerate(members[first : context.place + 2], first):
        session = listed.sessions[position]
        used = session.last_used_at
        which = "newer" if place < context.place else "older" if place > context.place else "this"
        if which == "this" and not with_itself:
            continue
        words = (
            f"{which:<7}{created_cell(session.created_at, now):<19}{session.id[:8]}  "
            f"{'use unknown' if used is None else 'used ' + last_used_cell(used, now):<17}"
        )
        line = fit(f"{words}{session.safe_ip}" if width >= WITH_ADDRESS else words, width)
        lines.append(Content.styled(line.rstrip(), "bold" if which == "this" else ""))
    if context.place == len(members) - 1:
        lines.append(Content.styled("no older one", MUTED))
    return lines


class ContextPanel(Vertical):
    """Shows a context, in as many lines as it is given."""

    DEFAULT_CSS = """
    ContextPanel {
        height: auto;
        & #context-strip { color: $primary; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._drawn: ContextText | None = None
        self._parts = {
            part.name: Static("", id=f"context-{part.name}", markup=False)
            for part in fields(ContextText)
        }

    def compose(self) -> ComposeResult:
        yield from self._parts.values()

    def show(self, drawn: ContextText) -> None:
        """Draw the parts that read other than before: each lays the screen out again."""
        before, self._drawn = self._drawn, drawn
        for name, shown in self._parts.items():
            text: Content = getattr(drawn, name)
            if before is None or not text.is_same(getattr(before, name)):
                shown.update(text)
