"""Who handles the signals that end a verb."""

import contextlib
import signal
from collections.abc import Callable, Generator, Sequence
from types import FrameType

from qiscus_tui.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def interruptible(caught: Sequence[int]) -> Generator[None]:
    """While a person is waited for, nothing is at stake: a signal ends it. Raises Interrupted.

    So does one of those caught before: its handling waits for the event loop, and so would we.
    """

    def interrupt(number: int, _frame: object) -> None:
        raise Interrupted(number, "Interrupted", "")

    with handled_by(interrupt):
        if caught:
            interrupt(caught[0], None)
        yield


@contextlib.contextmanager
def handled_by(handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
    """Give the signals that end a verb this handler for a while."""
    before = {number: signal.getsignal(number) for number in _obeyed()}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _obeyed() -> tuple[signal.Signals, ...]:
    """All of them, but for a hang-up that `nohup` told us to live through."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return tuple(number for number in SIGNALS if number is not signal.SIGHUP)
    return SIGNALS
