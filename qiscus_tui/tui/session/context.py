"""What a session stands among: its group, logins per day, neighbours, and what a prune would do.

Found out once for each group, in a thread, and drawn.
"""

from __future__ import annotations

import asyncio
import re
import textwrap
import time
from dataclasses import dataclass

from textual.content import Content

from qiscus_tui.model.clock import DAY, HOUR, MINUTE, as_typed
from qiscus_tui.model.session import Session
from qiscus_tui.query import Moment
from qiscus_tui.service.overview import (
    DAYS,
    NO_ORIGINS,
    GroupHistory,
    SessionContext,
    Sprawl,
    group_history,
    origins_of,
)
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.plan_groups import prune_outlook
from qiscus_tui.service.revocation.retention import USUAL_RULES
from qiscus_tui.service.sessions.groups import Kind
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.widgets.bars import bar_lines, column_lines
from qiscus_tui.tui.widgets.cells import created_cell, fit, last_used_cell

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


@dataclass(frozen=True)
class SessionDetail:
    """What is known around one session."""

    context: SessionContext
    outlook: RevocationPlan


class SessionDetails:
    """The details of the sessions of one list at a time. Draws nothing."""

    def __init__(self) -> None:
        self._origins = NO_ORIGINS
        self._known: dict[tuple[Kind, ...], tuple[GroupHistory, RevocationPlan]] = {}
        """By what the group has in common."""

    def of(self, listed: SessionList, position: int) -> SessionDetail | None:
        """Return what is known around a session; None where it was not found out yet."""
        if listed is not self._origins.listed:
            return None
        known = self._known.get(self._origins.kinds[position])
        if known is None:
            return None
        history, outlook = known
        context = SessionContext(history, history.newest_first.index(position))
        return SessionDetail(context, outlook)

    def sprawl(self, listed: SessionList) -> Sprawl | None:
        """Return the script that made much of the list; None where none did, or it is not known.

        That of the list before stands for a moment, but where it counts sessions that are gone.
        """
        return self._origins.sprawl if len(listed) >= len(self._origins.listed) else None

    def alike(self, session_id: str) -> int:
        """Return how many sessions have its client and network; 0 where that is not known yet."""
        return self._origins.alike(session_id)

    async def find(self, listed: SessionList, position: int, moment: Moment) -> None:
        """Find out what is known around a session, in a thread; again when the day has changed."""
        origins = self._origins
        if listed is not origins.listed or moment.server_now >= origins.until:
            origins = await asyncio.to_thread(origins_of, listed, moment)
            self._origins, self._known = origins, {}
        kinds = origins.kinds[position]
        if kinds not in self._known:
            group = await asyncio.to_thread(origins.group, kinds, moment)
            history = await asyncio.to_thread(group_history, listed, group, moment.server_now)
            outlook = await asyncio.to_thread(prune_outlook, listed, group, moment)
            if origins is self._origins:
                self._known[kinds] = history, outlook


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


def draw_context(
    listed: SessionList, context: SessionContext, now: float, width: int, height: int
) -> Content:
    """Return a context in `width` cells, and in `height` lines where these are enough.

    A large place has headings, and a strip of days as tall as there is room for.
    """
    history, sentence = context.history, _wrapped(group_words(context, now), width)
    room, most = height - len(sentence) - _AROUND, max(history.logins)
    is_large, cells = room >= ROOMY, _cells(width)
    shown = history.logins[-max(1, width // cells) :]
    created = listed.sessions[history.newest_first[context.place]].created_at
    strip = column_lines(shown, max(1, min(MOST_STRIP, room - _MOST_NEIGHBOURS, 1 + most)), cells)
    per_day = Content.assemble(("LOGINS PER DAY", "bold"), (f"   at most {most:,}", MUTED))
    beside = Content.styled("JUST BEFORE AND AFTER", "bold")
    return Content("\n").join(
        [
            *map(Content, sentence),
            *([Content()] if is_large else []),
            per_day,
            *(Content.styled(line, "$primary") for line in strip),
            Content.styled(day_names(history, created, len(shown), cells), MUTED),
            *([Content(), beside] if is_large else []),
            *_neighbours(listed, context, now, width, is_large),
        ]
    )


def _wrapped(words: str, width: int) -> list[str]:
    """Return the words in lines, none of which ends within `1 h 36 min`."""
    lines = textwrap.wrap(_WITHIN_TIME.sub("\N{NO-BREAK SPACE}", words), max(1, width))
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _cells(width: int) -> int:
    """Return the cells of a day, with the gap behind it."""
    return max(1, min(MOST_CELLS, width // DAYS))


def day_names(history: GroupHistory, created: float | None, shown: int, cells: int) -> str:
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


def draw_outlook(session: Session, detail: SessionDetail, now: float, width: int) -> Content:
    """Return what a prune would do, last uses and addresses of the group, in `width` cells."""
    history = detail.context.history
    addresses = [(one or "unknown", count) for one, count in history.addresses]
    rest = history.group.count - sum(count for _, count in addresses)
    others = [("others", rest)] if rest else []
    parts = [_prune(session, history, detail.outlook, width)]
    if history.group.count > 1:
        parts.append([_title("LAST USED"), *bar_lines(history.uses(now), width)])
        parts.append([_title("ADDRESSES"), *bar_lines([*addresses, *others], width)])
    return Content("\n\n").join(Content("\n").join(lines) for lines in parts)


def _prune(
    session: Session, history: GroupHistory, plan: RevocationPlan, width: int
) -> list[Content]:
    why = (plan.why_kept(session) or "").removeprefix("kept: ").removeprefix("current: ")
    used = as_typed(USUAL_RULES.keep_used_within or 0)
    rule = f"Rule: keep the newest {USUAL_RULES.keep_newest} and what was used in {used}."
    this = f"This one would be kept: {why}." if why else "This one would be revoked."
    kept = len(plan.kept) + len(plan.left_out)
    group = f"Of its group {len(plan.targets):,} would be revoked, {kept:,} kept."
    texts = [(rule, MUTED), (this, "" if why else "bold $warning")]
    texts += [(group, "")] if history.group.count > 1 else []
    return [
        _title("PRUNE"),
        *(
            Content.styled(line, style)
            for text, style in texts
            for line in textwrap.wrap(text, max(20, width))
        ),
    ]


def _title(text: str) -> Content:
    return Content.styled(text, "bold")
