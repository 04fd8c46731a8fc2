"""What a signal does to a verb: it ends it, in an orderly way."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Generator, Sequence
from types import FrameType
from typing import TypeVar

from qiscus_tui.cli.console import Console
from qiscus_tui.cli.verb import Context
from qiscus_tui.errors import Interrupted
from qiscus_tui.service.shield import shield

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_Result = TypeVar("_Result")


@contextlib.contextmanager
def interruptible(caught: Sequence[int]) -> Generator[None]:
    """While a person is waited for, nothing is at stake: a signal ends it. Raises Interrupted.

    So does one of those caught before: its handling waits for the event loop, and so would we.
    """

    def interrupt(number: int, _frame: object) -> None:
        raise Interrupted(number, "Interrupted", "")

    with _handled_by(interrupt):
        if caught:
            interrupt(caught[0], None)
        yield


async def until_signal(work: Awaitable[int], console: Console) -> int:
    """The verb's exit code. A signal cancels it, but not while tokens are being stored."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    # Not the event loop's own handlers: those know nothing of a signal before the loop turns.
    def on_signal(number: int, _frame: object) -> None:
        console.caught.append(number)
        loop.call_soon_threadsafe(shield.handle, task.cancel)

    with _handled_by(on_signal):
        try:
            return await task
        except asyncio.CancelledError:
            console.end_progress()
            return 128 + (console.caught[0] if console.caught else signal.SIGINT)


def terminal_is_gone(context: Context) -> bool:
    """Whether the verb was ended by SIGHUP: nobody is there to be told anything."""
    return signal.SIGHUP in context.console.caught


async def ended(work: "asyncio.Future[_Result]") -> None:
    """Cancel the work and wait for its end."""
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


@contextlib.contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
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
