"""What time alone will change in a list: how many are active, and what a filter matches.

Looked for once in a while, so that each second costs a search in a short sorted list.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from qiscus_tui.model.clock import HOUR
from qiscus_tui.query import Moment, Query, change_times, parse
from qiscus_tui.service.sessions.session_list import NO_SESSIONS

if TYPE_CHECKING:
    from collections.abc import Generator

    from qiscus_tui.service.sessions.session_list import SessionList

EVERYTHING = parse("")
AHEAD = 2 * HOUR
"""Seconds that are looked ahead; mostly a list is read again long before."""
_RUN = 5000
"""Sessions that are looked at in one step."""


class ExpiryCounts(Struct, frozen=True):
    """The expiries of the next hours, sorted."""

    total: int
    ends: tuple[float, ...] = ()
    until: float = math.inf
    """The server's time up to which this holds."""

    def holds(self, now: float) -> bool:
        """Return whether it still holds at the server's time `now`."""
        return now <= self.until

    def active(self, now: float) -> int:
        """Return how many sessions have not expired by the server's time `now`."""
        return self.total - bisect_right(self.ends, now)

    def expiring(self, now: float, within: float) -> int:
        """Return how many sessions expire within so many seconds."""
        return Moment(now, within).count_expiring(self.ends)


class FilterChanges(Struct, frozen=True):
    """When sessions begin or cease to match a filter, in the next hours."""

    query: Query = EVERYTHING
    listed: SessionList = NO_SESSIONS
    moments: tuple[float, ...] = ()
    """Sorted; the server's time."""
    until: float = 0.0

    def covers(self, query: Query, listed: SessionList, now: float) -> bool:
        """Return whether they are of this filter and list, and reach to the server's `now`."""
        return query is self.query and listed is self.listed and now <= self.until

    def changed_since(self, looked_at: float, now: float) -> bool:
        """Return whether the filter may match others now; a clock may have been set back."""
        return now < looked_at or bisect_left(self.moments, looked_at) < bisect_right(
            self.moments, now
        )


def expiries_in_steps(
    listed: SessionList, now: float, within: float
) -> Generator[None, None, ExpiryCounts]:
    """Count a list, in steps of a few milliseconds."""
    until = now + AHEAD
    ends: list[float] = []
    sessions = listed.sessions
    for start in range(0, len(sessions), _RUN):
        ends += [
            session.expires_at
            for session in sessions[start : start + _RUN]
            if session.expires_at is not None and session.expires_at <= until + within
        ]
        yield
    ends.sort()
    return ExpiryCounts(len(sessions), tuple(ends), until)


def changes_in_steps(
    query: Query, listed: SessionList, since: float, now: float, expiring: float
) -> Generator[None, None, FilterChanges]:
    """Look for changes from `since` on, in steps of a few milliseconds."""
    until = now + AHEAD
    moments: list[float] = []
    for start in range(0, len(listed), _RUN):
        run = listed.sessions[start : start + _RUN]
        moments += [at for at in change_times(query, run, expiring) if since <= at <= until]
        yield
    moments.sort()
    return FilterChanges(query, listed, tuple(moments), until)
