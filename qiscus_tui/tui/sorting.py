"""How the list is sorted: the key, its direction, the words for both; our own session first."""

from __future__ import annotations

from itertools import compress, count
from operator import attrgetter
from typing import TYPE_CHECKING, Self

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.query import SortKey, first_in_steps, order_in_steps
from qiscus_tui.query.sorting import FALLING
from qiscus_tui.tui.widgets.columns import Sort

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from qiscus_tui.service.sessions.session_list import SessionList

    Steps = Generator[None, None, list[int]]

_RUN = 2000
"""Positions looked at in one step."""
_CURRENT = attrgetter("current")

_WORDS = {
    SortKey.CREATED: ("newest first", "oldest first"),
    SortKey.LAST_USED: ("last used first", "longest unused first"),
    SortKey.EXPIRES: ("soonest end first", "latest end first"),
    SortKey.CLIENT: ("by client", "by client, backwards"),
    SortKey.IP: ("by address", "by address, backwards"),
    SortKey.USER: ("by user", "by user, backwards"),
    SortKey.ID: ("by id", "by id, backwards"),
}


class Sorting(Struct, frozen=True):
    """A key, in its own direction or reversed."""

    key: SortKey = SortKey.CREATED
    reverse: bool = False

    @property
    def words(self) -> str:
        """`newest first`."""
        return _WORDS[self.key][self.reverse]

    @property
    def shown(self) -> Sort:
        """For the table's header."""
        return Sort(self.key, (self.key in FALLING) != self.reverse)

    def turned(self) -> Self:
        """Return the reverse."""
        return replace(self, reverse=not self.reverse)

    def next(self, *, has_users: bool) -> Self:
        """Return the sort by the next key, in its own direction."""
        keys = [key for key in _WORDS if has_users or key is not SortKey.USER]
        after = keys[(keys.index(self.key) + 1) % len(keys)]
        return replace(self, key=after, reverse=False)

    def by(self, key: SortKey) -> Self:
        """Return the sort by a key; the same key again reverses it."""
        return self.turned() if key is self.key else replace(self, key=key, reverse=False)


def own_first_in_steps(listed: SessionList, sorting: Sorting) -> Steps:
    """All positions of a list, sorted, our own session first."""
    order = yield from order_in_steps(listed, sorting.key, reverse=sorting.reverse)
    for start in range(0, len(listed), _RUN):
        here = map(_CURRENT, listed.sessions[start : start + _RUN])
        own = next(compress(count(start), here), None)
        if own is not None:
            order.remove(own)
            order.insert(0, own)
            break
        yield
    return order


def begun_in_steps(
    listed: SessionList, sorting: Sorting, before: Sequence[int], rows: int
) -> Steps:
    """All positions of a list: the first `rows` sorted, the others as they were `before`.

    Takes far less time than the whole order. Our own session stays first.
    """
    first = yield from first_in_steps(listed, sorting.key, reverse=sorting.reverse, count=rows)
    own = [at for at in before[:1] if listed.sessions[at].current]
    first = [*own, *(at for at in first if at not in own)]
    chosen = frozenset(first)
    return first + [at for at in before if at not in chosen]
