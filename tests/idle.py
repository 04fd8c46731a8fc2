"""When an app under test has come to rest: seen in its event loop, not guessed by its CPU time."""

import asyncio
from concurrent.futures import thread
from time import monotonic
from typing import Any, cast
from weakref import WeakSet

SOON = 0.02
"""Seconds: a timer that is due by then is part of what was begun."""


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until nothing is ready to run, no thread works, and no timer is due soon.

    Textual's own wait looks for 20 ms in which the process takes no time, which makes each key of
    a test cost a tenth of a second, and many more on a busy machine.
    """
    loop = cast("Any", asyncio.get_running_loop())
    began = monotonic()
    due = loop.time() + max(min_sleep, SOON)
    while monotonic() - began < max_sleep:
        await asyncio.sleep(0)
        if loop._ready or _unfinished:
            if not loop._ready:
                await asyncio.sleep(0.001)
            continue
        timers = [one._when for one in loop._scheduled if not one._cancelled and one._when <= due]
        if not timers:
            return
        await asyncio.sleep(max(0.0, min(timers) - loop.time()))


_WorkItem = cast("Any", thread)._WorkItem
_unfinished: WeakSet[Any] = WeakSet()
"""What was given to threads, until its result was handed on."""


class _WatchedItem(_WorkItem):  # a pool's count of idle threads is wrong after a race, from 3.12 on
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        _unfinished.add(self)

    def run(self, *args: Any) -> None:
        try:
            super().run(*args)
        finally:
            _unfinished.discard(self)


cast("Any", thread)._WorkItem = _WatchedItem
