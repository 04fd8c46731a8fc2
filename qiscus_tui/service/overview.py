"""Counts a list: by day, time left, client and network; and the group that a session is of."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.clients import shown
from qiscus_tui.model.clock import DAY, HOUR
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.text import counted
from qiscus_tui.model.timestamps import EARLIEST, LATEST, day_begins
from qiscus_tui.query import Key, Moment, written_between, written_exactly
from qiscus_tui.service.sessions.groups import (
    KINDS,
    Group,
    Kind,
    grouped,
    kinds_of,
    times_of,
)
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList

MOST = 50
"""Bars of clients, or of networks; the rest is counted together."""


class Bar(Struct, frozen=True):
    """One line of a chart."""

    key: str
    """Identifies the same bar in the next list."""
    label: str
    """A safe text."""
    count: int
    filter: str = ""
    """Matches exactly the sessions counted; empty where no filter can."""
    is_soon: bool = False
    """Whether they expire within a day."""


Bars = tuple[Bar, ...]


SHOWN = 31
"""Today, and the 30 days that a token is valid."""

_MARGIN = 2 * SHOWN * DAY
"""Keeps days before and after today within the calendar, whatever the clock."""


def days_around(now: float) -> tuple[float, ...]:
    """Return when the days shown begin, the oldest first; the last one is tomorrow."""
    within = min(max(now, EARLIEST + _MARGIN), LATEST - _MARGIN)
    today = date.fromtimestamp(within)
    return tuple(day_begins(today + timedelta(days)) for days in range(1 - SHOWN, 2))


def day_bars(starts: Sequence[float], counts: Sequence[int]) -> Bars:
    """Return bars of counts: before the first of `starts`, from each, and from the last."""
    earlier, *days, later = counts
    labels = [*map(_label, starts[:-2]), "today"]
    bars = [
        Bar(f"{since:.0f}", label, count, written_between(since, until))
        for label, since, until, count in zip(labels, starts, starts[1:], days, strict=False)
    ]
    if later:
        bars.append(Bar("later", "later", later, written_between(starts[-1], math.inf)))
    bars.reverse()
    if earlier:
        bars.append(Bar("earlier", "earlier", earlier, written_between(-math.inf, starts[0])))
    return tuple(bars)


def _label(since: float) -> str:
    # Where clocks are set forward at midnight, the day begins at one o'clock.
    day = datetime.fromtimestamp(since)
    return f"{day:%a} {day.day:>2} {day:%b}"


_SPANS = (
    ("1h", "within 1h", HOUR),
    ("6h", "1h to 6h", 6 * HOUR),
    ("24h", "6h to 24h", DAY),
    ("3d", "1 to 3 days", 3 * DAY),
    ("7d", "3 to 7 days", 7 * DAY),
    ("14d", "7 to 14 days", 14 * DAY),
    ("30d", "14 to 30 days", 30 * DAY),
)
"""The end of each span in filter syntax, its label, and its end in seconds."""


def expiry_bars(ends: Sequence[float], undated: int, now: float) -> Bars:
    """Return bars of `ends` (sorted, server's time) by time left at the server's time `now`."""

    def ended_by(seconds: float) -> int:
        # Compares the same difference as a filter does: a sum would be rounded differently.
        return bisect_right(ends, seconds, key=lambda end: end - now)

    bars: list[Bar] = []
    before, since = ended_by(0), "0s"
    if before:
        bars.append(Bar("expired", "expired", before, "is:expired"))
    for until, label, seconds in _SPANS:
        by = ended_by(seconds)
        filter_text = f"expires:>{since} expires:<={until}"
        bars.append(Bar(until, label, by - before, filter_text, is_soon=seconds <= DAY))
        before, since = by, until
    if before < len(ends):
        bars.append(Bar("later", "later", len(ends) - before, f"expires:>{since}"))
    if undated:
        bars.append(Bar("unknown", "unknown", undated, "is:undated"))
    return tuple(bars)


UNUSED_AFTER = DAY
"""Seconds after which a session counts as not used: as long as the usual rules of a prune keep."""
SPRAWL = 10
"""Sessions from which a group is worth a sentence."""


class Sprawl(Struct, frozen=True):
    """The script that made most sessions, and how many of them are not used."""

    group: Group
    unused: int | None
    """Its sessions that were used, but not within `UNUSED_AFTER`; without its newest one.

    None where it is not known of any when it was used.
    """


def largest_bars(listed: SessionList, groups: Sequence[Group], key: GroupKey) -> Bars:
    """Return bars of the clients, or networks, of most sessions; the rest is counted together.

    Each session is counted once: as a client, those of a protected integration under its label.
    """
    protected = {one.label for one in {*listed.labels} if one is not None and one.protect}
    counts: Counter[Kind] = Counter()
    of_labels: Counter[str] = Counter()
    taken: defaultdict[Kind, set[str]] = defaultdict(set)
    for group in groups:
        kind = group.kinds[USUAL_KEYS.index(key)]
        counts[kind] += group.count
        if key is GroupKey.CLIENT and group.protected:
            its_labels = map(listed.labels.__getitem__, group.positions)
            labels = [known.label for known in its_labels if known is not None]
            found = Counter(label for label in labels if label in protected)
            of_labels.update(found)
            counts[kind] -= found.total()
            taken[kind].update(found)
    counts += Counter()  # without those that are protected altogether
    top = sorted(counts, key=lambda kind: (-counts[kind], str(kind)))[:MOST]
    bars = [
        *(
            Bar(f"label {label}", label, count, written_exactly(Key.LABEL, label))
            for label, count in of_labels.items()
        ),
        *(_bar(key, kind, counts[kind], taken.get(kind, ())) for kind in top),
    ]
    bars.sort(key=lambda bar: -bar.count)
    if others := len(counts) - len(top):
        rest = counts.total() - sum(counts[kind] for kind in top)
        bars.append(Bar("", counted(others, f"other {KINDS[key].noun}"), rest))
    return tuple(bars)


def _bar(key: GroupKey, kind: Kind, count: int, without: Iterable[str]) -> Bar:
    """Return the bar of a kind; `without`: labels whose sessions have bars of their own."""
    kinds = KINDS[key]
    label = shown(None if kind is None else kinds.text(kind))
    less = (f"-{written_exactly(Key.LABEL, one)}" for one in sorted(without))
    return Bar(label, label, count, " ".join((kinds.words(kind), *less)))


def largest_sprawl(listed: SessionList, groups: Sequence[Group], now: float) -> Sprawl | None:
    """Return the largest group that is known and not protected; None: all are small."""
    group = next((one for one in groups if not one.is_unknown and not one.protected), None)
    if group is None or group.count < SPRAWL:
        return None
    newest, unused = group.newest_at, 0
    for position in group.positions:
        created, used = listed.facts.created_at[position], listed.facts.last_used_at[position]
        may_be_newest = newest is not None and (created is None or created >= newest)
        unused += used is not None and now - used >= UNUSED_AFTER and not may_be_newest
    return Sprawl(group, None if group.last_used_at is None else unused)


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
    counted_ones = range(len(listed)) if positions is None else positions
    created = times_of(counted_ones, listed.facts.created_at)
    ends = times_of(counted_ones, listed.facts.expires_at)
    uncreated, undated = len(counted_ones) - len(created), len(counted_ones) - len(ends)
    before = [bisect_left(created, start) for start in starts]
    issued = [until - since for since, until in pairwise((0, *before, len(created)))]
    days = day_bars(starts, issued)
    if uncreated:
        days += (Bar("unknown", "unknown", uncreated, "age:unknown"),)
    groups = grouped(listed, USUAL_KEYS, moment, positions)
    clients, networks = (largest_bars(listed, groups, key) for key in USUAL_KEYS)
    sprawl = largest_sprawl(listed, groups, moment.server_now)
    return Overview(days, clients, networks, sprawl, ends, undated, starts[-2], starts[-1])


# What a session stands among: its group, and when that was created. What the sessions of a
# list come from is found once; a group, and what it has in common, when one of them is asked for.


DAYS = 30
"""Days of which logins are counted, with today."""
LONG_LIST, MUCH = 50, 0.2
"""Sessions of a list above which, and the share above which one script has made much of it."""


class GroupHistory(Struct, frozen=True):
    """A group, and when its sessions were created. Times are the server's."""

    group: Group
    newest_first: Sequence[int]
    """Positions of its sessions; those without a creation time last."""
    dated: int
    """How many of them have one."""
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

    def day_of(self, created_at: float | None) -> int | None:
        """Return which of the days a session was created on."""
        if created_at is None or not self.days[0] <= created_at < self.days[-1]:
            return None
        return bisect_right(self.days, created_at) - 1

    def context(self, position: int) -> "SessionContext":
        """Return the place of one of its sessions in it."""
        return SessionContext(self, self.newest_first.index(position))


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
        members = [position for position, one in enumerate(self.kinds) if one == kinds]
        (group,) = grouped(self.listed, USUAL_KEYS, moment, members)
        return replace(group, share=group.count / len(self.listed))

    def history(self, kinds: tuple[Kind, ...], moment: Moment) -> GroupHistory:
        """Return when these sessions were created."""
        group, created_at = self.group(kinds, moment), self.listed.facts.created_at
        newest_first = sorted(
            group.positions, key=lambda at: created_at[at] or -math.inf, reverse=True
        )
        days = days_around(moment.server_now)[-DAYS - 1 :]
        created = times_of(group.positions, created_at)
        before = [bisect_left(created, day) for day in days]
        logins = [until - since for since, until in pairwise(before)]
        return GroupHistory(group, newest_first, len(created), days, logins)


NO_ORIGINS = Origins(NO_SESSIONS, (), 0.0)


def origins_of(listed: SessionList, moment: Moment) -> Origins:
    """Find what the sessions of a list have in common, as of now.

    Of 40,000 groups only those that are asked for are made.
    """
    kinds = kinds_of(listed, USUAL_KEYS, range(len(listed)))
    counts = Counter(kinds)
    much = len(listed) * (MUCH if len(listed) > LONG_LIST else 1.0)
    largest = [one for one, count in counts.most_common(int(1 / MUCH)) if count > much]
    origins = Origins(listed, kinds, days_around(moment.server_now)[-1])
    groups = [origins.group(one, moment) for one in largest]
    return replace(origins, sprawl=largest_sprawl(listed, groups, moment.server_now))
