"""Groups: the sessions of a list that have their client, network or the like in common.

Made in steps, between which keys are handled. 100,000 sessions take some 60 ms in all.
"""

from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.client_names import UNKNOWN
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.turns import at_once
from qiscus_tui.query import Moment
from qiscus_tui.service.sessions.group_kinds import KINDS, Kind, Run, part
from qiscus_tui.service.sessions.session_list import SessionList

RUN = 2000
"""Sessions of one step."""

PER_DAY_OF = 7 * DAY
"""Seconds of which `per_day` is the average."""

_COST = 20
"""A group costs as much as so many of its sessions."""

_Kinds = tuple[Kind, ...]

_ORIGINS = {GroupKey.CLIENT, GroupKey.NETWORK, GroupKey.IP}
"""What tells one script from another."""


class Group(Struct, frozen=True, kw_only=True):
    """Sessions with something in common. Times are epoch seconds, the server's; None: unknown."""

    keys: tuple[GroupKey, ...]
    kinds: _Kinds
    positions: Sequence[int]
    """Of its sessions, in the list's order."""
    share: float
    """Of all that were grouped, 0 to 1."""
    per_day: float | None
    """Sessions created per day: of the last 7 days, or since its oldest where that is less, but of
    no less than one day. None where no creation time is known."""
    oldest_at: float | None
    newest_at: float | None
    last_used_at: float | None
    expiring: int
    """Sessions that end soon, as in `is:expiring`."""
    current: bool | None
    """Whether it has our own session; None where that is unknown."""
    protected: bool
    """Whether it has sessions of a protected integration."""

    @property
    def count(self) -> int:
        """Return how many sessions it has."""
        return len(self.positions)

    @property
    def values(self) -> tuple[str | None, ...]:
        """Return the safe text of each key, no two groups the same; None is unknown."""
        return tuple(
            None if kind is None else KINDS[key].text(kind)
            for key, kind in zip(self.keys, self.kinds, strict=True)
        )

    @property
    def is_unknown(self) -> bool:
        """Return whether it is not known where its sessions come from.

        Where they were not grouped by that: whether nothing is known by which they were grouped.
        """
        origins = [kind for key, kind in zip(self.keys, self.kinds, strict=True) if key in _ORIGINS]
        return all(kind is None for kind in origins or self.kinds)

    @property
    def name(self) -> str:
        """Return `GuzzleHttp · 10.2.0.0/24`, for people."""
        return " · ".join(map(shown, self.values))

    @property
    def filter_text(self) -> str:
        """Return the filter that matches exactly its sessions, among those that were grouped."""
        return " ".join(
            KINDS[key].words(kind) for key, kind in zip(self.keys, self.kinds, strict=True)
        )


def shown(value: str | None) -> str:
    """Return a value of a group for people; a client that calls itself unknown is in quotes."""
    if value is None:
        return UNKNOWN
    return f'"{value}"' if value == UNKNOWN else value


GroupSteps = Generator[None, None, tuple[Group, ...]]


def grouped(
    listed: SessionList,
    keys: Sequence[GroupKey],
    moment: Moment,
    positions: Sequence[int] | None = None,
) -> tuple[Group, ...]:
    """Return the groups of these positions (of all by default), the largest first."""
    return at_once(group_steps(listed, keys, moment, positions))


def group_steps(
    listed: SessionList,
    keys: Sequence[GroupKey],
    moment: Moment,
    positions: Sequence[int] | None = None,
) -> GroupSteps:
    """Like `grouped`, but pauses after every few milliseconds of work."""
    total = len(listed) if positions is None else len(positions)
    readers = [KINDS[key].reader() for key in keys]
    numbered = _Numbered()
    facts = _Facts(moment)
    for start in range(0, total, RUN):
        here = slice(start, start + RUN)
        run = part(listed, here if positions is None else positions[here])
        columns = (read(run) for read in readers)
        facts.add(run, [*map(numbered.__getitem__, zip(*columns, strict=True))])
        yield
    groups: list[Group] = []
    done = 0
    for kinds, number in numbered.items():
        group = yield from facts.group(tuple(keys), kinds, number)
        if positions is not None:
            group = replace(group, positions=[positions[at] for at in group.positions])
        groups.append(group)
        done += group.count + _COST
        if done > RUN:
            done = 0
            yield
    return (yield from _largest_first(groups))


