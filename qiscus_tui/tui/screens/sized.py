"""Screens that say what size they need, where the terminal is smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic

from textual import events
from textual.screen import Screen, ScreenResultType

from qiscus_tui.tui.actions import Scope
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece

if TYPE_CHECKING:
    from textual import getters
    from textual.app import App

LEAST_WIDTH = 60
LEAST_HEIGHT = 15


class TooSmall(OneLine):
    """`60x15 is needed, this is 58x12`."""

    def show_size(self, width: int, height: int) -> None:
        """Say what the terminal has, and what is needed."""
        words = f"{LEAST_WIDTH}x{LEAST_HEIGHT} is needed, this is {width}x{height}"
        self.show_line(Line((piece(words, Tone.WARNING, ALWAYS),)))


class SizedScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen for 60x15 and more. Its `compose` yields a `TooSmall` first."""

    SCOPE: ClassVar[Scope | None] = None
    """Whose actions the palette offers here; None: it is not to be had."""

    if TYPE_CHECKING:
        app = getters.app(App[int])

    @property
    def is_in_front(self) -> bool:
        """Whether this is the screen that gets the keys: no dialog is over it."""
        return self.app.screen is self

    def on_resize(self, event: events.Resize) -> None:
        """Hide all but the line that says what is needed, or show all again."""
        width, height = event.size
        small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self.query_one(TooSmall).show_size(width, height)
        self.set_class(small, "-too-small")
