"""How a verb ends when a signal arrives: what was begun on the server comes to its end."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import TypeVar

from qiscus_tui.cli.console import Console
from qiscus_tui.cli.signals import handled_by
from qiscus_tui.errors import Interrupted, signal_exit_code
from qiscus_tui.service.signal_shield import shield

VERIFYING = 1.4
"""Seconds after a signal for reading what became of what was sent."""

ENDING = 1.8
"""Seconds after a signal in which a verb ends by itself."""

_Result = TypeVar("_Result")


def run_until_signal(work: Coroutine[object, object, _Result], console: Console) -> _Result:
    """Return what the work returns. A signal ends it, but not while tokens are being stored.

    Where something can't be cancelled (a thread, a write to a pipe that nobody reads), the
    process is ended all the same. Raises Interrupted.
    """
    with _ended_in_time(console):
        return asyncio.run(until_signal(work, console))


@contextlib.contextmanager
def _ended_in_time(console: Console) -> Generator[None]:
    def end(_number: int, _frame: object) -> None:
        if console.caught and not shield.is_held:
            os._exit(signal_exit_code(console.caught[0]))

    before = signal.signal(signal.SIGALRM, end)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


async def until_signal(work: Awaitable[_Result], console: Console) -> _Result:
    """What the work gives. A signal cancels it, but not while tokens are being stored.

    Raises Interrupted.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    def end() -> None:
        signal.setitimer(signal.ITIMER_REAL, ENDING)  # counted from when nothing is at stake
        task.cancel()

    # Not the event loop's own handlers: those know nothing of a signal before the loop turns.
    def on_signal(number: int, _frame: object) -> None:
        console.caught.append(number)
        signal.setitimer(signal.ITIMER_REAL, ENDING)
        loop.call_soon_threadsafe(shield.handle, end)

    with handled_by(on_signal):
        try:
            return await task
        except asyncio.CancelledError as error:
            console.end_progress()
            number = console.caught[0] if console.caught else signal.SIGINT
            raise Interrupted(number, "Interrupted", "") from error


async def finished(
    console: Console,
    work: Awaitable[_Result],
    stop: Callable[[], bool],
    show: Callable[[_Result], object],
) -> _Result:
    """What the work gives.

    ctrl-c and SIGTERM `stop` it (nothing more is sent) and `show` what it still came to, before
    the verb ends. It ends at once where `stop` says that nothing was begun, at a second signal,
    and where the terminal went away; and where that takes too long.
    """
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        if signal.SIGHUP in console.caught or not stop():
            await _cancelled(running)  # nobody is there to be told, or there is nothing to tell
        else:
            console.say("Interrupted: nothing more is sent. Reading what became of it.")
            try:
                await asyncio.wait({running}, timeout=VERIFYING)
            finally:
                await _cancelled(running)
            if running.cancelled():
                console.say("The list did not come in time: see qiscus-tui sessions")
            else:
                show(running.result())
        raise


async def _cancelled(task: asyncio.Future[_Result]) -> None:
    """Cancel the task where it still runs, and wait for its end."""
    if task.cancel():
        with contextlib.suppress(asyncio.CancelledError):
            await task
