"""The time a session has left, over a bar of its life: issued, now, expiry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from qiscus_tui.model.durations import DAY, countdown
from qiscus_tui.tui.session.facts import share_left, whole_life
from qiscus_tui.tui.widgets.cells import created_cell_short

if TYPE_CHECKING:
    from qiscus_tui.model.session import Session

_GAP = 2
"""Cells between two words under the bar."""


class Countdown(Vertical):
    """Counts a session down."""

    DEFAULT_CSS = """
    Countdown {
        height: auto;
        & #left { height: 1; text-style: bold; }
        & #bar { height: 1; color: $primary; }
        & #bar-words { height: 1; color: $text-muted; }
        &.-wordy #bar, &.-wordy #bar-words { display: none; }
        &.-soon #left, &.-soon #bar { color: $warning; }
        &.-gone #left { color: $text-disabled; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._drawn: tuple[object, ...] = ()
        self._left = Static("", id="left", markup=False)
        self._bar = Static("", id="bar", markup=False)
        self._bar_words = Static("", id="bar-words", markup=False)

    def compose(self) -> ComposeResult:
        yield from (self._left, self._bar, self._bar_words)

    def show(self, session: Session, now: float, *, expiring: float) -> None:
        """Draw what reads other than before; up to `expiring` seconds left is soon."""
        left = None if session.expires_at is None else session.expires_at - now
        words = _left_words(left, computed=session.expires_computed)
        bar, bar_words = life_bar(session, now, self.size.width)
        if self._drawn == (words, bar, bar_words):
            return
        self._drawn = (words, bar, bar_words)
        self._left.update(words)
        self._bar.update(bar)
        self._bar_words.update(bar_words)
        self.set_class(left is not None and 0 < left < expiring, "-soon")
        self.set_class(left is not None and left <= 0, "-gone")
        self.set_class(left is None or left <= 0, "-wordy")


def life_bar(session: Session, now: float, width: int) -> tuple[Text, str]:
    """Return the bar in `width` cells and the words under it; nothing where no expiry is known."""
    share = share_left(session, now)
    if share is None or session.expires_at is None or width < 2:
        return Text(), ""
    at = round((1 - share) * (width - 1))
    bar = Text.assemble("╌" * at, ("●", "bold"), "━" * (width - 1 - at))
    return bar, _words(session, now, at, width)


def _words(session: Session, now: float, at: int, width: int) -> str:
    """Return issued, now and expiry; without their times where these do not fit."""
    left = max(0.0, (session.expires_at or now) - now)
    whole = round(whole_life(session) / DAY, 1)
    middle = f"now, {math.ceil(left / DAY * 10) / 10:g} of {whole:g} days left"
    ends = (
        f"issued {created_cell_short(session.created_at, now).strip()}",
        f"expires {created_cell_short(session.expires_at, now).strip()}",
    )
    for first, last in (ends, ("issued", "expires"), ("", "")):
        begin = len(first) + _GAP
        latest = width - len(last) - _GAP - len(middle)
        if begin <= latest:
            start = max(begin, min(at - len(middle) // 2, latest))
            return f"{first:<{start}}{middle}".ljust(width - len(last)) + last
    return middle


def _left_words(left: float | None, *, computed: bool) -> str:
    if left is None:
        return "expiry unknown"
    if left <= 0:
        return "expired"
    return f"{countdown(left, to_the_second=True)} left{', computed' if computed else ''}"
