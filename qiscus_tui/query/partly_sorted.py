"""An order that is put right where it is looked at: the first rows of a long list are soon."""

import operator
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate, chain, compress, count, islice, repeat
from typing import Any, overload

from qiscus_tui.model.turns import SORTED, at_once, dealt_in_steps, sample_of

MANY = 2 * SORTED
"""Positions up to which a part is sorted within the turn in which it is looked at."""

_SAMPLE = 400
"""Positions by which it is estimated where a long part is to be cut."""

_AROUND = 12
"""Of the sample, on either side of the row that is looked at."""

_NOT = bytes((1, 0, *range(2, 256)))

_Key = Callable[[int], Any]
_Steps = Generator[None, None, list[int]]


class Comparison:
    """How positions are compared: by value, equal ones by id."""

    def __init__(self, value_of: _Key, id_of: _Key, *, descending: bool) -> None:
        self._value_of = value_of
        self._id_of = id_of
        self._descending = descending

    def sort(self, part: list[int]) -> None:
        """Sort a short part in place."""
        part.sort(key=self._value_of, reverse=self._descending)
        here = [*map(self._value_of, part)]
        end = 0
        for at in compress(count(1), map(operator.eq, here, islice(here, 1, None))):
            if at >= end:  # the first that equals the one before
                end = at + 1
                while end < len(here) and here[end] == here[at]:
                    end += 1
                part[at - 1 : end] = sorted(part[at - 1 : end], key=self._id_of)

    def sorted_in_steps(self, part: Sequence[int]) -> _Steps:
        """Return a part sorted; no step sorts many."""
        dealt = yield from dealt_in_steps(part, self._value_of)
        found: list[int] = []
        for few in reversed(dealt) if self._descending else dealt:
            is_long = len(few) > MANY and len(set(map(self._value_of, few))) == 1
            for fewer in (yield from dealt_in_steps(few, self._id_of)) if is_long else [few]:
                self.sort(fewer)
                found += fewer
                yield
        return found

    def cut(self, part: Sequence[int], row: int) -> list[list[int]]:
        """Return a long part in two; cut again and again, the one with this row is short."""
        return (
            _cut(part, row, self._value_of, descending=self._descending)
            or _cut(part, row, self._id_of, descending=False)
            or [[*part[:MANY]], [*part[MANY:]]]
        )

    def row_of(self, part: Sequence[int], position: int) -> int:
        """Return how many of a part come before one of it."""
        value, values = self._value_of(position), [*map(self._value_of, part)]
        comes_before = operator.gt if self._descending else operator.lt
        equal = compress(part, map(operator.eq, values, repeat(value)))
        own = self._id_of(position)
        return sum(map(comes_before, values, repeat(value))) + sum(
            self._id_of(at) < own for at in equal
        )


def _cut(part: Sequence[int], row: int, key: _Key, *, descending: bool) -> list[list[int]]:
    """Return a part in two, of which mostly the one with this row is shorter by far.

    Nothing where all have the same value.
    """
    values = [*map(key, part)]
    sample = sorted(sample_of(values, _SAMPLE), reverse=descending)
    at, last = row * len(sample) // len(part), len(sample) - 1
    if sample[0] == sample[last] and values.count(sample[0]) == len(values):
        return []
    comes_before = operator.gt if descending else operator.lt

    def before(place: int) -> bytes:
        return bytes(map(comes_before, values, repeat(sample[place])))

    def up_to(place: int) -> bytes:
        return bytes(map(comes_before, repeat(sample[place]), values)).translate(_NOT)

    near = partial(before, max(at - _AROUND, 0))
    if at <= last // 2:
        near = partial(up_to, min(at + _AROUND, last))
    for is_first in (near, partial(before, at), partial(up_to, at)):
        flags = is_first()
        if 0 in flags and 1 in flags:
            return [[*compress(part, flags)], [*compress(part, flags.translate(_NOT))]]
    return []


class PartlySorted(Sequence[int]):
    """Positions in an order of which each part is sorted when it is first looked at."""

    def __init__(
        self, parts: Iterable[list[int]], comparison: Comparison, ready: Iterable[int] = ()
    ) -> None:
        """`parts` are in order; what is in them is not, except in those numbered in `ready`."""
        self._parts = [*parts]
        self._ready = {*ready}
        self._ends = [*accumulate(map(len, self._parts))]
        self._comparison = comparison

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        rows = range(len(self))[index]
        if isinstance(rows, int):
            return self._at(rows)
        return self._all()[index] if len(rows) > MANY else [*map(self._at, rows)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._all())

    def __contains__(self, value: object) -> bool:
        return any(value in part for part in self._parts)

    def index(self, value: int, start: int = 0, stop: int | None = None) -> int:
        for number, (part, end) in enumerate(zip(self._parts, self._ends, strict=True)):
            if value in part:
                is_ready = number in self._ready
                row = part.index(value) if is_ready else self._comparison.row_of(part, value)
                return end - len(part) + row
        raise ValueError(value)

    def only(self, positions: Iterable[int]) -> "PartlySorted":
        """Return the order of these alone, which are some of its own."""
        kept = bytearray(1 + max(map(max, filter(None, self._parts)), default=-1))
        for position in positions:
            kept[position] = 1
        parts = [[*filter(kept.__getitem__, part)] for part in self._parts]
        return PartlySorted(parts, self._comparison, self._ready)

    def sorted_in_steps(self) -> _Steps:
        """Sort what nobody looked at yet, in short steps; return the whole order."""
        while (unsorted := self._unsorted) is not None:
            done = yield from self._comparison.sorted_in_steps([*unsorted])
            for number, part in enumerate(self._parts):
                if part is unsorted:  # else it was cut meanwhile
                    self._parts[number] = done
                    self._ready.add(number)
        if len(self._parts) != 1:
            self._replace(slice(None), [[*chain.from_iterable(self._parts)]])
            self._ready = {0}
        self._comparison = _NOTHING  # what it was sorted by is freed
        return self._parts[0]

    @property
    def _unsorted(self) -> list[int] | None:
        return next((one for at, one in enumerate(self._parts) if at not in self._ready), None)

    def _all(self) -> list[int]:
        return at_once(self.sorted_in_steps())

    def _at(self, row: int) -> int:
        while True:
            number = bisect_right(self._ends, row)
            part, place = self._parts[number], row - self._ends[number]  # from its end
            if number in self._ready:
                return part[place]
            if len(part) > MANY:
                cut = self._comparison.cut(part, len(part) + place)
                self._ready = {at if at < number else at + len(cut) - 1 for at in self._ready}
                self._replace(slice(number, number + 1), cut)
            else:
                self._comparison.sort(part)
                self._ready.add(number)

    def _replace(self, numbers: slice, parts: list[list[int]]) -> None:
        self._parts[numbers] = parts
        self._ends = [*accumulate(map(len, self._parts))]


_NOTHING = Comparison(int, int, descending=False)
