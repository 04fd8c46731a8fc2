"""How a verb ends when a signal arrives: what was begun on the server comes to its end."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

from qiscus_tui.cli.console import Console
from qiscus_tui.cli.signals import handled_by
from qiscus_tui.errors import Interrupted
from qiscus_tui.service.shield import shield

_Result = TypeVar("_Result")


async def until_signal(work: Awaitable[_Result], console: Console) -> _Result:
    """What the work gives. A signal cancels it, but not while tokens are being stored.

    Raises Interrupted.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    # Not the event loop's own handlers: those know nothing of a signal before the loop turns.
    def on_signal(number: int, _frame: object) -> None:
        console.caught.append(number)
        loop.call_soon_threadsafe(shield.handle, task.cancel)

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
    and where the terminal went away.
    """
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        if signal.SIGHUP in console.caught or not stop():
            running.cancel()  # nobody is there to be told anything, or there is nothing to tell
            with contextlib.suppress(asyncio.CancelledError):
                await running
        else:
            console.say("Interrupted: nothing more is sent. Reading what became of it.")
            show(await running)
        raise
