"""Reads the timestamps of a long list, parsing each day once."""

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from qiscus_tui.model.durations import DAY, TOKEN_LIFETIME
from qiscus_tui.model.session import Session
from qiscus_tui.model.timestamps import (
    LATEST,
    KnownTime,
    SessionTimes,
    credible,
    has_no_zone,
    is_midnight,
    parse_timestamp,
    span_of,
)

_SECONDS = {f"{second:02}{zone}": float(second) for second in range(60) for zone in ("", "Z")}
_MINUTES = {f"{m // 60:02}:{m % 60:02}:": 60.0 * m for m in range(24 * 60)}
_MOSTDAYS = 10_000
_QUARTER = 900
"""Seconds: midnight in any zone is at a whole quarter hour in UTC."""


class TimestampReader:
    """Reads the same as `parse_timestamp`, several times as fast on a long list.

    `zone_offset`: seconds that the server's times without a zone are ahead of UTC.
    """

    def __init__(self, zone_offset: float) -> None:
        self._zone_offset = zone_offset
        # `2026-10-24 09:14:00` and `2026-10-24T09:14:00Z`: neither zone has long days, and the
        # length tells which it is.
        self._midnights: dict[int, dict[str, float]] = {19: {}, 20: {}}

    def read(self, value: object) -> float | None:
        """Return epoch seconds, None if `value` is not a time."""
        if isinstance(value, str):
            midnights = self._midnights.get(len(value))
            if midnights is not None:
                try:
                    return midnights[value[:11]] + _MINUTES[value[11:17]] + _SECONDS[value[17:]]
                except KeyError:
                    self._learn_day(value, midnights)
        return parse_timestamp(value, self._zone_offset)

    def _learn_day(self, value: str, midnights: dict[str, float]) -> None:
        if len(midnights) < _MOSTDAYS:
            midnight = parse_timestamp(f"{value[:11]}00:00:00{value[19:]}", self._zone_offset)
            if midnight is not None and midnight + DAY <= LATEST:
                midnights[value[:11]] = midnight


class TimesReader:
    """Reads the times of sessions."""

    def __init__(self, zone_offset: float | None, server_now: Callable[[], float]) -> None:
        """`zone_offset` as for `EntryReader`."""
        self._read = TimestampReader(zone_offset or 0.0).read
        self._zone_known = zone_offset is not None
        self._server_now = server_now
        self.without_zone: set[str] = set()
        """The facts of which a time without a zone was listed."""

    def read(
        self,
        fields: Mapping[str, object],
        names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
        used: list[str],
    ) -> tuple[SessionTimes, SessionTimes]:
        """Return the times as listed, and without those that can't be right.

        `names` are those that each may have. The names of the latter are added to `used`: the
        others are shown as they were listed.
        """
        found_as: list[str] = []
        listed = SessionTimes(*(self._time(fields, its_names, found_as) for its_names in names))
        if listed.last_used is not None and is_midnight(fields[found_as[-1]]):
            listed = listed._replace(last_used=_some_time_that_day(listed.last_used))
        found = credible(listed, self._server_now(), zone_known=self._zone_known)
        known_as = iter(found_as)
        for fact, time, after in zip(SessionTimes._fields, listed, found, strict=True):
            if time is None:
                continue
            name = next(known_as)
            if after is not None:
                used.append(name)
            if time.has_no_zone:
                self.without_zone.add(fact)
        return listed, found

    def _time(
        self, fields: Mapping[str, object], names: tuple[str, ...], found_as: list[str]
    ) -> KnownTime | None:
        for name in names:
            value = fields[name]
            latest = None if value is None else self._read(value)
            if latest is not None:
                found_as.append(name)
                return KnownTime(latest, span_of(value), has_no_zone(value))
        return None


def _some_time_that_day(midnight: KnownTime) -> KnownTime:
    """Return a last use at midnight as one at any time of the day.

    A column of dates may be listed with a time, and what is used now would look idle.
    """
    if midnight.span:
        return midnight
    return KnownTime(midnight.latest + DAY - 1, DAY - 1.0, midnight.has_no_zone)


def known_to_a_day(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
    """Return the sessions of a list: where it has dates alone, their times are known to a day.

    A column of dates may be listed with a time of day, which is then the same in every row.
    """
    if _are_dates(one.created_at for one in sessions if not one.created_span):
        sessions = tuple(map(_created_that_day, sessions))
    if _are_dates(one.last_used_at for one in sessions if not one.last_used_span):
        sessions = tuple(map(_used_that_day, sessions))
    return sessions


def _are_dates(times: Iterable[float | None]) -> bool:
    """Return whether all are the same time of day, which is midnight in some zone."""
    known = (at % DAY for at in times if at is not None)
    of_day = next(known, None)
    if of_day is None or of_day % _QUARTER:
        return False
    another = next(known, None)
    if another is None:
        return of_day == 0
    return another == of_day and all(one == of_day for one in known)


def _created_that_day(session: Session) -> Session:
    if session.created_at is None or session.created_span:
        return session
    latest, span = session.created_at + DAY - 1, DAY - 1.0
    changed = replace(session, created_at=latest, created_span=span)
    if session.expires_computed:
        changed = replace(changed, expires_at=latest + TOKEN_LIFETIME, expires_span=span)
    return changed


def _used_that_day(session: Session) -> Session:
    if session.last_used_at is None or session.last_used_span:
        return session
    return replace(session, last_used_at=session.last_used_at + DAY - 1, last_used_span=DAY - 1.0)
