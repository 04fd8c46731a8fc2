"""Sort orders.

Each key has its usual direction: `created` newest first, `expires` soonest first, `last_used`
most recent first; `client`, `user` and `id` from A; `ip` by number, IPv4 before IPv6. Unknown
values and invalid addresses are last in either direction. Equal values are ordered by id. Our own
session has no special place here: the screen pins it.
"""

import enum
import operator
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, compress, count, islice
from typing import Any, overload

from qiscus_tui.model.addresses import packed
from qiscus_tui.model.turns import RUN, SORTED, at_once, dealt_in_steps
from qiscus_tui.query.columns import Columns

_DISTINCT = 4096
"""Addresses, clients and users that are read once for all sessions that have them."""

_Value = float | str
_Steps = Generator[None, None, list[int]]


class SortKey(enum.Enum):
    """The keys of a list's order. The value is the word typed."""

    EXPIRES = "expires"
    CREATED = "created"
    LAST_USED = "last_used"
    CLIENT = "client"
    IP = "ip"
    USER = "user"
    ID = "id"


FALLING = frozenset({SortKey.CREATED, SortKey.LAST_USED})
"""Keys whose usual direction is descending: the newest first."""

_MANY = 2 * SORTED
"""Sessions with the same value, from which on they are dealt out by their ids."""


def order(columns: Columns, key: SortKey = SortKey.CREATED, *, reverse: bool = False) -> list[int]:
    """Return every position of `columns`, sorted; `reverse` reverses the key's direction."""
    return at_once(order_in_steps(columns, key, reverse=reverse))


def ordered(
    columns: Columns,
    positions: Iterable[int],
    key: SortKey = SortKey.CREATED,
    *,
    reverse: bool = False,
) -> list[int]:
    """Return these positions, sorted as by `order`."""
    chosen = frozenset(positions)
    return [one for one in order(columns, key, reverse=reverse) if one in chosen]


class PartlySorted(Sequence[int]):
    """An order of which each part is sorted when it is first looked at: the first rows are soon."""

    def __init__(self, parts: list[list[int]], sort: Callable[[list[int]], None]) -> None:
        """`parts` are in order, what is in them is not; `sort` puts one of them in order."""
        self._parts = parts
        self._unsorted = {*range(len(parts))}
        self._ends = [*accumulate(map(len, parts))]
        self._sort = sort

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            first = bisect_right(self._ends, start)
            before = self._ends[first - 1] if first else 0
            rows = chain.from_iterable(map(self._part, range(first, len(self._parts))))
            return [*islice(rows, start - before, max(start, stop) - before, step)]
        at = range(len(self))[index]
        number = bisect_right(self._ends, at)
        return self._part(number)[at - self._ends[number]]  # from its end

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(map(self._part, range(len(self._parts))))

    def __contains__(self, value: object) -> bool:
        return any(value in part for part in self._parts)

    def index(self, value: int, start: int = 0, stop: int | None = None) -> int:
        for number, end in enumerate(self._ends):
            if value in self._parts[number]:
                part = self._part(number)
                return end - len(part) + part.index(value)
        raise ValueError(value)

    def only(self, positions: Iterable[int]) -> "PartlySorted":
        """Return the order of these alone, which are some of its own."""
        kept = bytearray(1 + max(map(max, self._parts), default=-1))
        for position in positions:
            kept[position] = 1
        parts = [[*filter(kept.__getitem__, part)] for part in self._parts]
        return PartlySorted([part for part in parts if part], self._sort)

    def sorted_in_steps(self) -> _Steps:
        """Sort the parts that nobody looked at yet; return the whole order."""
        for number in range(len(self._parts)):
            self._part(number)
            yield
        self._sort = _leave_as_it_is  # what it was sorted by is freed
        return [*self]

    def _part(self, number: int) -> list[int]:
        if number in self._unsorted:
            self._sort(self._parts[number])
            self._unsorted.remove(number)
        return self._parts[number]


def _leave_as_it_is(_part: list[int]) -> None:
    pass


def order_in_steps(
    columns: Columns, key: SortKey = SortKey.CREATED, *, reverse: bool = False
) -> _Steps:
    """Like `order`, but pauses after every few milliseconds of work, so that other tasks run.

    The generator yields None between the steps and returns the order.
    """
    partly = yield from partly_sorted_in_steps(columns, key, reverse=reverse)
    return (yield from partly.sorted_in_steps())


def partly_sorted_in_steps(
    columns: Columns,
    key: SortKey = SortKey.CREATED,
    *,
    reverse: bool = False,
    first: int | None = None,
) -> Generator[None, None, PartlySorted]:
    """Like `order_in_steps`, but returns an order that goes on sorting as it is looked at.

    `first`: a position that is put before all others.
    """
    descending = (key in FALLING) != reverse
    values: list[Any] = []
    ids: list[str] = []
    known: list[int] = []
    unknown: list[int] = []
    for start in range(0, len(columns.sessions), RUN):
        part = slice(start, start + RUN)
        values += (run := _VALUES[key](columns, part))
        ids += [session.id for session in columns.sessions[part]]
        places = range(start, len(values))
        if None in run:
            known += [at for at in places if values[at] is not None]
            unknown += [at for at in places if values[at] is None]
        else:
            known += places
        yield
    value_of, id_of = values.__getitem__, ids.__getitem__

    def sort(part: list[int]) -> None:
        part.sort(key=value_of, reverse=descending)
        here = [*map(value_of, part)]
        end = 0
        for at in compress(count(1), map(operator.eq, here, islice(here, 1, None))):
            if at >= end:  # the first that equals the one before
                end = at + 1
                while end < len(here) and here[end] == here[at]:
                    end += 1
                part[at - 1 : end] = sorted(part[at - 1 : end], key=id_of)

    if first is not None:
        (unknown if values[first] is None else known).remove(first)
    dealt = yield from dealt_in_steps(known, value_of)
    if descending:
        dealt.reverse()
    parts = [] if first is None else [[first]]
    for part in dealt:
        is_long = len(part) > _MANY and len(set(map(value_of, part))) == 1
        parts += (yield from dealt_in_steps(part, id_of)) if is_long else [part]
    for at in unknown:
        values[at] = ""  # they are equal
    parts += yield from dealt_in_steps(unknown, id_of)
    return PartlySorted(parts, sort)


_Column = Callable[[Columns, slice], Sequence[_Value | None]]


def _client(columns: Columns, part: slice) -> Sequence[_Value | None]:
    return [
        _casefolded(client) if session.user_agent else None
        for client, session in zip(columns.clients[part], columns.sessions[part], strict=True)
    ]


_packed = lru_cache(_DISTINCT)(packed)
_casefolded = lru_cache(_DISTINCT)(str.casefold)

_VALUES: dict[SortKey, _Column] = {
    SortKey.EXPIRES: lambda columns, part: [one.expires_at for one in columns.sessions[part]],
    SortKey.CREATED: lambda columns, part: [one.created_at for one in columns.sessions[part]],
    SortKey.LAST_USED: lambda columns, part: [one.last_used_at for one in columns.sessions[part]],
    SortKey.CLIENT: _client,
    SortKey.IP: lambda columns, part: [_packed(one.ip) for one in columns.sessions[part]],
    SortKey.USER: lambda columns, part: [
        _casefolded(one.safe_user) or None for one in columns.sessions[part]
    ],
    SortKey.ID: lambda columns, part: [one.id for one in columns.sessions[part]],
}
