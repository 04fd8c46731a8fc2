"""Handles keys one by one: each has acted before the next one is delivered.

Over a slow line several keys arrive in one read. Textual delivers each to what has the focus when
it *arrives*, so that `/curl` would open the filter and then copy, unmark and reload. Here a key
waits until the one before it is done: the filter or dialog that it opened has the focus by then.

How a key's end is known: a message is sent after it along the same way (from the focused widget
up to the app), and every widget on that way works in order. It is sent twice, because messages
that the key's action posted are queued behind the first.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual import events
from textual.app import App
from textual.css.query import NoMatches
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

ROUNDS = 2
LONGEST_WAIT = 1.0
"""Seconds after which the next key is delivered anyway: a widget may have been removed."""

_OPENING = 0.005
"""Seconds between two looks at a screen that is not mounted yet."""


@dataclass
class KeyDone(Message, bubble=True):
    """Everything posted before this message has been handled."""

    number: int
    rounds: int


class KeyQueue:
    """The keys and pastes of an app that are not delivered yet."""

    def __init__(self, app: App[int], deliver: Callable[[events.Event], Awaitable[None]]) -> None:
        """`deliver` is what the app does with an event otherwise."""
        self._app = app
        self._deliver = deliver
        self._typed: deque[events.Key | events.Paste] = deque()
        self._number = 0
        self._is_busy = False
        self._waited = 0.0
        self._give_up: Timer | None = None
        self._drops: Callable[[], bool] = lambda: False

    def drop_while(self, is_unseen: Callable[[], bool]) -> None:
        """Forget what was typed before something opened by itself, and until it was seen."""
        self._typed.clear()
        self._drops = is_unseen

    async def queued(self, event: events.Event) -> bool:
        """Queue a key or a paste; return False for any other event."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if self._drops() and not (isinstance(event, events.Key) and event.key == "ctrl+c"):
            return True
        self._typed.append(event)
        if not self._is_busy:
            self._is_busy = True
            self._number += 1
            await self.key_done(KeyDone(self._number, 0))
        elif self._give_up is None:
            self._give_up = self._app.set_timer(LONGEST_WAIT, self._lost)
        return True

    async def key_done(self, message: KeyDone) -> None:
        """Send the message again, wait for a screen that is opening, or deliver the next key."""
        if message.number != self._number or not self._is_busy or not self._app.screen_stack:
            return  # without a screen, the app ends
        if message.rounds > 1 and self._target.post_message(
            KeyDone(self._number, message.rounds - 1)
        ):
            return
        if not self._is_ready() and self._waited < LONGEST_WAIT:
            self._waited += _OPENING
            again = KeyDone(self._number, 0)
            self._app.set_timer(_OPENING, lambda: self._app.post_message(again))
            return
        await self._release()

    @property
    def _target(self) -> Widget:
        return self._app.focused or self._app.screen

    async def _next_key(self) -> None:
        self._is_busy = True
        self._number += 1
        target = self._target
        await self._deliver(self._typed.popleft())
        if not target.post_message(KeyDone(self._number, ROUNDS)):
            self._app.post_message(KeyDone(self._number, 0))

    def _is_ready(self) -> bool:
        """Return whether the screen on top can take a key."""
        if not self._app.screen_stack:
            return False
        screen = self._app.screen
        if not screen.is_mounted:
            return False
        wanted = self._app.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if not wanted or screen.focused is not None:
            return True
        try:
            return not any(widget.focusable for widget in screen.query(wanted))
        except NoMatches:
            return True

    async def _lost(self) -> None:
        """Go on: the message did not come back."""
        self._give_up = None
        if self._is_busy:
            await self._release()

    async def _release(self) -> None:
        if self._give_up is not None:
            self._give_up.stop()
            self._give_up = None
        self._is_busy = False
        self._waited = 0.0
        if self._typed:
            await self._next_key()
