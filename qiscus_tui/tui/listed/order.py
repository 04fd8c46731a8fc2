"""Which sessions of a list are shown, and in what order: sort, filter, our own session first."""

from __future__ import annotations

import enum
from bisect import bisect_right
from collections.abc import Sequence
from itertools import compress
from typing import Generic, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.errors import FilterError
from qiscus_tui.model.session import Session
from qiscus_tui.query import Moment, Query, SortKey, order, parse, parse_readable, select
from qiscus_tui.query.sorting import FALLING
from qiscus_tui.service.sessions.groups import FALLING as FALLING_GROUPS
from qiscus_tui.service.sessions.groups import GroupFact
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from qiscus_tui.tui.listed.marks import NO_MARKS

EVERYTHING = parse("")

SORT_KEYS = (
    SortKey.CREATED,
    SortKey.LAST_USED,
    SortKey.EXPIRES,
    SortKey.CLIENT,
    SortKey.IP,
    SortKey.USER,
    SortKey.ID,
)
"""What a list is sorted by, one after the other."""

_WORDS: dict[enum.Enum, tuple[str, str]] = {
    SortKey.CREATED: ("newest first", "oldest first"),
    SortKey.LAST_USED: ("last used first", "longest unused first"),
    SortKey.EXPIRES: ("soonest end first", "latest end first"),
    SortKey.IP: ("by address", "by address, backwards"),
    GroupFact.COUNT: ("largest first", "smallest first"),
    GroupFact.PER_DAY: ("most per day first", "fewest per day first"),
    GroupFact.NEWEST: ("newest first", "longest without a login first"),
    GroupFact.OLDEST: ("oldest first", "youngest first"),
    GroupFact.LAST_USED: ("last used first", "longest unused first"),
}
"""The words of both directions; of other keys, `by client` and `by client, backwards`."""

Key = TypeVar("Key", bound=enum.Enum)


class Sorting(Struct, Generic[Key], frozen=True):
    """A key of sessions or of groups, in its own direction or reversed."""

    key: Key
    reverse: bool = False

    @property
    def words(self) -> str:
        """`newest first`."""
        by = f"by {self.key.value}"
        return _WORDS.get(self.key, (by, f"{by}, backwards"))[self.reverse]

    @property
    def is_descending(self) -> bool:
        """Whether the highest value comes first."""
        return (self.key in FALLING or self.key in FALLING_GROUPS) != self.reverse

    def turned(self) -> Sorting[Key]:
        """Return the reverse."""
        return replace(self, reverse=not self.reverse)

    def by(self, key: Key) -> Sorting[Key]:
        """Return the sort by a key; the same key again reverses it."""
        return self.turned() if key is self.key else Sorting(key)

    def next(self, keys: Sequence[Key]) -> Sorting[Key]:
        """Return the sort by the next of these keys, in its own direction."""
        return Sorting(keys[(keys.index(self.key) + 1) % len(keys)])


def sort_keys(listed: SessionList) -> list[SortKey]:
    """Return what a list can be sorted by: by user where any is named."""
    has_users = any(session.safe_user for session in listed.sessions)
    return [key for key in SORT_KEYS if has_users or key is not SortKey.USER]


def own_first(listed: SessionList, sorting: Sorting[SortKey]) -> list[int]:
    """Return all positions of a list, sorted, our own session first."""
    own = next((at for at, session in enumerate(listed.sessions) if session.current), None)
    return order(listed, sorting.key, reverse=sorting.reverse, first=own)


class ExpiryCounts(Struct, frozen=True):
    """When the sessions of a list end, sorted: what is counted of them is right at any time."""

    total: int = 0
    ends: Sequence[float] = ()

    @classmethod
    def of(cls, listed: SessionList) -> Self:
        """Return those of a list."""
        ends = (session.expires_at for session in listed.sessions)
        return cls(len(listed), sorted(end for end in ends if end is not None))

    def active(self, now: float) -> int:
        """Return how many sessions have not expired by the server's time `now`."""
        return self.total - bisect_right(self.ends, now)

    def expiring(self, now: float, within: float) -> int:
        """Return how many sessions expire within so many seconds."""
        return Moment(now, within).count_expiring(self.ends)


