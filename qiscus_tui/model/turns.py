"""Long work in short turns, so that other tasks (the keys) run in between.

Work in steps is a generator that yields after every few milliseconds and returns its result.
"""

import asyncio
import time
from collections.abc import Generator, Iterator, Sequence
from typing import TypeVar

TURN = 0.004
"""Seconds of work after which other tasks run."""

AT_ONCE = 5000
"""Sessions up to which work on the whole list is done within a key's own turn."""

RUN = 1000
"""Sessions that are looked at between two yields."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Turn:
    """Measures how long this task has run."""

    def __init__(self) -> None:
        self._until = time.perf_counter() + TURN

    async def give_way_if_over(self) -> None:
        """Let other tasks run if the turn is over."""
        if time.perf_counter() > self._until:
            await self.give_way()

    async def give_way(self) -> None:
        """Let other tasks run, and begin another turn."""
        await asyncio.sleep(0)
        self._until = time.perf_counter() + TURN


def runs(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield the items side by side, `RUN` at a time."""
    return (items[start : start + RUN] for start in range(0, len(items), RUN))


def at_once(steps: Generator[None, None, Result]) -> Result:
    """Do all the steps now, and return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value


async def in_turns(steps: Generator[None, None, Result]) -> Result:
    """Do the steps, let other tasks run every few milliseconds, and return the result."""
    turn = Turn()
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value
        await turn.give_way_if_over()
