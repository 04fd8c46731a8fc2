"""How the list is sorted: the key, its direction, and the words for both."""

from __future__ import annotations

from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.query import SortKey
from qiscus_tui.query.sorting import FALLING
from qiscus_tui.tui.widgets.columns import Sort

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
