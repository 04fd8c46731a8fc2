"""How many sessions have ended, and how many end soon, told each second without a look at all."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Generator
from typing import TYPE_CHECKING

from msgspec import Struct

from qiscus_tui.model.durations import HOUR

if TYPE_CHECKING:
    from qiscus_tui.service.sessions.session_list import SessionList

_RUN = 5000
AHEAD = 2 * HOUR
"""Seconds for which a census holds; mostly a list is read again long before."""


class ExpiryCounts(Struct, frozen=True):
    """The ends that come within the next hours, sorted."""

    total: int
    ends: tuple[float, ...] = ()
    until: float = math.inf
    """The server's time up to which this holds."""

    def holds(self, now: float) -> bool:
        """Whether it still tells of the server's time `now`; else it is to be taken anew."""
        return now <= self.until

    def active(self, now: float) -> int:
        """Sessions that have not ended by the server's time `now`."""
        return self.total - bisect_right(self.ends, now)

    def expiring(self, now: float, within: float) -> int:
        """Sessions that end within so many seconds."""
        return bisect_right(self.ends, now + within) - bisect_right(self.ends, now)


def counted_in_steps(
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
