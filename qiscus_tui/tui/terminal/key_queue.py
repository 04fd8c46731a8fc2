"""Keys one by one: each acts before the next one is looked at.

Over a slow line several keys arrive in one read. Textual gives each to what has the focus when
it *arrives*, so that `/curl` would open the filter and then copy, unmark and reload. Here a key
waits until the one before it has done all that it does: the filter or dialog that it opened has
the focus by then, and gets what was typed for it.

How a key's end is known: a message is sent after it along the same way (from the widget with the
focus up to the app), and every widget on that way works in order. It goes twice, because what the
key's action told its screen in turn follows behind the first.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic

from textual import events
from textual.app import App, ReturnType
from textual.css.query import NoMatches
from textual.message import Message

if TYPE_CHECKING:
    from textual._path import CSSPathType
    from textual.driver import Driver
    from textual.timer import Timer

ROUNDS = 2
PATIENCE = 1.0
"""Seconds after which the next key goes on all the same: a widget may have gone meanwhile."""

_OPENING = 0.005
"""Seconds between two looks at a screen that is not up yet."""


class KeyDone(Message, bubble=True):
    """Everything before this on its way has been dealt with."""

    def __init__(self, number: int, rounds: int) -> None:
        super().__init__()
        self.number = number
        self.rounds = rounds


class KeyQueue(App[ReturnType], Generic[ReturnType], inherit_bindings=False):
    """An app that hands out keys and pastes one by one."""

    def __init__(
        self, driver_class: type[Driver], css_path: CSSPathType, *, ansi_color: bool | None = None
    ) -> None:
        super().__init__(driver_class=driver_class, css_path=css_path, ansi_color=ansi_color)
        self._typed: deque[events.Key | events.Paste] = deque()
        self._number = 0
        self._in_hand = False
        self._waited = 0.0
        self._give_up: Timer | None = None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._typed.append(event)
            if not self._in_hand:
                await self._next_key()
            elif self._give_up is None:
                self._give_up = self.set_timer(PATIENCE, self._lost)
            return
        await super().on_event(event)

    async def _next_key(self) -> None:
        self._in_hand = True
        self._number += 1
        event = self._typed.popleft()
        target = self.focused or self.screen
        await super().on_event(event)
        if not target.post_message(KeyDone(self._number, ROUNDS)):
            self.post_message(KeyDone(self._number, 0))

    async def on_key_done(self, message: KeyDone) -> None:
        """Send the mark again, wait for a screen that is opening, or hand out the next key."""
        message.stop()
        if message.number != self._number or not self._in_hand:
            return
        if message.rounds > 1:
            target = self.focused or self.screen
            if target.post_message(KeyDone(self._number, message.rounds - 1)):
                return
        if not self._is_up() and self._waited < PATIENCE:
            self._waited += _OPENING
            self.set_timer(_OPENING, lambda: self.post_message(KeyDone(self._number, 0)))
            return
        await self._release()

    def _is_up(self) -> bool:
        """Whether the screen on top can take a key."""
        screen = self.screen
        if not screen.is_mounted:
            return False
        wanted = self.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if not wanted or screen.focused is not None:
            return True
        try:
            return not any(widget.focusable for widget in screen.query(wanted))
        except NoMatches:
            return True

    async def _lost(self) -> None:
        """The mark did not come back."""
        self._give_up = None
        if self._in_hand:
            await self._release()

    async def _release(self) -> None:
        if self._give_up is not None:
            self._give_up.stop()
            self._give_up = None
        self._in_hand = False
        self._waited = 0.0
        if self._typed:
            await self._next_key()
