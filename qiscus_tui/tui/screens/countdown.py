"""The time a session has left, large, over a bar of its life: issued, now, expiry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Digits, Static

from qiscus_tui.model.durations import DAY, HOUR, MINUTE
from qiscus_tui.tui.screens.detail_facts import share_left, whole_life
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
        & #large { height: 3; color: $foreground; }
        & #days, & #clock { width: auto; }
        & #days-word {
            width: auto;
            height: 3;
            margin: 0 3 0 1;
            padding: 2 0 0 0;
            color: $text-muted;
        }
        & #bar { height: 1; color: $primary; }
        & #bar-words { height: 1; color: $text-muted; }
        &.-wordy #large { height: 1; }
        &.-wordy #days-word { height: 1; padding: 0; margin: 0; text-style: bold; }
        &.-wordy #bar, &.-wordy #bar-words { display: none; }
        &.-soon #days, &.-soon #clock, &.-soon #bar { color: $warning; }
        &.-gone #days-word { color: $text-disabled; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        with Horizontal(id="large"):
            yield Digits("", id="days")
            yield Static("", id="days-word", markup=False)
            yield Digits("", id="clock")
        yield Static("", id="bar", markup=False)
        yield Static("", id="bar-words", markup=False)

    def show(self, session: Session, now: float, *, expiring: float) -> None:
        """Draw what reads other than before; up to `expiring` seconds left is soon."""
        left = None if session.expires_at is None else session.expires_at - now
        days, clock, word = _large(left)
        bar, bar_words = life_bar(session, now, self.size.width)
        if self._drawn == (days, clock, word, bar, bar_words):
            return
        self._drawn = (days, clock, word, bar, bar_words)
        for name, text in (("days", days), ("clock", clock)):
            digits = self.query_one(f"#{name}", Digits)
            digits.display = bool(text)
            digits.update(text)
        self.query_one("#days-word", Static).update(word)
        self.query_one("#bar", Static).update(bar)
        self.query_one("#bar-words", Static).update(bar_words)
        self.set_class(left is not None and 0 < left <= expiring, "-soon")
        self.set_class(left is not None and left <= 0, "-gone")
        self.set_class(not clock, "-wordy")


def life_bar(session: Session, now: float, width: int) -> tuple[Text, str]:
    """Return the bar in `width` cells and the words under it; nothing where no expiry is known."""
    share = share_left(session, now)
    if share is None or session.expires_at is None or width < 2:
        return Text(), ""
    at = round((1 - share) * (width - 1))
    bar = Text.assemble(("╌" * at, "dim"), ("●", "bold"), "━" * (width - 1 - at))
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


def _large(left: float | None) -> tuple[str, str, str]:
    """Days, clock, and the word between them."""
    if left is None:
        return "", "", "expiry unknown"
    if left <= 0:
        return "", "", "expired"
    days, rest = divmod(math.ceil(left), DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, seconds = divmod(rest, MINUTE)
    clock = f"{hours:02}:{minutes:02}:{seconds:02}"
    if not days:
        return "", clock, ""
    return str(days), clock, "day" if days == 1 else "days"
