"""The terminal's own replies, kept apart from keys when a slow line tears them.

A reply such as `ESC [ ? 2026 ; 2 $ y` that stands still in the middle is taken for keys: `?`
would open the help, `y` would confirm. What follows ESC and `[` is swallowed here up to the
letter that ends a reply, however late it comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

LATE = 3.0
"""Seconds that a torn reply may stand still."""

_FIRST_BYTE, _LAST_BYTE = " ", "?"
"""Parameters and intermediate bytes of a control sequence lie between these."""


class TornReplies:
    """Tells keys from the pieces of a reply. Fed with each key, in order."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._escaped_at = -LATE
        self._inside_since = -LATE
        self._inside = False

    def is_piece(self, key: events.Key) -> bool:
        """Whether this is no key but a piece of a reply."""
        now = self._monotonic()
        if self._inside and now - self._inside_since > LATE:
            self._inside = False
        if self._inside:
            return self._goes_on(key, now)
        if key.key == "escape":
            self._escaped_at = now
            return False
        if key.character == "[" and now - self._escaped_at <= LATE:
            return self._begins(now)
        self._escaped_at = -LATE
        if key.key in {"alt+left_square_bracket", "alt+["}:
            return self._begins(now)
        return False

    def _begins(self, now: float) -> bool:
        self._inside, self._inside_since = True, now
        return True

    def _goes_on(self, key: events.Key, now: float) -> bool:
        self._inside_since = now
        character = key.character or ""
        if len(character) != 1 or not character.isascii() or not character.isprintable():
            self._inside = False
            return False
        if not _FIRST_BYTE <= character <= _LAST_BYTE:
            self._inside = False
            self._escaped_at = -LATE
        return True


class SteadyDriver(LinuxDriver):
    """Textual's own driver without torn replies."""

    _torn: TornReplies | None = None

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.Key):
            self._torn = self._torn or TornReplies()
            if self._torn.is_piece(message):
                return
        super().process_message(message)
