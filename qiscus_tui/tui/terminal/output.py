"""What Textual draws, on its way to the terminal: only what changes, as fast as it is shown."""

import os
import threading
from collections import deque
from collections.abc import Callable
from queue import Full, Queue
from typing import TextIO

from qiscus_tui.tui.terminal.screen_model import ScreenModel

STALL_TIME = 2.0
"""Seconds without room for one more write after which the terminal counts as stalled."""

ASK, ANSWER = "\x1b[5n", "\x1b[0n"
"""Is all well? A terminal answers once it has shown what was sent before."""
IN_FLIGHT = 2
"""Frames that may be on their way: one that is drawn there, and the next."""
ANSWER_TIMEOUT = 3.0
"""Seconds after which a terminal that does not answer is not waited for."""
_SMALL, _QUIET = 150, 0.5
"""A frame of less characters, so many seconds behind the last one, is a tick that never queues."""


class FramePacer:
    """Says when a frame may be sent, by the terminal's answers to those before.

    A slow line then skips frames; otherwise they would queue, and a held key would move the screen
    long after it was let go.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._asked: deque[float] = deque()
        """When the frames were sent that are not answered yet."""
        self._last = 0.0
        """When the last frame was sent."""
        self._late = 1
        """Answers that are not waited for: the first one, and those that did not come in time."""

    @property
    def owed(self) -> int:
        """Return how many answers are on their way."""
        return len(self._asked)

    @property
    def waits(self) -> float:
        """Return the seconds that a frame has to wait at most; 0: send it now."""
        if len(self._asked) < IN_FLIGHT:
            return 0.0
        left = self._asked[0] + ANSWER_TIMEOUT - self._monotonic()
        if left > 0:
            return left
        self._late += len(self._asked)
        self._asked.clear()
        return 0.0

    def ask(self, size: int) -> str:
        """Note a frame of so many characters; return what is to be sent behind it."""
        before, self._last = self._last, self._monotonic()
        is_tick = size < _SMALL and self._last - before >= _QUIET and not self._asked
        if self._late or is_tick:
            return ""
        self._asked.append(self._last)
        return ASK

    def answered(self) -> None:
        """Note an answer."""
        if self._late:
            self._late -= 1
        elif self._asked:
            self._asked.popleft()


class ScreenOutput:
    """Draws writes on a model of the screen, and sends what differs from what is shown."""

    is_stalled = False
    """The terminal accepts nothing: what is drawn is dropped, and the program goes on."""

    def __init__(
        self,
        queue: Callable[[], Queue[str | None] | None],
        call_later: Callable[[float, Callable[[], None]], object],
        monotonic: Callable[[], float],
    ) -> None:
        """`queue` returns that of Textual's writing thread; None where there is none."""
        self._queue = queue
        self._call_later = call_later
        self._model = ScreenModel()
        self._pacer = FramePacer(monotonic)
        self._is_waiting = False
        self._lock = threading.Lock()  # the thread that reads keys also writes

    @property
    def owed(self) -> int:
        """Return how many answers of the terminal are on their way."""
        return self._pacer.owed

    def write(self, data: str) -> None:
        """Draw, and send the frame as soon as the terminal has shown those before."""
        with self._lock:
            if at_once := self._model.draw(data):
                self._put(at_once)
            self._send()

    def answered(self) -> None:
        """Go on: the terminal has shown a frame."""
        with self._lock:
            self._pacer.answered()
            self._send()

    def resize(self, width: int, height: int) -> None:
        """Take the terminal's new size. All is to be drawn again."""
        with self._lock:
            self._model.clear(width, height)

    def redraw(self) -> None:
        """Send all that is to be shown again: something else wrote to the terminal."""
        with self._lock:
            self._model.forget()
            self._send()

    def _send(self) -> None:
        if wait := self._pacer.waits:
            if not self._is_waiting:
                self._is_waiting = True
                self._call_later(wait, self._waited)
        elif frame := self._model.frame():
            self._put(frame + self._pacer.ask(len(frame)))

    def _waited(self) -> None:
        with self._lock:
            self._is_waiting = False
            self._send()

    def _put(self, text: str) -> None:
        if not self.put(text):
            self._model.forget()  # some of it was lost

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

    def end(self, thread: threading.Thread) -> None:
        """End the writing thread, as far as the terminal accepts what is left."""
        self.put(None)
        thread.join(0 if self.is_stalled else STALL_TIME)
        self.is_stalled = thread.is_alive()


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
