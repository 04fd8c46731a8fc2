"""Groups: the sessions of a list that have their client, network or the like in common.

Those of 100,000 sessions take some 40 ms.
"""

import math
from collections.abc import Generator, Hashable, Sequence

from msgspec import Struct

from qiscus_tui.model.client_names import UNKNOWN
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.turns import one_step
from qiscus_tui.query import Moment
from qiscus_tui.service.sessions.group_kinds import DISTINCT, KINDS, Kind, Reading, Run, part
from qiscus_tui.service.sessions.session_list import SessionList

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


def group_steps(
    listed: SessionList,
    keys: Sequence[GroupKey],
    moment: Moment,
    positions: Sequence[int] | None = None,
) -> Generator[None, None, tuple[Group, ...]]:
    """As `grouped`, for callers in turns."""
    return one_step(lambda: grouped(listed, keys, moment, positions))


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
