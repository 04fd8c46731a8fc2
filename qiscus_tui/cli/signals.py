"""Handlers of the signals that end a verb."""

import contextlib
import signal
from collections.abc import Callable, Generator, Sequence
from types import FrameType

from qiscus_tui.errors import Interrupted
from qiscus_tui.exit_codes import ENDING_SIGNALS


@contextlib.contextmanager
def interruptible(caught: Sequence[int]) -> Generator[None]:
    """Let a signal end the block, which waits for the user. Raises Interrupted.

    One of the signals `caught` before ends it too: it is handled only by the event loop, which
    the block stops.
    """

    def interrupt(number: int, _frame: object) -> None:
        raise Interrupted(number, "Interrupted", "")

    with handled_by(interrupt):
        if caught:
            interrupt(caught[0], None)
        yield


@contextlib.contextmanager
def handled_by(handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
    """Set this handler for the signals that end a verb, until the block ends."""
    before = {number: signal.getsignal(number) for number in obeyed()}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def obeyed() -> tuple[int, ...]:
    """Return all of them, without those that our parent process had us ignore, as `nohup` does.

    Shells make background jobs ignore SIGINT, which is not intended.
    """
    return tuple(
        number
        for number in ENDING_SIGNALS
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN
    )
