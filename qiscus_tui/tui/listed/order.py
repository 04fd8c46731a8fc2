"""Which sessions of a list are shown, and in what order: sort, filter, our own session first.

A filter shows its first hits within a few milliseconds of the key, and the rest a moment later;
`hits` finishes at once what an action needs whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from qiscus_tui.model.turns import at_once, runs
from qiscus_tui.query import (
    Moment,
    PartlySorted,
    Query,
    SortKey,
    changes_with_time,
    compile,
    narrows,
    parse_readable,
)
from qiscus_tui.query.terms import Is, State
from qiscus_tui.service.sessions.session_list import NO_SESSIONS
from qiscus_tui.tui.listed.changes_ahead import (
    EVERYTHING,
    ExpiryCounts,
    FilterChanges,
    changes_in_steps,
    expiries_in_steps,
)
from qiscus_tui.tui.listed.marks import NO_MARKS
from qiscus_tui.tui.listed.sorting import Sorting, own_first_in_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from qiscus_tui.errors import FilterError
    from qiscus_tui.model.session import Session
    from qiscus_tui.service.sessions.session_list import SessionList

    Steps = Generator[None, None, list[int]]

FIRST_HITS = 60
"""More than a window shows."""
SHORT = 5000
"""Positions that are looked at in any case: what is whole at once is drawn only once."""
FIRST_LOOK = 0.004
"""Seconds that a key may look for them."""
_RUN = 2000
"""Positions looked at in one step."""
_GLANCE = 64
"""Positions between two looks at the clock."""


class SortedList(Struct, frozen=True):
    """A list that is ready to be shown."""

    listed: SessionList
    sorting: Sorting
    order: Sequence[int]
    expiry_counts: ExpiryCounts


class ListView:
    """What is shown of one snapshot."""

    def __init__(self, monotonic: Callable[[], float], expiring: float = 0.0) -> None:
        """`monotonic`: seconds, to keep the first look short; `expiring`: seconds that are soon."""
        self._monotonic = monotonic
        self._expiring = expiring
        self._listed = NO_SESSIONS
        self._sorted: Sequence[int] = ()
        self._sorted_by = Sorting()
        self._hits: Sequence[int] = ()
        self._is_whole = True
        self._query = EVERYTHING
        self._moment = Moment(0.0, 0.0)
        self.sorting = Sorting()
        self.own: Session | None = None
        """Our own session, where it is listed."""
        self.expiry_counts = ExpiryCounts(0)
        self.changes = FilterChanges()
        self.typed = ""
        """The filter as it was typed."""
        self.filter_error: FilterError | None = None
        self.marks = NO_MARKS
        """How many sessions are marked, and how many of them the filter hides."""
        self.in_range = 0
        """Sessions of the range that is about to be marked."""

    @property
    def listed(self) -> SessionList:
        """The snapshot."""
        return self._listed

    @property
    def query(self) -> Query:
        """The filter, as far as it can be read."""
        return self._query

    @property
    def is_filtered(self) -> bool:
        """Whether the filter leaves anything out."""
        return bool(self._query.words)

    @property
    def depends_on_marks(self) -> bool:
        """Whether the filter names marks."""
        return any(word.test == Is(State.MARKED) for word in self._query.words)

    @property
    def looked_at(self) -> float:
        """The server's time as of which the filter was evaluated last."""
        return self._moment.server_now

    @property
    def order(self) -> Sequence[int]:
        """Every position, filtered out or not, in order."""
        return self._sorted

    @property
    def is_whole(self) -> bool:
        """Whether every hit of the filter is known."""
        return self._is_whole

    @property
    def shown(self) -> Sequence[int]:
        """The positions found so far, in order."""
        return self._hits

    @property
    def hits(self) -> Sequence[int]:
        """Every position shown, in order; finishes a filter that still runs."""
        if not self._is_whole:
            at_once(self.rest())
        return self._hits

    # A new list, or the same sorted differently.

    def prepared_in_steps(
        self, listed: SessionList, now: float
    ) -> Generator[None, None, SortedList]:
        """Sort and count a list at the server's time `now`. Changes nothing here."""
        counts = yield from expiries_in_steps(listed, now, self._expiring)
        sorting = self.sorting
        order = yield from self.sorted_in_steps(listed, sorting)
        while sorting != self.sorting:  # the user chose another meanwhile
            sorting = self.sorting
            order = yield from self.sorted_in_steps(listed, sorting)
        return SortedList(listed, sorting, order, counts)

    def show(self, prepared: SortedList, moment: Moment) -> None:
        """Show another list."""
        self.expiry_counts = prepared.expiry_counts
        self.take(prepared.listed, prepared.sorting, prepared.order, moment)

    def sorted_in_steps(self, listed: SessionList, sorting: Sorting) -> Steps:
        """All positions of a list, sorted, our own session first. Changes nothing here."""
        is_sorted = listed.sessions is self._listed.sessions and sorting == self._sorted_by
        if is_sorted and sorting.key is not SortKey.CLIENT:  # only the names are new
            return [*self._sorted]
        order = yield from own_first_in_steps(listed, sorting)
        return (yield from order.sorted_in_steps())

    def take(
        self, listed: SessionList, sorting: Sorting, order: Sequence[int], moment: Moment
    ) -> None:
        """Show this list in this order. The filter is kept, and is finished by `rest`."""
        self._listed, self.sorting, self._sorted, self._moment = listed, sorting, order, moment
        self._sorted_by = sorting
        self._is_whole = not self.is_filtered
        self._hits = order if self._is_whole else ()
        first = listed.sessions[order[0]] if order else None
        self.own = first if first is not None and first.current else None

    def sort(self, order: PartlySorted) -> None:
        """Show the same list in this order. What the filter leaves, as of before, is kept."""
        was_whole, hits = self._is_whole, self._hits
        self.take(self._listed, self.sorting, order, self._moment)
        if was_whole and self.is_filtered:
            self._hits, self._is_whole = order.only(hits), True

    # The filter.

    def type_filter(self, text: str, moment: Moment) -> Sequence[int]:
        """Filter by what was typed, and return the first hits.

        A text with an error is filtered by what can be read of it, and what is typed on changes
        nothing until it is corrected.
        """
        query, error = parse_readable(text)
        if error is not None and self.filter_error is not None:
            query = self._query
        self.typed, self.filter_error = text, error
        return self.ask(query, moment)

    def ask(self, query: Query, moment: Moment) -> Sequence[int]:
        """Filter by `query`, and return the first hits."""
        narrowing = self._is_whole and narrows(self._query, query)
        base = self._hits if narrowing else self._sorted
        self._query, self._moment = query, moment
        if not query.words:
            self._hits, self._is_whole = self._sorted, True
            return self._hits
        matches = compile(query, self._listed, moment)
        until = self._monotonic() + FIRST_LOOK
        found: list[int] = []
        for looked, position in enumerate(base):
            if matches(position):
                found.append(position)
            enough = looked >= SHORT and len(found) >= FIRST_HITS
            if enough or (looked % _GLANCE == 0 and self._monotonic() >= until):
                self._is_whole = looked + 1 == len(base)
                break
        else:
            self._is_whole = True
        self._hits = found
        return found

    def rest(self, moment: Moment | None = None) -> Steps:
        """Find every hit, as of `moment` where it is given.

        Looks in the list's own order, which is the faster one to walk.
        """
        query, listed, order, asked = self._query, self._listed, self._sorted, self._moment
        moment = moment or asked
        matches = compile(query, listed, moment)
        flags = bytearray(len(listed))
        for start in range(0, len(listed), _RUN):
            for position in range(start, min(start + _RUN, len(listed))):
                if matches(position):
                    flags[position] = 1
            yield
        found: list[int] = []
        for run in runs(order):
            found += filter(flags.__getitem__, run)
            yield
        is_current = query is self._query and asked is self._moment
        if is_current and listed is self._listed and order is self._sorted:
            self._hits, self._is_whole, self._moment = found, True, moment
        return found

    # Time.

    def is_outdated(self, now: float) -> bool:
        """Return whether time alone changed what is counted or shown, at the server's `now`."""
        if not self.expiry_counts.holds(now):
            return True
        return self._follows_time and (
            not self.changes.covers(self._query, self._listed, now)
            or self.changes.changed_since(self.looked_at, now)
        )

    def updated_in_steps(self, moment: Callable[[], Moment]) -> Generator[None, None, None]:
        """Count and filter again as of now; the hits of before are shown meanwhile."""
        listed, now = self._listed, moment().server_now
        if not self.expiry_counts.holds(now):
            counts = yield from expiries_in_steps(listed, now, self._expiring)
            if listed is self._listed:
                self.expiry_counts = counts
        if not self._follows_time:
            return
        now = moment().server_now
        if not self.changes.covers(self._query, self._listed, now):
            self.changes = yield from changes_in_steps(
                self._query, self._listed, self.looked_at, now, self._expiring
            )
        if self.changes.changed_since(self.looked_at, now):
            yield from self.rest(moment())

    @property
    def _follows_time(self) -> bool:
        return self._is_whole and changes_with_time(self._query)


def has_users(listed: SessionList) -> bool:
    """Return whether some entry names a user."""
    return any(session.safe_user for session in listed.sessions)
