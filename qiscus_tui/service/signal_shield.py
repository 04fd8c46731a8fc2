"""Holds signals back while tokens of ours are between the server and the disk."""

import contextlib
import signal
import threading
from collections.abc import Callable, Generator

from qiscus_tui.service.ending_signals import ENDING_SIGNALS

_HELD: tuple[int, ...] = (*ENDING_SIGNALS, signal.SIGTSTP, signal.SIGPIPE, signal.SIGXFSZ)


class HeldSignals:
    """Keeps signals waiting that would end or stop the program, from `hold` to `release`.

    Those that are handled or ignored are left alone: the handlers of both faces use the shield.
    Does nothing outside the main thread, where alone Python handles signals.
    """

    def __init__(self) -> None:
        self._held: list[int] = []
        self._came: set[int] = set()

    def hold(self) -> None:
        """Keep every signal waiting that has its default effect now."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._held = [number for number in _HELD if signal.getsignal(number) is signal.SIG_DFL]
        for number in self._held:
            signal.signal(number, lambda number, _frame: self._came.add(number))

    def release(self) -> None:
        """Restore their default effect, on those that came meanwhile first."""
        for number in self._held:
            signal.signal(number, signal.SIG_DFL)
        self._held = []
        came, self._came = self._came, set()
        for number in came:
            signal.raise_signal(number)


class Shield:
    """Signal handlers pass through it; while a token is at stake, they wait."""

    def __init__(self) -> None:
        self._held = 0
        self._waiting: list[Callable[[], object]] = []
        self._unhandled = HeldSignals()

    @property
    def is_held(self) -> bool:
        """Return whether a token is at stake now."""
        return self._held > 0

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """Have handlers wait while inside, and signals without a handler too."""
        if not self._held:
            self._unhandled.hold()
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            if not self._held:
                waiting, self._waiting = self._waiting, []
                for handle in waiting:
                    handle()
                self._unhandled.release()

    def handle(self, handler: Callable[[], object]) -> None:
        """Call the handler of a signal: now, or once nothing is at stake."""
        if self._held:
            self._waiting.append(handler)
        else:
            handler()


shield = Shield()
"""The one of this process: signals are the process's."""
