"""Timestamps in every form that the API is known or expected to use.

`YYYY-MM-DD HH:MM:SS` without a zone (taken as UTC), RFC 3339, epoch seconds or milliseconds,
and PHP's `{"date": …, "timezone_type": 3, "timezone": "UTC"}`. All become epoch seconds.

A time without seconds is unknown, such as a date alone, and so is one that can't be right.
"""

import math
from collections.abc import Sequence, Set
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import repeat
from operator import itemgetter, sub
from typing import Annotated, NamedTuple, cast

from msgspec import Meta, Struct
from msgspec.structs import replace

from qiscus_tui.model.clock import DAY, HOUR, TOKEN_LIFETIME

EARLIEST = 0.0
LATEST = 253_402_300_799.0  # the last second of the year 9999

EpochSeconds = Annotated[float, Meta(ge=EARLIEST, le=LATEST)]
"""A time that can be shown."""

Seconds = Annotated[float, Meta(ge=-LATEST, le=LATEST)]
"""A span between two of them, either way."""

FIRST_YEAR = 946_684_800.0
"""The year 2000: no token is older. Counters, days since 1970 and empty dates read as earlier."""

SLACK = 120.0
"""Seconds by which the clocks of a server's machines may differ."""

WIDEST_ZONE = 14 * 3600.0
"""Seconds that no zone is further from UTC."""

_COLONS = "::"
"""Before minutes and seconds, in `2026-10-24 09:14:00` with or without more behind it."""
_colons = itemgetter(slice(13, 17, 3))

_MILLISECONDS_FROM = 100_000_000_000
"""A number this large is milliseconds: as seconds it would be the year 5138."""


class KnownTime(Struct, frozen=True):
    """A time as it was listed."""

    at: float
    """Epoch seconds."""
    has_no_zone: bool = False
    """Whether it was listed without a zone."""


class SessionTimes(Struct, frozen=True):
    """The times of a session as they were listed; None is unknown."""

    created: KnownTime | None
    expires: KnownTime | None
    last_used: KnownTime | None


Times = tuple[float | None, float | None, float | None]
"""Creation, expiry and last use: epoch seconds, None is unknown."""


def credible(times: Times, server_now: float, slack: Sequence[float]) -> Times:
    """Return the times of a session without those that can't be right.

    Nothing was created or used in the future, or used before it was created, or before the year
    2000; nothing expires before it was created. `slack`: seconds by which each may be off.
    """
    created, expires, used = times
    if (
        created is not None
        and FIRST_YEAR <= created <= server_now
        and (expires is None or created <= expires)
        and (used is None or created <= used <= server_now)
    ):
        return times  # as nearly all of 100,000
    created, expires, used = map(_if_recent, times)
    created_slack, expires_slack, used_slack = slack
    if created is not None and created - created_slack > server_now:
        created = None
    if used is not None and used - used_slack > server_now:
        used = None
    if created is not None:
        if used is not None and used + used_slack - SLACK < created - created_slack:
            used = None
        if expires is not None and expires + expires_slack - SLACK < created - created_slack:
            expires = None
    return created, expires, used


def _if_recent(at: float | None) -> float | None:
    return None if at is None or at < FIRST_YEAR else at


def known_time(value: object, zone_offset: float = 0.0) -> KnownTime | None:
    """Return a time; None if `value` is not one.

    `zone_offset`: seconds that the server's times without a zone are ahead of UTC.
    """
    if isinstance(value, str):
        return _from_text(value, zone_offset)
    if isinstance(value, dict):
        return _from_php(cast("dict[str, object]", value), zone_offset)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return None


def known_times(
    values: Sequence[object], zone_offset: float = 0.0
) -> tuple[Sequence[float | None], bool]:
    """Return the epoch seconds of each value, and whether any was listed without a zone.

    Texts, as nearly all of 100,000 are, are read together.
    """
    texts = [value for value in values if value is not None] if None in values else values
    epochs, has_no_zone = _epochs_of_one_kind(cast("Sequence[str]", texts))
    if has_no_zone and zone_offset:
        epochs = [at - zone_offset for at in epochs]
    if not epochs or not _can_be_shown(min(epochs), max(epochs)):
        known = [known_time(value, zone_offset) for value in values]
        times = [None if one is None else one.at for one in known]
        return times, any(one.has_no_zone for one in known if one is not None)
    if len(epochs) == len(values):
        return epochs, has_no_zone
    found = iter(epochs)
    return [None if value is None else next(found) for value in values], has_no_zone


def _epochs_of_one_kind(texts: Sequence[str]) -> tuple[list[float], bool]:
    """Return the epoch seconds of texts that are all with a zone, or all without; else nothing.

    Without one they are taken as UTC.
    """
    try:
        if {*map(_colons, texts)} == {_COLONS}:
            moments = [*map(datetime.fromisoformat, texts)]
            has_no_zone = moments[0].tzinfo is None
            epoch = datetime(1970, 1, 1, tzinfo=None if has_no_zone else UTC)
            spans = map(sub, moments, repeat(epoch))
            return [*map(timedelta.total_seconds, spans)], has_no_zone
    except (TypeError, KeyError, ValueError):  # one is no text, no time, or of the other kind
        pass
    return [], False


def _can_be_shown(*epochs: float) -> bool:
    return all(EARLIEST < epoch <= LATEST for epoch in epochs)


