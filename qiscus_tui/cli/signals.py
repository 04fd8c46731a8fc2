"""What a signal does to a verb: it ends it, in an orderly way."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Generator
from typing import TypeVar

from qiscus_tui.cli.verb import Context
from qiscus_tui.errors import Interrupted
from qiscus_tui.service.shield import shield

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_Result = TypeVar("_Result")


@contextlib.contextmanager
def interruptible() -> Generator[None]:
    """While a person is waited for, nothing is at stake: a signal ends it. Raises Interrupted."""

    def interrupt(number: int, _frame: object) -> None:
        raise Interrupted(number, "Interrupted", "")

    before = {number: signal.getsignal(number) for number in _obeyed()}
    for number in before:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def until_signal(work: Awaitable[int], context: Context) -> int:
    """The verb's exit code. A signal cancels it, but not while tokens are being stored."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    def on_signal(number: int) -> None:
        def handle() -> None:
            context.caught.append(number)
            task.cancel()

        shield.handle(handle)

    obeyed = _obeyed()
    for number in obeyed:
        loop.add_signal_handler(number, on_signal, number)
    try:
        return await task
    except asyncio.CancelledError:
        context.console.end_progress()
        return 128 + (context.caught[0] if context.caught else signal.SIGINT)
    finally:
        for number in obeyed:
            loop.remove_signal_handler(number)


def terminal_is_gone(context: Context) -> bool:
    """Whether the verb was ended by SIGHUP: nobody is there to be told anything."""
    return signal.SIGHUP in context.caught


async def ended(work: "asyncio.Future[_Result]") -> None:
    """Cancel the work and wait for its end."""
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


def _obeyed() -> tuple[signal.Signals, ...]:
    """All of them, but for a hang-up that `nohup` told us to live through."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return tuple(number for number in SIGNALS if number is not signal.SIGHUP)
    return SIGNALS
