"""Holds the handlers of signals back while tokens of ours are between the server and the disk."""

import asyncio
import contextlib
from collections.abc import Callable, Generator

ANSWER_WAIT = 4.0
"""Seconds after a signal that an answer with new tokens is waited for."""


class Shield:
    """Signal handlers pass through it; while a token is at stake, they wait."""

    def __init__(self) -> None:
        self._held = 0
        self._waiting: list[Callable[[], object]] = []
        self._on_signal: list[Callable[[], object]] = []

    @property
    def is_held(self) -> bool:
        """Return whether a token is at stake now."""
        return self._held > 0

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """Have handlers wait while inside."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            if not self._held:
                waiting, self._waiting = self._waiting, []
                for handle in waiting:
                    handle()

    def handle(self, handler: Callable[[], object]) -> None:
        """Call the handler of a signal: now, or once nothing is at stake."""
        if self._held:
            self._waiting.append(handler)
            for on_signal in self._on_signal:
                on_signal()
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


shield = Shield()
"""The one of this process: signals are the process's."""