def _largest_first(groups: list[Group]) -> GroupSteps:
    places: list[tuple[int, str, int]] = []
    for start in range(0, len(groups), RUN):
        places += sorted(
            (-group.count, group.name, number)
            for number, group in enumerate(groups[start : start + RUN], start)
        )
        yield
    places.sort()  # of sorted runs: a merge
    yield
    return tuple(groups[number] for _, _, number in places)


class _Numbered(dict[_Kinds, int]):
    """The number of each group, in order of appearance."""

    def __missing__(self, kinds: _Kinds) -> int:
        number = self[kinds] = len(self)
        return number


class _Facts:
    """What is known of the sessions that are grouped: columns, and counts by group number."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._created: list[float | None] = []
        self._used: list[float | None] = []
        self._members: list[list[int]] = []
        self._expiring: Counter[int] = Counter()
        self._ours: defaultdict[int, set[bool | None]] = defaultdict(set)
        self._protected: set[int] = set()

    def add(self, run: Run, numbers: Sequence[int]) -> None:
        """Take in the next sessions, and the number of each one's group."""
        now, soon = self._moment.server_now, self._moment.expiring
        members = self._members
        members += [[] for _ in range(max(numbers) + 1 - len(members))]
        for at, number in enumerate(numbers, len(self._created)):
            members[number].append(at)
        self._created += [session.created_at for session in run.sessions]
        self._used += [session.last_used_at for session in run.sessions]
        self._expiring.update(
            [
                number
                for number, session in zip(numbers, run.sessions, strict=True)
                if (end := session.expires_at) is not None and end - now <= soon and end > now
            ]
        )
        currents = [session.current for session in run.sessions]
        if currents.count(False) < len(currents):
            for number, current in zip(numbers, currents, strict=True):
                self._ours[number].add(current)
        if any(run.labels):
            for number, known in zip(numbers, run.labels, strict=True):
                if known is not None and known.protect:
                    self._protected.add(number)

    def group(
        self, keys: tuple[GroupKey, ...], kinds: _Kinds, number: int
    ) -> Generator[None, None, Group]:
        """Return the group of this number; its positions are those among the grouped."""
        members = self._members[number]
        since = self._moment.server_now - PER_DAY_OF
        created: list[float] = []
        used: list[float] = []
        recent = 0
        for start in range(0, len(members), RUN):
            run = members[start : start + RUN]
            times = _known(self._created, run)
            recent += sum([at > since for at in times])
            if times:
                created += min(times), max(times)
            times = _known(self._used, run)
            if times:
                used.append(max(times))
            if len(members) > RUN:
                yield
        oldest = min(created, default=None)
        ours = self._ours.get(number, {False})
        return Group(
            keys=keys,
            kinds=kinds,
            positions=members,
            share=len(members) / len(self._created),
            per_day=None if oldest is None else recent / self._days_since(oldest),
            oldest_at=oldest,
            newest_at=max(created, default=None),
            last_used_at=max(used, default=None),
            expiring=self._expiring[number],
            current=True if True in ours else None if None in ours else False,
            protected=number in self._protected,
        )

    def _days_since(self, oldest: float) -> float:
        return min(max(self._moment.server_now - oldest, DAY), PER_DAY_OF) / DAY


def _known(values: Sequence[float | None], places: Sequence[int]) -> Sequence[float]:
    found = itemgetter(*places, 0)(values)[:-1]  # of two places or more it returns a tuple
    return [value for value in found if value is not None] if None in found else found


def lacking(listed: SessionList, keys: Sequence[GroupKey]) -> str | None:
    """Return why a list can't be grouped so, and by what else: no session has any of the keys.

    None where it can, and for an empty list.
    """
    if not listed.sessions or any(_has(listed, key) for key in keys):
        return None
    of_server = [KINDS[key].noun for key in keys if key is not GroupKey.LABEL]
    others = [key.value for key in GroupKey if key not in keys and _has(listed, key)]
    instead = f"; group by {' or '.join(others)} instead" if others else ""
    what = f"The server lists no {' and no '.join(of_server)} for any session"
    if GroupKey.LABEL in keys:
        what = f"{what}, and none has a label" if of_server else "No session has a label"
    return f"{what}{instead}"


def _has(listed: SessionList, key: GroupKey) -> bool:
    read = KINDS[key].reader()
    return any(
        kind is not None
        for start in range(0, len(listed), RUN)
        for kind in read(part(listed, slice(start, start + RUN)))
    )