class SortedList(Struct, frozen=True):
    """A list that is ready to be shown."""

    listed: SessionList
    order: Sequence[int]
    expiry_counts: ExpiryCounts

    @classmethod
    def of(cls, listed: SessionList, sorting: Sorting[SortKey], query: Query = EVERYTHING) -> Self:
        """Sort and count a list, and make what a filter looks into."""
        if query.words:
            _ = listed.search  # made once: here in a thread, else when the filter is asked
        return cls(listed, own_first(listed, sorting), ExpiryCounts.of(listed))


class Search(Struct, frozen=True):
    """What a filter is asked of a list; the same object as long as nothing else is asked."""

    listed: SessionList = NO_SESSIONS
    order: Sequence[int] = ()
    """Every position."""
    query: Query = EVERYTHING
    moment: Moment = Moment(0.0, 0.0)

    def hits(self) -> Sequence[int]:
        """Return the positions that match, in order."""
        if not self.query.words:
            return self.order
        flags = bytearray(len(self.listed))
        for position in select(self.query, self.listed, self.moment):
            flags[position] = 1
        return _in_order(self.order, flags)


def _in_order(order: Sequence[int], flags: bytearray) -> list[int]:
    return list(compress(order, map(flags.__getitem__, order)))


class ListView:
    """What is shown of one list."""

    def __init__(self) -> None:
        self.search = Search()
        self.shown: Sequence[int] = ()
        """The positions shown, in order."""
        self.is_whole = True
        """Whether they are what is asked for; else what was asked for before."""
        self.sorting = Sorting(SortKey.CREATED)
        self.expiry_counts = ExpiryCounts()
        self.typed = ""
        """The filter as it was typed."""
        self.filter_error: FilterError | None = None
        self.marks = NO_MARKS
        """How many sessions are marked, and how many of them the filter hides."""
        self.in_range = 0
        """Sessions of the range that is about to be marked."""

    @property
    def listed(self) -> SessionList:
        """The list."""
        return self.search.listed

    @property
    def query(self) -> Query:
        """The filter, as far as it can be read."""
        return self.search.query

    @property
    def is_filtered(self) -> bool:
        """Whether the filter leaves anything out."""
        return bool(self.query.words)

    @property
    def own(self) -> Session | None:
        """Our own session, where it is listed."""
        first = self.listed.sessions[self.search.order[0]] if self.search.order else None
        return first if first is not None and first.current else None

    def show(self, found: SortedList, moment: Moment) -> None:
        """Show another list; the filter is kept."""
        self.expiry_counts = found.expiry_counts
        self._ask(Search(found.listed, found.order, self.query, moment))
        self.found(self.search, self.search.hits())

    def reorder(self, order: Sequence[int]) -> None:
        """Show the same list in another order, and what the filter leaves, as of before."""
        flags = bytearray(len(order))
        for position in self.shown:
            flags[position] = 1
        self.search = replace(self.search, order=order)
        self.shown = _in_order(order, flags) if self.is_filtered else order

    def type_filter(self, text: str, moment: Moment) -> None:
        """Ask for what was typed.

        A text with an error is filtered by what can be read of it, and what is typed on changes
        nothing until it is corrected.
        """
        query, error = parse_readable(text)
        if error is not None and self.filter_error is not None:
            query = self.query
        self.typed, self.filter_error = text, error
        self.ask(query, moment)

    def ask(self, query: Query, moment: Moment) -> None:
        """Ask what a filter leaves; until that is found, what was shown before still is."""
        self._ask(replace(self.search, query=query, moment=moment))

    def _ask(self, search: Search) -> None:
        self.search = search
        self.is_whole = not search.query.words
        if self.is_whole:
            self.shown = search.order

    def found(self, search: Search, hits: Sequence[int]) -> None:
        """Show what was found, if nothing else was asked for since."""
        if search is self.search:
            self.is_whole = True
            if hits != self.shown:
                self.shown = hits

    def finish(self) -> None:
        """Find at once what was asked for, before something is done to all that is shown."""
        if not self.is_whole:
            self.found(self.search, self.search.hits())
