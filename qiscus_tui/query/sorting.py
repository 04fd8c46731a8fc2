"""Sort orders.

Each key has its usual direction: `created` newest first, `expires` soonest first, `last_used`
most recent first; `client`, `user` and `id` from A; `ip` by number, IPv4 before IPv6. Unknown
values and invalid addresses are last in either direction. Equal values are ordered by id. Our own
session has no special place here: the screen pins it.
"""

import enum
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from qiscus_tui.model.addresses import packed
from qiscus_tui.model.turns import RUN
from qiscus_tui.query.matching import Columns
from qiscus_tui.query.partly_sorted import Comparison, PartlySorted

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


def order(
    columns: Columns,
    key: SortKey = SortKey.CREATED,
    *,
    reverse: bool = False,
    first: int | None = None,
) -> list[int]:
    """Return every position of `columns`, sorted; `reverse` reverses the key's direction.

    `first`: a position that is put before all others.
    """
    values: list[Any] = [*_VALUES[key](columns, slice(None))]
    ids = [one.id for one in columns.sessions]
    known = [at for at, value in enumerate(values) if value is not None and at != first]
    unknown = [at for at, value in enumerate(values) if value is None and at != first]
    known.sort(key=values.__getitem__, reverse=(key in FALLING) != reverse)
    found = [] if first is None else [first]
    for _, run in groupby(known, key=values.__getitem__):
        equal = [*run]
        found += sorted(equal, key=ids.__getitem__) if len(equal) > 1 else equal
    return found + sorted(unknown, key=ids.__getitem__)


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
    if first is not None:
        (unknown if values[first] is None else known).remove(first)
    for at in unknown:
        values[at] = ""  # they are equal
    comparison = Comparison(values.__getitem__, ids.__getitem__, descending=descending)
    pinned = [] if first is None else [first]
    return PartlySorted((pinned, known, unknown), comparison, ready=(0,))


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
