"""Who handles the signals that end a verb."""

import contextlib
import signal
from collections.abc import Callable, Generator, Sequence
from types import FrameType

from qiscus_tui.errors import Interrupted
from qiscus_tui.service.ending_signals import ENDING_SIGNALS


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


def _obeyed() -> tuple[int, ...]:
    """Return all of them, without those that whoever started us had us ignore, as `nohup` does.

    Shells have a job in the background ignore SIGINT: nobody means that. SIGALRM is left to whoever
    set an alarm, and SIGABRT to PYTHONFAULTHANDLER: what is not Python's can't be given back.
    """
    return tuple(
        number for number in ENDING_SIGNALS if number == signal.SIGINT or not _is_taken(number)
    )


def _is_taken(number: int) -> bool:
    handler = signal.getsignal(number)
    return handler in {None, signal.SIG_IGN} or (number == signal.SIGALRM and callable(handler))
