"""Work on a whole list: at once for a short one, else in a thread, while keys are handled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

AT_ONCE = 5000
"""Sessions up to which work on the whole list is done within a key's own turn."""

Result = TypeVar("Result")


class ListWork:
    """One kind of work. Only the result of what was asked for last is taken.

    The work is a plain function of what does not change; nothing is changed from the thread.
    """

    def __init__(self, start: Callable[[Callable[[], Awaitable[None]]], object]) -> None:
        """`start` runs a coroutine function beside what handles the keys."""
        self._start = start
        self._wanted: tuple[Callable[[], Any], Callable[[Any], None]] | None = None
        self._is_running = False

    def do(self, size: int, work: Callable[[], Result], take: Callable[[Result], None]) -> None:
        """Call `take` with the result of `work` on so many sessions."""
        if size <= AT_ONCE:
            self._wanted = None
            take(work())
            return
        self._wanted = work, take
        if not self._is_running:
            self._is_running = True
            self._start(self._run)

    async def _run(self) -> None:
        try:
            while (wanted := self._wanted) is not None:
                result = await asyncio.to_thread(wanted[0])
                if wanted is self._wanted:  # else something else was asked for meanwhile
                    self._wanted = None
                    wanted[1](result)
        finally:
            self._wanted, self._is_running = None, False
