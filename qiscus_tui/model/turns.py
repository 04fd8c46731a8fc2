"""Long work in short turns, so that other tasks (the keys) run in between.

Work in steps is a generator that yields after every few milliseconds and returns its result.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

TURN = 0.004
"""Seconds of work after which other tasks run."""

IDLE = 0.00006
"""Seconds that a round of the event loop takes in which nothing else runs, at most."""

ROUNDS = 10
"""Rounds of the event loop between two turns, at most."""

AT_ONCE = 5000
"""Sessions up to which work on the whole list is done within a key's own turn."""

RUN = 1000
"""Sessions that are looked at between two yields."""

SORTED = 5000
"""Items that are sorted in one step, about."""

SAMPLE = 20
"""Items for each step that are looked at first, to find between which values it sorts."""

GOLDEN = 0.6180339887498949
"""Scatters them, so that they keep step with nothing that is repeated in the items."""

Result = TypeVar("Result")
Item = TypeVar("Item")


class Turn:
    """Measures how long this task has run."""

    def __init__(self) -> None:
        self._until = time.perf_counter() + TURN

    async def give_way_if_over(self) -> None:
        """Let other tasks run if the turn is over."""
        if time.perf_counter() > self._until:
            await self.give_way()

    async def give_way(self) -> None:
        """Let other tasks run, and begin another turn.

        As long as they have something to do: a key is drawn only after several rounds of the
        event loop, between each of which there would be a turn.
        """
        from asyncio import sleep

        for _ in range(ROUNDS):
            begun = time.perf_counter()
            await sleep(0)
            if time.perf_counter() - begun < IDLE:
                break
        self._until = time.perf_counter() + TURN


def runs(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield the items side by side, `RUN` at a time."""
    return (items[start : start + RUN] for start in range(0, len(items), RUN))


def one_step(work: Callable[[], Result]) -> Generator[None, None, Result]:
    """Return the result of plain work, as the only step."""
    yield
    return work()


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
    with closing(steps):  # cancelled, they hold on to nothing
        while True:
            try:
                next(steps)
            except StopIteration as finished:
                return finished.value
            await turn.give_way_if_over()


def sorted_in_steps(
    items: Sequence[Item], key: Callable[[Item], Any], *, reverse: bool = False
) -> Generator[None, None, list[Item]]:
    """Return the items sorted, equals in the order given; no step sorts many."""
    dealt = yield from dealt_in_steps(items, key)
    found: list[Item] = []
    for part in reversed(dealt) if reverse else dealt:
        part.sort(key=key, reverse=reverse)
        found += part
        yield
    return found


def dealt_in_steps(
    items: Sequence[Item], key: Callable[[Item], Any]
) -> Generator[None, None, list[list[Item]]]:
    """Deal the items out into parts, each above the one before; equals in the order given.

    A part has some `SORTED` items, or any number of equal ones.
    """
    parts = len(items) // SORTED + 1
    sample = sorted(map(key, sample_of(items, SAMPLE * parts if parts > 1 else 0)))
    borders = [sample[at * len(sample) // parts] for at in range(1, parts)]
    distinct = [*dict.fromkeys(borders)]
    if len(distinct) < len(borders):  # many are equal
        place: Callable[[Any], int] = _Places(distinct).__getitem__
    else:
        place = partial(bisect_right, borders)
    dealt: list[list[Item]] = [[] for _ in range(2 * parts)]
    for run in runs(items):
        values = list(map(key, run))
        first = place(min(values))
        if first == place(max(values)):  # as in a list that is nearly sorted
            dealt[first] += run
        else:
            for item, at in zip(run, map(place, values), strict=True):
                dealt[at].append(item)
        yield
    return [part for part in dealt if part]


def sample_of(items: Sequence[Item], many: int) -> list[Item]:
    """Return so many of the items, scattered: in step with no pattern that they have."""
    return [items[int(at * at * GOLDEN % 1 * len(items))] for at in range(many)]


class _Places(dict[Any, int]):
    """The part of each value: those that equal a border have one of their own."""

    def __init__(self, borders: Sequence[Any]) -> None:
        self._borders = borders

    def __missing__(self, value: Any) -> int:
        self[value] = place = bisect_left(self._borders, value) + bisect_right(self._borders, value)
        return place
