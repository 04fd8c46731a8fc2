"""Sort orders.

Each key has its usual direction: `created` newest first, `expires` soonest first, `last_used`
most recent first; `client`, `user` and `id` from A; `ip` by number, IPv4 before IPv6. Unknown
values and invalid addresses are last in either direction. Equal values are ordered by id. Our own
session has no special place here: the screen pins it.
"""

import enum
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from qiscus_tui.model.addresses import packed
from qiscus_tui.query.matching import Columns

_Value = float | str


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
    values: list[Any] = [*_VALUES[key](columns)]
    ids = [one.id for one in columns.sessions]
    others = [at for at in range(len(values)) if at != first]
    known = [at for at in others if values[at] is not None] if None in values else others
    unknown = [at for at in others if values[at] is None] if None in values else []
    known.sort(key=values.__getitem__, reverse=(key in FALLING) != reverse)
    _sort_equal_ones(known, values, ids)
    found = [] if first is None else [first]
    return found + known + sorted(unknown, key=ids.__getitem__)


def _sort_equal_ones(positions: list[int], values: Sequence[Any], ids: Sequence[str]) -> None:
    """Sort those with the same value by id, in place; the values are sorted already."""
    in_order = [*map(values.__getitem__, positions)]
    same = [at for at, pair in enumerate(pairwise(in_order)) if pair[0] == pair[1]]
    while same:
        begin = end = same.pop()  # from the end on: there is nothing to be moved
        while same and same[-1] == begin - 1:
            begin = same.pop()
        positions[begin : end + 2] = sorted(positions[begin : end + 2], key=ids.__getitem__)


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


def _client(columns: Columns) -> Sequence[_Value | None]:
    casefolded = cache(str.casefold)
    return [
        casefolded(client) if session.user_agent else None
        for client, session in zip(columns.clients, columns.sessions, strict=True)
    ]


def _address(columns: Columns) -> Sequence[_Value | None]:
    read_once = cache(packed)
    return [read_once(one.ip) for one in columns.sessions]


_VALUES: dict[SortKey, Callable[[Columns], Sequence[_Value | None]]] = {
    SortKey.EXPIRES: lambda columns: [one.expires_at for one in columns.sessions],
    SortKey.CREATED: lambda columns: [one.created_at for one in columns.sessions],
    SortKey.LAST_USED: lambda columns: [one.last_used_at for one in columns.sessions],
    SortKey.CLIENT: _client,
    SortKey.IP: _address,
    SortKey.USER: lambda columns: [one.safe_user.casefold() or None for one in columns.sessions],
    SortKey.ID: lambda columns: [one.id for one in columns.sessions],
}
