"""Lets what was begun on the server come to its end when a signal arrives."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from qiscus_tui.cli.signals import ended, terminal_is_gone
from qiscus_tui.cli.verb import Context

_Result = TypeVar("_Result")


async def finished(
    context: Context,
    work: Awaitable[_Result],
    stop: Callable[[], None],
    show: Callable[[_Result], object],
) -> _Result:
    """What the work gives.

    ctrl-c and SIGTERM `stop` it (nothing more is sent) and `show` what it still came to, before
    the verb ends; a second one ends it at once, as a terminal that went away does.
    """
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        if not terminal_is_gone(context):
            stop()
            context.console.say("Interrupted: nothing more is sent. Reading what became of it.")
            show(await running)
        else:
            await ended(running)
        raise
