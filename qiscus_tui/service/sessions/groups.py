"""Groups: the sessions of a list that have their client, network or the like in common.

Those of 100,000 sessions take some 40 ms.
"""

import hashlib
import math
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct

from qiscus_tui.model.addresses import (
    address_text,
    named_network,
    surroundings,
    surroundings_text,
)
from qiscus_tui.model.clients import UNKNOWN, Known, client_family, client_of
from qiscus_tui.model.clock import DAY
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.local_days import day_named, days_near
from qiscus_tui.model.session import Session
from qiscus_tui.query import Key, Moment, written_between, written_exactly
from qiscus_tui.query.matching import address_of, label_of, text_of
from qiscus_tui.service.sessions.session_list import SessionList

Kind = str | int | date | None
"""What a group has in common: a text, a packed address or network, a day. None: unknown."""

DISTINCT = 16_384
"""Clients, addresses and pairs of them that are read once for all sessions that have them."""


class Run(Struct, frozen=True):
    """Some sessions of a list, side by side."""

    sessions: Sequence[Session]
    clients: Sequence[str]
    labels: Sequence[Known | None]


def part(listed: SessionList, positions: Sequence[int] | slice) -> Run:
    """Return the sessions at these positions."""
    sessions, clients, labels = listed.sessions, listed.clients, listed.labels
    if isinstance(positions, slice):
        return Run(sessions[positions], clients[positions], labels[positions])
    return Run(
        [sessions[position] for position in positions],
        [clients[position] for position in positions],
        [labels[position] for position in positions],
    )


@dataclass(frozen=True)
class Reading:
    """How the kind of a session is read: once for all that have the same of what decides it."""

    column: Callable[[Run], Iterable[Hashable]]
    """What decides it, of each session of a run."""
    kind: Callable[[Any], Kind]
    """The kind, by a value of the column."""


@dataclass(frozen=True)
class Kinds:
    """All about one key."""

    noun: str
    reading: Callable[[], Reading]
    """Makes a reading that remembers what it has read: for one list."""
    text: Callable[[Kind], str]
    """The safe text of a kind that is known."""
    words: Callable[[Kind], str]
    """The filter for exactly this kind."""


def _clients() -> Reading:
    @lru_cache(DISTINCT)
    def family(named: tuple[str, str | None]) -> Kind:
        client = client_of(*named)
        return None if client is None else client_family(client)

    return Reading(
        lambda run: zip(run.clients, [one.user_agent for one in run.sessions], strict=True), family
    )


def _networks() -> Reading:
    @lru_cache(DISTINCT)
    def network(ip: str | None) -> Kind:
        address = address_of(ip)
        return surroundings(address) if isinstance(address, int) else address

    return Reading(_ips, network)


def _addresses() -> Reading:
    return Reading(_ips, lru_cache(DISTINCT)(address_of))


def _ips(run: Run) -> list[str | None]:
    return [session.ip for session in run.sessions]


def _users() -> Reading:
    return Reading(lambda run: [session.safe_user for session in run.sessions], text_of)


def _labels() -> Reading:
    return Reading(lambda run: run.labels, label_of)


def _days() -> Reading:
    near: dict[float, list[tuple[float, date]]] = {}

    def day(at: float | None) -> Kind:
        if at is None:
            return None
        days = near.get(at // DAY)
        if days is None:
            start = at // DAY * DAY
            days = [(one.until, one.date) for one in days_near(start) if one.until > start]
            near[at // DAY] = days
        for until, name in days:
            if at < until:
                return name
        return None

    def column(run: Run) -> list[Kind]:  # times are seldom the same, days are
        return [day(session.created_at) for session in run.sessions]

    return Reading(column, lambda found: found)


def _network_text(kind: Kind) -> str:
    """Text that could pass for a network is in quotes, so that no two are alike."""
    if isinstance(kind, int):
        return surroundings_text(kind)
    text = str(kind)
    try:
        named_network(text)
    except ValueError:
        return f'"{text}"' if text.startswith('"') else text
    return f'"{text}"'


def _network_words(kind: Kind) -> str:
    return f"ip:{surroundings_text(kind)}" if isinstance(kind, int) else _exactly(Key.IP)(kind)


def _address_text(kind: Kind) -> str:
    return address_text(kind) if isinstance(kind, int) else str(kind)


def _address_words(kind: Kind) -> str:
    return f"ip:={address_text(kind)}" if isinstance(kind, int) else _exactly(Key.IP)(kind)


def _day_words(kind: Kind) -> str:
    if not isinstance(kind, date):
        return "age:unknown"
    day = day_named(kind)
    return written_between(day.since, day.until)


def _exactly(key: Key) -> Callable[[Kind], str]:
    return lambda kind: written_exactly(key, None if kind is None else str(kind))


KINDS: dict[GroupKey, Kinds] = {
    GroupKey.CLIENT: Kinds("client", _clients, str, _exactly(Key.CLIENT)),
    GroupKey.NETWORK: Kinds("network", _networks, _network_text, _network_words),
    GroupKey.IP: Kinds("address", _addresses, _address_text, _address_words),
    GroupKey.USER: Kinds("user", _users, str, _exactly(Key.USER)),
    GroupKey.LABEL: Kinds("label", _labels, str, _exactly(Key.LABEL)),
    GroupKey.DAY: Kinds("creation date", _days, str, _day_words),
}


RUN = 2000
"""Sessions of one step."""

PER_DAY_OF = 7 * DAY
"""Seconds of which `per_day` is the average."""

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


def grouped(
    listed: SessionList,
    keys: Sequence[GroupKey],
    moment: Moment,
    positions: Sequence[int] | None = None,
) -> tuple[Group, ...]:
    """Return the groups of these positions (of all by default), the largest first."""
    if positions is not None and len(positions) == len(listed):  # all: slices are faster
        positions = None
    total = len(listed) if positions is None else len(positions)
    tallies = _Tallies([KINDS[key].reading() for key in keys])
    for start in range(0, total, RUN):
        here = slice(start, start + RUN)
        places = range(total)[here] if positions is None else positions[here]
        run = part(listed, here if positions is None else places)
        tallies.count(run, places, moment)
    groups = [
        tally.group(tuple(keys), kinds, moment, total) for kinds, tally in tallies.by_kinds.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.name)))


