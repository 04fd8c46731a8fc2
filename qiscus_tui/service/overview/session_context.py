"""What a session stands among: its group by client and network, and its neighbours in time.

What a list's sessions come from is found once; a group, and what its sessions have in common, when
one of them is asked for.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.query import Moment
from qiscus_tui.service.overview.counting import Sprawl, days_around, largest_sprawl
from qiscus_tui.service.sessions.groups import Group, Kind, grouped, kinds_of
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList

DAYS = 30
"""Days of which logins are counted, with today."""
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
    """Which sessions of a list have their client and network in common."""

    listed: SessionList
    kinds: Sequence[tuple[Kind, ...]]
    """Client and network of each session, by its position."""
    until: float
    """When the day ends of which they are, the server's time."""
    sprawl: Sprawl | None = None
    """The script that made much of a list; None where none did."""

    def group(self, kinds: tuple[Kind, ...], moment: Moment) -> Group:
        """Return the group of these sessions."""
        return _group(self.listed, self.kinds, kinds, moment)


NO_ORIGINS = Origins(NO_SESSIONS, (), 0.0)


def origins_of(listed: SessionList, moment: Moment) -> Origins:
    """Find what the sessions of a list have in common, as of now.

    Of 40,000 groups only those that are asked for are made.
    """
    kinds = [*kinds_of(listed, USUAL_KEYS, range(len(listed)))]
    counts = Counter(kinds)
    much = len(listed) * (MUCH if len(listed) > LONG_LIST else 1.0)
    largest = [one for one, count in counts.most_common(int(1 / MUCH)) if count > much]
    groups = [_group(listed, kinds, one, moment) for one in largest]
    sprawl = largest_sprawl(listed, groups, moment.server_now)
    return Origins(listed, kinds, days_around(moment.server_now)[-1], sprawl)


def _group(
    listed: SessionList,
    kinds: Sequence[tuple[Kind, ...]],
    wanted: tuple[Kind, ...],
    moment: Moment,
) -> Group:
    members = [position for position, one in enumerate(kinds) if one == wanted]
    (group,) = grouped(listed, USUAL_KEYS, moment, members)
    return replace(group, share=group.count / len(listed))


def group_history(listed: SessionList, group: Group, now: float) -> GroupHistory:
    """Return when the sessions of a group were created and used."""
    sessions = listed.sessions
    days = days_around(now)[-DAYS - 1 :]
    logins = [0] * DAYS
    created: list[int] = []
    undated: list[int] = []
    used: list[float] = []
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
    created.sort(key=lambda position: sessions[position].created_at or 0.0, reverse=True)
    used.sort()
    return GroupHistory(group, created + undated, len(created), used, days, logins)
