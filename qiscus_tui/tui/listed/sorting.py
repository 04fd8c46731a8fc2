"""How the list is sorted: the key, its direction, the words for both; our own session first."""

from __future__ import annotations

from itertools import compress, count
from operator import attrgetter
from typing import TYPE_CHECKING, Self

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.query import PartlySorted, SortKey, partly_sorted_in_steps
from qiscus_tui.query.sorting import FALLING

if TYPE_CHECKING:
    from collections.abc import Generator

    from qiscus_tui.service.sessions.session_list import SessionList

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
    def is_descending(self) -> bool:
        """Whether the highest value comes first."""
        return (self.key in FALLING) != self.reverse

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


def own_first_in_steps(
    listed: SessionList, sorting: Sorting
) -> Generator[None, None, PartlySorted]:
    """All positions of a list, our own session first; the rest is sorted as it is looked at."""
    own = None
    for start in range(0, len(listed), _RUN):
        here = map(_CURRENT, listed.sessions[start : start + _RUN])
        own = next(compress(count(start), here), None)
        if own is not None:
            break
        yield
    key, reverse = sorting.key, sorting.reverse
    return (yield from partly_sorted_in_steps(listed, key, reverse=reverse, first=own))
