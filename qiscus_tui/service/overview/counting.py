"""Counts a list for the overview."""

from bisect import bisect_left
from collections.abc import Generator, Sequence
from itertools import pairwise

from msgspec import Struct

from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.turns import one_step
from qiscus_tui.query import Moment
from qiscus_tui.service.overview.bars import Bar, Bars
from qiscus_tui.service.overview.days import day_bars, days_around
from qiscus_tui.service.overview.expiries import expiry_bars
from qiscus_tui.service.overview.origins import (
    Sprawl,
    client_bars,
    largest_sprawl,
    network_bars,
)
from qiscus_tui.service.sessions.groups import grouped
from qiscus_tui.service.sessions.session_list import SessionList


class Overview(Struct, frozen=True):
    """A list, or what a filter leaves of it, counted."""

    days: Bars
    """Tokens issued per day, today first."""
    clients: Bars
    networks: Bars
    sprawl: Sprawl | None
    """The script that made most; None where none stands out."""
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


def count_overview(
    listed: SessionList, moment: Moment, positions: Sequence[int] | None = None
) -> Overview:
    """Count the sessions at these positions of a list; all by default."""
    starts = days_around(moment.server_now)
    sessions = listed.sessions
    if positions is not None:
        sessions = [sessions[position] for position in positions]
    total = len(sessions)
    created = sorted(one.created_at for one in sessions if one.created_at is not None)
    ends = sorted(one.expires_at for one in sessions if one.expires_at is not None)
    uncreated, undated = total - len(created), total - len(ends)
    before = [bisect_left(created, start) for start in starts]
    issued = [until - since for since, until in pairwise((0, *before, len(created)))]
    days = day_bars(starts, issued)
    if uncreated:
        days += (Bar("unknown", "unknown", uncreated, "age:unknown"),)
    groups = grouped(listed, USUAL_KEYS, moment, positions)
    clients, networks = client_bars(listed, groups), network_bars(groups)
    sprawl = largest_sprawl(listed, groups, moment.server_now)
    return Overview(days, clients, networks, sprawl, ends, undated, starts[-2], starts[-1])


def counted_in_steps(
    listed: SessionList, moment: Moment, positions: Sequence[int] | None = None
) -> Generator[None, None, Overview]:
    """As `count_overview`, for callers in turns."""
    return one_step(lambda: count_overview(listed, moment, positions))