class _Tally:
    """What is counted of one group."""

    __slots__ = (
        "current", "expiring", "newest", "oldest", "positions", "protected", "recent", "used",
    )  # fmt: skip

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.oldest, self.newest, self.used = math.inf, -math.inf, -math.inf
        self.recent = self.expiring = 0
        """`recent`: created in the time of which `per_day` is the average."""
        self.current: bool | None = False
        self.protected = False

    def group(self, keys: tuple[GroupKey, ...], kinds: _Kinds, moment: Moment, total: int) -> Group:
        """Return the group, of `total` sessions that were grouped."""
        oldest = _known(self.oldest)
        per_day = None
        if oldest is not None:
            days = min(max(moment.server_now - oldest, DAY), PER_DAY_OF) / DAY
            per_day = self.recent / days
        return Group(
            keys=keys,
            kinds=kinds,
            positions=self.positions,
            share=len(self.positions) / total,
            per_day=per_day,
            oldest_at=oldest,
            newest_at=_known(self.newest),
            last_used_at=_known(self.used),
            expiring=self.expiring,
            current=self.current,
            protected=self.protected,
        )


def _known(time: float) -> float | None:
    return None if math.isinf(time) else time


class _Tallies(dict[tuple[Hashable, ...], _Tally]):
    """The tally of each group, by what decides it: its kinds are found once for equal sessions."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        super().__init__()
        self._readings = readings
        self.by_kinds: dict[_Kinds, _Tally] = {}
        """In order of appearance."""

    def count(self, run: Run, places: Sequence[int], moment: Moment) -> None:
        """Count the sessions of a run, which have these positions.

        One plain loop: calls for each session would take longer than all of it.
        """
        columns = (reading.column(run) for reading in self._readings)
        tallies = [*map(self.__getitem__, zip(*columns, strict=True))]
        now, soon, since = moment.server_now, moment.expiring, moment.server_now - PER_DAY_OF
        for position, session, tally in zip(places, run.sessions, tallies, strict=True):
            tally.positions.append(position)
            created, used, end = session.created_at, session.last_used_at, session.expires_at
            if created is not None:
                if created < tally.oldest:  # noqa: PLR1730 `min` is a call
                    tally.oldest = created
                if created > tally.newest:  # noqa: PLR1730
                    tally.newest = created
                if created > since:
                    tally.recent += 1
            if used is not None and used > tally.used:
                tally.used = used
            if end is not None and 0 < end - now <= soon:
                tally.expiring += 1
            if session.current is not False:
                tally.current = tally.current or session.current
        if any(run.labels):
            for known, tally in zip(run.labels, tallies, strict=True):
                tally.protected |= known is not None and known.protect

    def __missing__(self, deciding: tuple[Hashable, ...]) -> _Tally:
        kinds = tuple([reading.kind(one) for reading, one in zip(self._readings, deciding)])  # noqa: B905
        tally = self.by_kinds.get(kinds)
        if tally is None:
            tally = self.by_kinds[kinds] = _Tally()
        if len(self) < DISTINCT:
            self[deciding] = tally
        return tally


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
    reading = KINDS[key].reading()
    return any(
        reading.kind(one) is not None
        for start in range(0, len(listed), RUN)
        for one in {*reading.column(part(listed, slice(start, start + RUN)))}
    )


def pair_groups(listed: SessionList, moment: Moment) -> tuple[tuple[str, Group], ...]:
    """Return each pair's fingerprint and sessions, the largest first, but of unknown origin."""
    groups = grouped(listed, USUAL_KEYS, moment)
    return tuple((_fingerprint(group), group) for group in groups if not group.is_unknown)


def whole_pairs(listed: SessionList, ids: Collection[str]) -> tuple[str, ...]:
    """Return the fingerprints of the pairs all of whose sessions have these ids."""
    return tuple(
        fingerprint
        for fingerprint, group in pair_groups(listed, Moment(0.0, 0.0))
        if all(listed.sessions[position].id in ids for position in group.positions)
    )


def _fingerprint(group: Group) -> str:
    text = "\0".join(value or "" for value in group.values)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


_GROUPED_BY = {
    Key.CLIENT: GroupKey.CLIENT,
    Key.IP: GroupKey.NETWORK,
    Key.USER: GroupKey.USER,
    Key.LABEL: GroupKey.LABEL,
}


def values_in(listed: SessionList, key: Key) -> list[str]:
    """Return the values as safe texts, that of most sessions first; none of a key without texts."""
    if key not in _GROUPED_BY:
        return []
    groups = grouped(listed, (_GROUPED_BY[key],), Moment(0.0, 0.0))
    return [value for group in groups for value in group.values if value is not None]
