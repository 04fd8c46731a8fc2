"""Holds signals back while tokens of ours are between the server and the disk."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Generator

from qiscus_tui.service.ending_signals import ENDING_SIGNALS

_HELD: tuple[int, ...] = (*ENDING_SIGNALS, signal.SIGTSTP, signal.SIGPIPE, signal.SIGXFSZ)


ANSWER_WAIT = 4.0
"""Seconds after a signal that an answer with new tokens is waited for."""


class HeldSignals:
    """Keeps signals waiting that would end or stop the program, from `hold` to `release`.

    Those that are handled or ignored are left alone: the handlers of both faces use the shield.
    Does nothing outside the main thread, where alone Python handles signals.
    """

    def __init__(self) -> None:
        self._held: list[int] = []
        self._came: set[int] = set()

    def hold(self, on_signal: Callable[[], object]) -> None:
        """Keep every signal waiting that has its default effect now, and call `on_signal`."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._held = [number for number in _HELD if signal.getsignal(number) is signal.SIG_DFL]

        def came(number: int, _frame: object) -> None:
            self._came.add(number)
            if number in ENDING_SIGNALS:  # not one that only stops us for a while
                on_signal()

        for number in self._held:
            signal.signal(number, came)

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
        self._on_signal: list[Callable[[], object]] = []

    @property
    def is_held(self) -> bool:
        """Return whether a token is at stake now."""
        return self._held > 0

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """Have handlers wait while inside, and signals without a handler too."""
        if not self._held:
            self._unhandled.hold(self._signal_came)
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
            self._signal_came()
        else:
            handler()

    @contextlib.contextmanager
    def held_for_answer(self, longest: float = ANSWER_WAIT) -> Generator[None]:
        """As `held`, around a call: a signal cancels this task after `longest` seconds."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        timers: list[asyncio.TimerHandle] = []

        def begin() -> None:
            if task is not None and on_signal in self._on_signal and not timers:
                timers.append(loop.call_later(longest, task.cancel))

        def on_signal() -> None:
            loop.call_soon_threadsafe(begin)

        self._on_signal.append(on_signal)
        try:
            with self.held():
                yield
        finally:
            self._on_signal.remove(on_signal)
            for timer in timers:
                timer.cancel()

    def _signal_came(self) -> None:
        for on_signal in self._on_signal:
            on_signal()


shield = Shield()
"""The one of this process: signals are the process's."""
