"""Holds signals back while tokens of ours are between the server and the disk."""

import contextlib
from collections.abc import Callable, Generator

from qiscus_tui.service.held_signals import HeldSignals


class Shield:
    """The faces' signal handlers ask it first; what came meanwhile is handled afterwards."""

    def __init__(self) -> None:
        self._held = 0
        self._waiting: list[Callable[[], object]] = []
        self._unhandled = HeldSignals()

    @property
    def is_held(self) -> bool:
        """Whether a token is at stake now."""
        return self._held > 0

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """While inside, handlers wait, and so do signals that nobody handles."""
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
        """Call the handler of a signal: now, or when nothing is at stake any more."""
        if self._held:
            self._waiting.append(handler)
        else:
            handler()


shield = Shield()
"""The one of this process: signals are the process's."""