def _from_text(text: str, zone_offset: float) -> KnownTime | None:
    tidied = text.strip().upper()  # RFC 3339 allows a lower-case z
    try:
        if tidied[13:17:3] == _COLONS:
            return _from_moment(datetime.fromisoformat(tidied), None, zone_offset)
        return _from_number(float(tidied))
    except ValueError:
        return None


def _from_php(value: dict[str, object], zone_offset: float) -> KnownTime | None:
    text = value.get("date")
    zone = _zone(value.get("timezone", "UTC"))
    if not isinstance(text, str) or text[13:17:3] != _COLONS or zone is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _from_moment(moment, zone if "timezone" in value else None, zone_offset)


def _from_number(number: float) -> KnownTime | None:
    try:
        epoch = float(number)
    except OverflowError:
        return None
    if abs(epoch) >= _MILLISECONDS_FROM:
        epoch /= 1000
    return KnownTime(epoch) if _can_be_shown(epoch) else None


def _from_moment(moment: datetime, zone: tzinfo | None, zone_offset: float) -> KnownTime | None:
    """Return a time that names its zone itself, is in `zone`, or else in that of the server."""
    has_no_zone = moment.tzinfo is None and zone is None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or UTC)
    at = moment.timestamp() - (zone_offset if has_no_zone else 0.0)
    return KnownTime(at, has_no_zone) if _can_be_shown(at) else None


def _zone(name: object) -> tzinfo | None:
    if not isinstance(name, str):
        return None
    if name in {"UTC", "Z"}:
        return UTC
    try:
        if name[:1] in "+-":
            hours, _, minutes = name[1:].partition(":")
            span = timedelta(hours=int(hours), minutes=int(minutes or 0))
            return timezone(-span if name[0] == "-" else span)
        from zoneinfo import ZoneInfo  # slow to import, and rarely needed

        return ZoneInfo(name)
    except (ValueError, OverflowError, OSError, KeyError):  # KeyError: there is no such zone
        return None


def day_begins(day: date) -> float:
    """Return when a day begins in this machine's zone, epoch seconds."""
    return datetime(day.year, day.month, day.day).timestamp()


def rfc3339(epoch: float) -> str:
    """Return `2026-10-24T16:02:11Z`, UTC, whole seconds."""
    return datetime.fromtimestamp(math.floor(epoch), UTC).isoformat()[:19] + "Z"


_QUARTER = 900
_MOST_APART = 300.0
"""Seconds between the creation by the list and by the clock, where the list names its zone."""


class ServerZone(NamedTuple):
    """What our own session says about the times of a list."""

    offset: float | None
    """Seconds that times without a zone are ahead of UTC; None where that is unknown."""
    doubt: str = ""
    """Why no age in the list can be trusted; empty where it can."""


NOT_KNOWN = "The server's times name no zone, and which one it is is unknown"
NO_CLOCK = "The server does not say what time it is, and this machine's clock may be wrong"
TWO_ZONES = "The server lists our own session as used before it was created: two zones, maybe"


def zone_by(
    own: SessionTimes,
    made_at: float,
    server_now: float,
    read_with: float,
    without_zone: Set[str],
) -> ServerZone:
    """Return the server's zone, by the times of our own session as they are listed.

    `made_at` is when it was made, by the server's clock. Times without a zone were read as
    `read_with` seconds ahead of UTC; `without_zone` are the facts of the list that have none.
    Last use and expiry may move with each use: they show the zone only of a session just made.
    """
    created = own.created
    if created is not None and not created.has_no_zone:
        apart = created.at - made_at
        if abs(apart) > _MOST_APART:
            return ServerZone(None, _contradiction(apart))
    if not without_zone:
        return ServerZone(None)
    if _is_used_before_created(own):
        return ServerZone(None, TWO_ZONES)
    is_new = server_now - made_at <= SLACK
    for time in _zoneless(own) if is_new else _zoneless(SessionTimes(created, None, None)):
        ahead = time.at + read_with - made_at
        quarters = round(ahead / _QUARTER)
        zone = float(quarters * _QUARTER)
        if abs(ahead - zone) <= SLACK and abs(zone) <= WIDEST_ZONE:
            return ServerZone(zone)
        if time is created:
            return ServerZone(None, _contradiction(ahead))
    return ServerZone(None, NOT_KNOWN)


def _zoneless(own: SessionTimes) -> list[KnownTime]:
    """Return the times without a zone that can show it: those about when it was made."""
    expires = own.expires
    if expires is not None:
        expires = replace(expires, at=expires.at - TOKEN_LIFETIME)
    times = (own.created, own.last_used, expires)
    return [one for one in times if one is not None and one.has_no_zone]


def _is_used_before_created(own: SessionTimes) -> bool:
    """Return whether the times without a zone are in more than one."""
    created, used = own.created, own.last_used
    if created is None or used is None or not (created.has_no_zone and used.has_no_zone):
        return False
    return used.at < created.at - SLACK


def _contradiction(apart: float) -> str:
    unit, seconds = ("days", DAY) if abs(apart) >= 2 * DAY else ("hours", HOUR)
    when = f"{abs(apart) / seconds:,.1f} {unit} {'after' if apart > 0 else 'before'}"
    return f"The server lists our own session as created {when} it was made"
