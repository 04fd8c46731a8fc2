"""Counts a list for the overview, in steps between which keys are handled."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Generator, Sequence

from msgspec import Struct

from qiscus_tui.service.overview.bars import RUN, Bar, Bars
from qiscus_tui.service.overview.clients import client_bars_in_steps
from qiscus_tui.service.overview.days import day_bars, days_around
from qiscus_tui.service.overview.expiries import expiry_bars
from qiscus_tui.service.overview.networks import network_bars_in_steps
from qiscus_tui.service.sessions.session_list import SessionList


class Overview(Struct, frozen=True):
    """A list, counted."""

    days: Bars
    """Tokens issued per day, today first."""
    clients: Bars
    networks: Bars
    ends: Sequence[float]
    """When sessions expire, sorted; the server's time."""
    undated: int
    """Sessions without a known expiry."""
    since: float
    until: float
    """Today is from `since` until before `until`, the server's time."""

    def holds(self, now: float) -> bool:
        """Return whether its days are still correct at the server's time `now`."""
        return self.since <= now < self.until

    def expiries(self, now: float) -> Bars:
        """Return bars by time left at the server's time `now`."""
        return expiry_bars(self.ends, self.undated, now)


def counted_in_steps(listed: SessionList, now: float) -> Generator[None, None, Overview]:
    """Count every session of a list; `now` is the server's time."""
    starts = days_around(now)
    issued = [0] * (len(starts) + 1)
    ends: list[float] = []
    clients: Counter[str] = Counter()
    addresses: Counter[str | None] = Counter()
    nameless: set[str] = set()
    uncreated, undated, timeless = 0, 0, 0
    for first in range(0, len(listed), RUN):
        run = listed.sessions[first : first + RUN]
        names = listed.clients[first : first + RUN]
        clients.update(names)
        addresses.update([session.ip for session in run])
        nameless.update(
            name for name, session in zip(names, run, strict=True) if not session.user_agent
        )
        for session in run:
            created, end = session.created_at, session.expires_at
            if created is None:
                uncreated += 1
                timeless += end is None
            else:
                issued[bisect_right(starts, created)] += 1
            undated += end is None
        ends += sorted(session.expires_at for session in run if session.expires_at is not None)
        yield
    ends.sort()  # of sorted runs: a merge
    yield
    days = day_bars(starts, issued)
    if uncreated:
        # No filter matches an unknown creation time; mostly the expiry is unknown as well.
        same = uncreated == undated == timeless
        days += (Bar("unknown", "unknown", uncreated, "is:undated" if same else ""),)
    client_bars = yield from client_bars_in_steps(clients, nameless)
    network_bars = yield from network_bars_in_steps(addresses)
    return Overview(days, client_bars, network_bars, ends, undated, starts[-2], starts[-1])
