"""Sort orders.

Each key has its usual direction: `created` newest first, `expires` soonest first, `last_used`
most recent first; `client`, `user` and `id` from A; `ip` by number, IPv4 before IPv6. Unknown
values and invalid addresses are last in either direction. Equal values are ordered by id. Our own
session has no special place here: the screen pins it.
"""

import enum
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import cast

from qiscus_tui.model.addresses import packed
from qiscus_tui.model.turns import at_once
from qiscus_tui.query.columns import Columns

RUN = 10_000
"""Positions per step of `order_in_steps`."""

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
    values: list[_Value | None] = []
    for start in range(0, len(columns.sessions), RUN):
        values += _VALUES[key](columns, slice(start, start + RUN))
        yield
    known = [i for i, value in enumerate(values) if value is not None]
    unknown = [i for i, value in enumerate(values) if value is None]
    yield
    known = yield from _sorted(known, values, descending=descending)
    if key is SortKey.ID:
        return known
    ids = [session.id for session in columns.sessions]
    yield
    equals = _equals(known, values)
    yield
    done = 0
    for start, end in equals:
        if end - start > RUN:
            known[start:end] = yield from _sorted(known[start:end], ids)
        else:
            known[start:end] = sorted(known[start:end], key=ids.__getitem__)
        if start >= done + RUN:
            done = start
            yield
    unknown = yield from _sorted(unknown, ids)
    return known + unknown


def _sorted(
    positions: list[int], values: Sequence[_Value | None], *, descending: bool = False
) -> _Steps:
    """Sort stably. Runs are sorted one by one; the final sort is then only a merge."""
    value_of = cast("Callable[[int], float]", values.__getitem__)  # one column, one type
    merged: list[int] = []
    for start in range(0, len(positions), RUN):
        run = positions[start : start + RUN]
        run.sort(key=value_of, reverse=descending)
        merged += run
        yield
    if len(positions) > RUN:
        merged.sort(key=value_of, reverse=descending)
        yield
    return merged


def _equals(positions: list[int], values: Sequence[_Value | None]) -> list[tuple[int, int]]:
    """Return where neighbours with the same value begin and end."""
    found: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(positions) + 1):
        if end == len(positions) or values[positions[end]] != values[positions[start]]:
            if end - start > 1:
                found.append((start, end))
            start = end
    return found


_Column = Callable[[Columns, slice], Sequence[_Value | None]]


def _expires(columns: Columns, part: slice) -> Sequence[_Value | None]:
    return [session.expires_at for session in columns.sessions[part]]


def _created(columns: Columns, part: slice) -> Sequence[_Value | None]:
    return [session.created_at for session in columns.sessions[part]]


def _last_used(columns: Columns, part: slice) -> Sequence[_Value | None]:
    return [session.last_used_at for session in columns.sessions[part]]


def _client(columns: Columns, part: slice) -> Sequence[_Value | None]:
    return [
        client.casefold() if session.user_agent else None
        for client, session in zip(columns.clients[part], columns.sessions[part], strict=True)
    ]


def _ip(columns: Columns, part: slice) -> Sequence[_Value | None]:
    return [packed(session.ip) for session in columns.sessions[part]]


def _user(columns: Columns, part: slice) -> Sequence[_Value | None]:
    return [session.safe_user.casefold() or None for session in columns.sessions[part]]


def _id(columns: Columns, part: slice) -> Sequence[_Value | None]:
    return [session.id for session in columns.sessions[part]]


_VALUES: dict[SortKey, _Column] = {
    SortKey.EXPIRES: _expires,
    SortKey.CREATED: _created,
    SortKey.LAST_USED: _last_used,
    SortKey.CLIENT: _client,
    SortKey.IP: _ip,
    SortKey.USER: _user,
    SortKey.ID: _id,
}
