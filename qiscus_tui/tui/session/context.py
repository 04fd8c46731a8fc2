"""What a session stands among: its group, logins per day, neighbours.

Found out once for each group, in a thread, and drawn.
"""

from __future__ import annotations

import asyncio
import textwrap
import time

from textual.content import Content

from qiscus_tui.model.clock import span
from qiscus_tui.query import Moment
from qiscus_tui.service.overview import (
    DAYS,
    NO_ORIGINS,
    GroupHistory,
    SessionContext,
    Sprawl,
    origins_of,
)
from qiscus_tui.service.sessions.groups import Kind
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.widgets.bars import column_lines
from qiscus_tui.tui.widgets.cells import created_cell_short, last_used_cell, width_of

MOST_STRIP = 8
"""Lines of the strip of days, where there is room."""
MOST_CELLS = 6
"""Cells of a day in it, with the gap behind it."""
LOW_STRIP = 3
"""Lines of a strip whose days have no gap between them."""
ROOMY = 6
"""Lines of the strip from which there are blank lines around it, and the session below it."""
MUTED = "$text-muted"
_AROUND = 5
"""Lines of the strip's heading, of its days, and of three sessions."""


class SessionDetails:
    """The details of the sessions of one list at a time. Draws nothing."""

    def __init__(self) -> None:
        self._origins = NO_ORIGINS
        self._known: dict[tuple[Kind, ...], GroupHistory] = {}
        """By what the group has in common."""

    def of(self, listed: SessionList, position: int) -> SessionContext | None:
        """Return what a session stands among; None where it was not found out yet."""
        if listed is not self._origins.listed:
            return None
        history = self._known.get(self._origins.kinds[position])
        if history is None:
            return None
        return history.context(position)

    def sprawl(self, listed: SessionList) -> Sprawl | None:
        """Return the script that made much of the list; None where none did, or it is not known.

        That of the list before stands for a moment, but where it counts sessions that are gone.
        """
        return self._origins.sprawl if len(listed) >= len(self._origins.listed) else None

    async def find(self, listed: SessionList, position: int, moment: Moment) -> None:
        """Find out what is known around a session, in a thread; again when the day has changed."""
        origins = self._origins
        if listed is not origins.listed or moment.server_now >= origins.until:
            origins = await asyncio.to_thread(origins_of, listed, moment)
            self._origins, self._known = origins, {}
        kinds = origins.kinds[position]
        if kinds not in self._known:
            history = await asyncio.to_thread(origins.history, kinds, moment)
            if origins is self._origins:
                self._known[kinds] = history


def group_words(context: SessionContext) -> str:
    """Return `newest of 461 from GuzzleHttp · 10.2.0.0/24, one every 1 h 36 min, …`."""
    history, group = context.history, context.history.group
    words = [_place_words(context)]
    if history.interval is not None:
        words.append(f"one every {span(history.interval)}")
    is_alone, used = group.count == 1, group.in_use
    if group.last_used_at is None:
        words.append("its last use is unknown" if is_alone else "it is unknown when they were used")
    elif is_alone and not used:
        words.append("not used within 24h")
    else:
        words.append(f"{used:,} used within 24h")
    if group.protection_words:
        words.append(group.protection_words)
    return ", ".join(words)


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


def draw_context(
    listed: SessionList, context: SessionContext, now: float, width: int, height: int
) -> Content:
    """Return a context in `width` cells, and in `height` lines where these are enough.

    The strip of days is as tall as there is room for. Without a date there is none.
    """
    history, sentence = context.history, textwrap.wrap(group_words(context), max(1, width))
    if not history.dated:
        return Content("\n".join(sentence))
    most, cells = max(history.logins), max(1, min(MOST_CELLS, width // DAYS))
    room = height - len(sentence) - _AROUND
    blank = [Content()] if room - 2 >= ROOMY else []
    shown = history.logins[-max(1, width // cells) :]
    created = listed.sessions[history.newest_first[context.place]].created_at
    lines = max(1, min(MOST_STRIP if cells > 1 else LOW_STRIP, room - 2 * len(blank)))
    per_day = Content.assemble(("LOGINS PER DAY", "bold"), (f"   at most {most:,}", MUTED))
    return Content("\n").join(
        [
            *map(Content, sentence),
            *blank,
            per_day,
            *(Content.styled(line, "$primary") for line in column_lines(shown, lines, cells)),
            Content.styled(day_names(history, created, len(shown), cells), MUTED),
            *blank,
            *_neighbours(listed, context, now, width, with_itself=bool(blank)),
        ]
    )


def day_names(history: GroupHistory, created: float | None, shown: int, cells: int) -> str:
    """Return the names of the first day and the last, and a mark under that of the session.

    A name that would otherwise stand where the mark is gives way.
    """
    then = time.localtime(history.days[-shown - 1])
    first, width = f"{then.tm_mday} {time.strftime('%b', then)}", shown * cells
    day = history.day_of(created)
    at = -2 if day is None else (day - DAYS + shown) * cells
    line = [" "] * width
    for name, start in ((first, 0), ("today", width - 5)):
        if not start - 1 <= at <= start + len(name):
            line[start : start + len(name)] = name
    if at >= 0:
        line[at] = "▲"
    return "".join(line)


def _neighbours(
    listed: SessionList, context: SessionContext, now: float, width: int, *, with_itself: bool
) -> list[Content]:
    """Return the next newer and the next older session of the group, and itself between them.

    As far as their dates are known.
    """
    history, first = context.history, max(0, context.place - 1)
    if context.place >= history.dated:
        return []
    members = history.newest_first[: history.dated]
    lines = [Content.styled("no newer one", MUTED)] if context.place == 0 else []
    for place, position in enumerate(members[first : context.place + 2], first):
        session = listed.sessions[position]
        used = session.last_used_at
        which = "newer" if place < context.place else "older" if place > context.place else "this"
        if which == "this" and not with_itself:
            continue
        created = created_cell_short(session.created_at, now)
        use = "use unknown" if used is None else f"used {last_used_cell(used, now)}"
        line = said = f"{which:<7}{created:<14}{use}"
        for part in (session.id[:8], f"{session.id[:8]}  {session.safe_ip}"):  # what fits whole
            words = f"{said:<38}{part}"
            line = words if width_of(words) <= width else line
        lines.append(Content.styled(line.rstrip(), "bold" if which == "this" else ""))
    if context.place == len(history.newest_first) - 1:
        lines.append(Content.styled("no older one", MUTED))
    return lines
