"""What Textual draws, on its way to the terminal: only what changes, and never blocked by it."""

from __future__ import annotations

import os
import threading
from queue import Full
from typing import TYPE_CHECKING, TextIO

from qiscus_tui.tui.terminal.screen_model import ScreenModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import Queue

STALL_TIME = 2.0
"""Seconds without room for one more write after which the terminal counts as stalled."""


class ScreenOutput:
    """Draws writes on a model of the screen, and sends what differs from what is shown."""

    is_stalled = False
    """The terminal accepts nothing: what is drawn is dropped, and the program goes on."""

    def __init__(self, queue: Callable[[], Queue[str | None] | None]) -> None:
        """`queue` returns that of Textual's writing thread; None where there is none."""
        self._queue = queue
        self._model = ScreenModel()
        self._lock = threading.Lock()  # the thread that reads keys also writes

    def write(self, data: str) -> None:
        """Draw, and send the frame."""
        with self._lock:
            text = self._model.draw(data) + self._model.frame()
            if text and not self.put(text):
                self._model.forget()  # some of it was lost

    def resize(self, width: int, height: int) -> None:
        """Take the terminal's new size. All is to be drawn again."""
        with self._lock:
            self._model.clear(width, height)

    def put(self, data: str | None) -> bool:
        """Hand data to the writing thread (None: the end); return whether there was room.

        Textual would wait for it in the event loop, where no signal would be handled then.
        """
        queue = self._queue()
        if queue is None:
            return False
        try:
            queue.put(data, block=not self.is_stalled, timeout=STALL_TIME)
        except Full:
            self.is_stalled = True
            return False
        self.is_stalled = False
        return True


class HangupSafeOutput:
    """Writes to a terminal that may go away, as when an SSH connection ends; drops what comes then.

    The error would end Textual's writing thread, and the program would then wait for it for ever
    instead of ending its plans.
    """

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._is_gone = False

    def write(self, text: str) -> int:
        """Write, while there is a terminal."""
        if not self._is_gone:
            try:
                return self._terminal.write(text)
            except OSError:
                self._disconnect()
        return len(text)

    def flush(self) -> None:
        """Send what was written, while there is a terminal."""
        if not self._is_gone:
            try:
                self._terminal.flush()
            except OSError:
                self._disconnect()

    def fileno(self) -> int:
        """Return the terminal's."""
        return self._terminal.fileno()

    def isatty(self) -> bool:
        """Return the terminal's."""
        return self._terminal.isatty()

    def _disconnect(self) -> None:
        self._is_gone = True
        # Drop what is still buffered: Python would end with 120 because of it.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._terminal.fileno())
        os.close(null)
