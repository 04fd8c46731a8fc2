"""Which sessions of a list are shown, and in what order: sort, filter, our own session first.

A filter shows its first hits within a few milliseconds of the key, and the rest a moment later;
`hits` finishes at once what an action needs whole.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, TypeVar

from qiscus_tui.query import (
    Moment,
    Query,
    SortKey,
    changes_with_time,
    compile,
    narrows,
    order_in_steps,
    parse,
)
from qiscus_tui.query.terms import Is, State
from qiscus_tui.service.sessions.session_list import NO_SESSIONS
from qiscus_tui.tui.screens.sorting import Sorting

if TYPE_CHECKING:
    from qiscus_tui.model.session import Session
    from qiscus_tui.service.sessions.session_list import SessionList

Steps = Generator[None, None, list[int]]
Result = TypeVar("Result")

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

EVERYTHING = parse("")


def at_once(steps: Generator[None, None, Result]) -> Result:
    """Do all the steps now."""
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value


class ListView:
    """What is shown of one snapshot."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """`monotonic`: seconds, to keep the first look short."""
        self._monotonic = monotonic
        self._listed = NO_SESSIONS
        self._sorted: Sequence[int] = ()
        self._hits: Sequence[int] = ()
        self._is_whole = True
        self._query = EVERYTHING
        self._moment = Moment(0.0, 0.0)
        self.sorting = Sorting()
        self.own: Session | None = None
        """Our own session, where it is listed."""

    @property
    def listed(self) -> SessionList:
        """The snapshot."""
        return self._listed

    @property
    def query(self) -> Query:
        """The filter."""
        return self._query

    @property
    def is_filtered(self) -> bool:
        """Whether the filter asks for anything."""
        return bool(self._query.words)

    @property
    def depends_on_marks(self) -> bool:
        """Whether the filter asks which are marked."""
        return any(word.test == Is(State.MARKED) for word in self._query.words)

    @property
    def depends_on_time(self) -> bool:
        """Whether the filter's answer changes while nothing but time goes by."""
        return changes_with_time(self._query)

    @property
    def looked_at(self) -> float:
        """The server's time by which the filter was asked last."""
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
    def hits(self) -> Sequence[int]:
        """Every position shown, in order; finishes a filter that still runs."""
        if not self._is_whole:
            at_once(self.rest())
        return self._hits

    # A new list, or the same sorted differently.

    def sorted_in_steps(self, listed: SessionList, sorting: Sorting) -> Steps:
        """All positions of a list, sorted, our own session first. Changes nothing here."""
        order = yield from order_in_steps(listed, sorting.key, reverse=sorting.reverse)
        own = next((i for i, session in enumerate(listed.sessions) if session.current), None)
        if own is not None:
            order.remove(own)
            order.insert(0, own)
        return order

    def take(
        self, listed: SessionList, sorting: Sorting, order: Sequence[int], moment: Moment
    ) -> None:
        """Show this list in this order. The filter stays, and has to be finished by `rest`."""
        self._listed, self.sorting, self._sorted, self._moment = listed, sorting, order, moment
        self._is_whole = not self.is_filtered
        self._hits = order if self._is_whole else ()
        first = listed.sessions[order[0]] if order else None
        self.own = first if first is not None and first.current else None

    # The filter.

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

    def rest(self) -> Steps:
        """Find every hit. Looks in the list's own order, which is the faster one to walk."""
        query, listed, order, moment = self._query, self._listed, self._sorted, self._moment
        matches = compile(query, listed, moment)
        flags = bytearray(len(listed))
        for start in range(0, len(listed), _RUN):
            for position in range(start, min(start + _RUN, len(listed))):
                if matches(position):
                    flags[position] = 1
            yield
        found = [position for position in order if flags[position]]
        as_asked = query is self._query and moment is self._moment
        if as_asked and listed is self._listed and order is self._sorted:
            self._hits, self._is_whole = found, True
        return found

    def looked_again(self, moment: Moment) -> Steps:
        """Find every hit as of another moment; the hits of before are shown meanwhile."""
        self._moment = moment
        return self.rest()


def has_users(listed: SessionList) -> bool:
    """Whether some entry names a user."""
    return any(session.safe_user for session in listed.sessions)


__all__ = ["EVERYTHING", "ListView", "SortKey", "Steps", "at_once", "has_users"]
