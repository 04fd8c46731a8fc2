"""What a session stands among: its group by client and network, and its neighbours in time.

A list is grouped once; what a group's sessions have in common is found out when one of them is
asked for.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from qiscus_tui.model.clock import DAY, HOUR
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.query import Moment
from qiscus_tui.service.overview.counting import Sprawl, days_around, largest_sprawl
from qiscus_tui.service.sessions.groups import Group, grouped
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList

DAYS = 30
"""Days of which logins are counted, with today."""
USES = (
    ("within 1h", HOUR),
    ("1h to 24h", DAY),
    ("1 to 7 days", 7 * DAY),
    ("earlier", math.inf),
)
"""How long ago a session was used, in words and seconds."""
MOST_ADDRESSES = 5
LONG_LIST, MUCH = 50, 0.2
"""Sessions of a list above which, and the share above which one script has made much of it."""


class GroupHistory(Struct, frozen=True):
    """A group, and when its sessions were created and used. Times are the server's."""

    group: Group
    newest_first: Sequence[int]
    """Positions of its sessions; those without a creation time last."""
    dated: int
    """How many of them have one."""
    used: Sequence[float]
    """When they were used last, the earliest first."""
    addresses: Sequence[tuple[str, int]]
    """The addresses that most of them came from, with how many; unknown is empty."""
    days: Sequence[float]
    """When the days begin of which logins are counted; the last one is tomorrow."""
    logins: Sequence[int]
    """Sessions created on each of these days."""

    @property
    def interval(self) -> float | None:
        """Return the seconds from one login to the next, on average."""
        oldest, newest = self.group.oldest_at, self.group.newest_at
        if self.dated < 2 or oldest is None or newest is None:
            return None
        return (newest - oldest) / (self.dated - 1)

    def used_within(self, seconds: float, now: float) -> int:
        """Return how many were used so recently."""
        return len(self.used) - bisect_left(self.used, now - seconds)

    def uses(self, now: float) -> list[tuple[str, int]]:
        """Return how many were used last within which time, the latest first; then unknown."""
        counts: list[tuple[str, int]] = []
        before = 0
        for words, seconds in USES:
            within = self.used_within(seconds, now)
            counts.append((words, within - before))
            before = within
        return [*counts, ("unknown", self.group.count - len(self.used))]

    def day_of(self, created_at: float | None) -> int | None:
        """Return which of the days a session was created on."""
        if created_at is None or not self.days[0] <= created_at < self.days[-1]:
            return None
        return bisect_right(self.days, created_at) - 1


class SessionContext(Struct, frozen=True):
    """A session among those of its group."""

    history: GroupHistory
    place: int
    """Among the newest first, from 0."""


class Origins(Struct, frozen=True):
    """The groups of a list by client and network."""

    listed: SessionList
    groups: Sequence[Group]
    group_of: Sequence[int]
    """The number of the group of each session, by its position."""
    until: float
    """When the day ends of which they are, the server's time."""
    sprawl: Sprawl | None = None
    """The script that made much of a list; None where none did."""

    def alike(self, session_id: str) -> int:
        """Return how many sessions are in its group; 0 where that is not known, or says nothing."""
        position = self.listed.positions.get(session_id)
        if position is None:
            return 0
        group = self.groups[self.group_of[position]]
        return 0 if group.is_unknown else group.count


NO_ORIGINS = Origins(NO_SESSIONS, (), (), 0.0)


def origins_of(listed: SessionList, moment: Moment) -> Origins:
    """Group a list by client and network. 100,000 sessions take some 200 ms."""
    groups = grouped(listed, USUAL_KEYS, moment)
    group_of = array("l", bytes(array("l").itemsize * len(listed)))
    for number, group in enumerate(groups):
        for member in group.positions:
            group_of[member] = number
    sprawl, now = None, moment.server_now
    if len(listed) > LONG_LIST:
        sprawl = largest_sprawl(listed, groups, now)
    if sprawl is not None and sprawl.group.share <= MUCH:
        sprawl = None
    return Origins(listed, groups, group_of, days_around(now)[-1], sprawl)


def group_history(listed: SessionList, group: Group, now: float) -> GroupHistory:
    """Return when the sessions of a group were created and used."""
    sessions = listed.sessions
    days = days_around(now)[-DAYS - 1 :]
    logins = [0] * DAYS
    created: list[int] = []
    undated: list[int] = []
    used: list[float] = []
    addresses = Counter[str]()
    for position in group.positions:
        session = sessions[position]
        at = session.created_at
        if at is None:
            undated.append(position)
        else:
            created.append(position)
            if days[0] <= at < days[-1]:
                logins[bisect_right(days, at) - 1] += 1
        if session.last_used_at is not None:
            used.append(session.last_used_at)
        addresses[session.safe_ip] += 1
    created.sort(key=lambda position: sessions[position].created_at or 0.0, reverse=True)
    used.sort()
    most = addresses.most_common(MOST_ADDRESSES)
    return GroupHistory(group, created + undated, len(created), used, most, days, logins)
