"""How groups are sorted: the key, its direction, and the words for both."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.service.sessions.group_order import FALLING, GroupFact, GroupSort

_WORDS = {
    GroupFact.COUNT: ("largest first", "smallest first"),
    GroupFact.PER_DAY: ("most per day first", "fewest per day first"),
    GroupFact.NEWEST: ("newest first", "longest without a login first"),
    GroupFact.OLDEST: ("oldest first", "youngest first"),
    GroupFact.LAST_USED: ("last used first", "longest unused first"),
}


def keys_words(keys: Sequence[GroupKey]) -> str:
    """Return `client and network`."""
    *others, last = (key.value for key in keys)
    return f"{', '.join(others)} and {last}" if others else last


class GroupSorting(Struct, frozen=True):
    """A key, in its own direction or reversed."""

    by: GroupSort = GroupFact.COUNT
    reverse: bool = False

    @property
    def words(self) -> str:
        """`largest first`."""
        if isinstance(self.by, GroupFact):
            return _WORDS[self.by][self.reverse]
        return f"by {self.by.value}{', backwards' if self.reverse else ''}"

    @property
    def is_descending(self) -> bool:
        """Whether the highest value comes first."""
        return (self.by in FALLING) != self.reverse

    def turned(self) -> GroupSorting:
        """Return the reverse."""
        return replace(self, reverse=not self.reverse)

    def towards(self, by: GroupSort) -> GroupSorting:
        """Return the sort by a key; the same key again reverses it."""
        return self.turned() if by is self.by else GroupSorting(by)

    def next(self, keys: Sequence[GroupKey]) -> GroupSorting:
        """Return the sort by the next key, for groups by `keys`, in its own direction."""
        offered: list[GroupSort] = [*_WORDS, *keys]
        return GroupSorting(offered[(offered.index(self.by) + 1) % len(offered)])

    def kept_for(self, keys: Sequence[GroupKey]) -> GroupSorting:
        """Return this sort, or the usual one where groups by `keys` can't be sorted so."""
        return self if isinstance(self.by, GroupFact) or self.by in keys else GroupSorting()
