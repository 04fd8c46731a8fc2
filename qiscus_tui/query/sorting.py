"""Sort orders.

Each key has its usual direction: `created` newest first, `expires` soonest first, `last_used`
most recent first; `client`, `user` and `id` from A; `ip` by number, IPv4 before IPv6. Unknown
values and invalid addresses are last in either direction. Equal values are ordered by id. Our own
session has no special place here: the screen pins it.
"""

import enum
import operator
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import lru_cache
from heapq import nsmallest
from itertools import compress, count, islice, repeat
from typing import Any, cast

from qiscus_tui.model.addresses import packed
from qiscus_tui.model.turns import RUN, at_once, runs, sorted_in_steps
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

_SHARED = frozenset({SortKey.CLIENT, SortKey.IP, SortKey.USER})
"""Keys of which many sessions have the same value."""


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


def order_in_steps(
    columns: Columns, key: SortKey = SortKey.CREATED, *, reverse: bool = False
) -> _Steps:
    """Like `order`, but pauses after every few milliseconds of work, so that other tasks run.

    The generator yields None between the steps and returns the order.
    """
    descending = (key in FALLING) != reverse
    if key in _SHARED:
        return (yield from _order_of_shared(columns, key, descending=descending))
    values: list[_Value | None] = []
    known: list[int] = []
    unknown: list[int] = []
    for start in range(0, len(columns.sessions), RUN):
        values += (run := _VALUES[key](columns, slice(start, start + RUN)))
        known += compress(count(start), map(operator.is_not, run, repeat(None)))
        if len(known) + len(unknown) < len(values):
            unknown += [at for at, value in enumerate(run, start) if value is None]
        yield
    value_of = cast("Callable[[int], float]", values.__getitem__)  # one column, one type
    known = yield from sorted_in_steps(known, value_of, reverse=descending)
    if key is SortKey.ID:
        return known
    equals = yield from _equals(known, values)
    ids = (yield from _ids(columns)) if equals or unknown else ()
    for done, (start, end) in enumerate(equals):
        if end - start > RUN:
            known[start:end] = yield from _by_id(known[start:end], ids)
        else:
            known[start:end] = sorted(known[start:end], key=ids.__getitem__)
        if done % RUN == 0:
            yield
    return known + (yield from _by_id(unknown, ids))


def first_in_steps(
    columns: Columns, key: SortKey = SortKey.CREATED, *, reverse: bool = False, count: int
) -> _Steps:
    """Like `order_in_steps`, but returns only the first `count` positions, much sooner."""
    descending = (key in FALLING) != reverse
    comes_before = operator.gt if descending else operator.lt
    sessions = columns.sessions
    values: list[Any] = []
    first: list[int] = []

    def id_of(position: int) -> str:
        return sessions[position].id

    for start in range(0, len(sessions), RUN):
        values += (run := _VALUES[key](columns, slice(start, start + RUN)))
        if len(first) < count:
            found = [at for at, value in enumerate(run, start) if value is not None]
        else:
            last, last_id = values[first[-1]], id_of(first[-1])
            found = [
                at
                for at, value in enumerate(run, start)
                if value is not None
                and (comes_before(value, last) or (value == last and id_of(at) < last_id))
            ]
        if len(found) > count:
            by_value = sorted(found, key=values.__getitem__, reverse=descending)
            worst = values[by_value[count - 1]]
            found = [at for at in by_value if not comes_before(worst, values[at])]
        if found:
            by_id = sorted(first + found, key=id_of)
            first = sorted(by_id, key=values.__getitem__, reverse=descending)[:count]
        yield
    if (lacking := count - len(first)) > 0:
        unknown = [at for at, value in enumerate(values) if value is None]
        first += nsmallest(lacking, unknown, key=id_of)
    return first


def _order_of_shared(columns: Columns, key: SortKey, *, descending: bool) -> _Steps:
    """Return the order by values that many sessions share: only the values are sorted, and ids."""
    alike: defaultdict[_Value | None, list[int]] = defaultdict(list)
    for start in range(0, len(columns.sessions), RUN):
        for position, value in enumerate(_VALUES[key](columns, slice(start, start + RUN)), start):
            alike[value].append(position)
        yield
    ids = yield from _ids(columns)
    unknown = alike.pop(None, [])
    values = cast("list[str]", [*alike])  # one column, one type
    order: list[int] = []
    for value in (yield from sorted_in_steps(values, lambda one: one, reverse=descending)):
        begun = len(order) // RUN
        order += yield from _by_id(alike[value], ids)
        if len(order) // RUN > begun:
            yield
    return order + (yield from _by_id(unknown, ids))


def _ids(columns: Columns) -> Generator[None, None, list[str]]:
    ids: list[str] = []
    for run in runs(columns.sessions):
        ids += [session.id for session in run]
        yield
    return ids


def _by_id(positions: list[int], ids: Sequence[str]) -> _Steps:
    """Return these positions by id: a few at once."""
    if len(positions) > RUN:
        return (yield from sorted_in_steps(positions, ids.__getitem__))
    return sorted(positions, key=ids.__getitem__) if len(positions) > 1 else positions


def _equals(
    positions: list[int], values: Sequence[_Value | None]
) -> Generator[None, None, list[tuple[int, int]]]:
    """Return where neighbours with the same value begin and end."""
    found: list[tuple[int, int]] = []
    begin = end = 0
    for first in range(0, len(positions), RUN):
        run = [values[position] for position in positions[first : first + RUN + 1]]
        # Looks only at those that equal the one before: mostly these are few.
        for at in compress(count(first + 1), map(operator.eq, run, islice(run, 1, None))):
            if at > end:
                if end:
                    found.append((begin, end))
                begin = at - 1
            end = at + 1
        yield
    if end:
        found.append((begin, end))
    return found


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
