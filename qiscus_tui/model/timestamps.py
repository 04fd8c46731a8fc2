"""Timestamps in every form that the API is known or expected to use.

`YYYY-MM-DD HH:MM:SS` without a zone (taken as UTC), RFC 3339, epoch seconds or milliseconds,
and PHP's `{"date": …, "timezone_type": 3, "timezone": "UTC"}`. All become epoch seconds.

A time without seconds is known to a minute, an hour or a day: it is the latest that it can be, with
the span by which it may be earlier. A time that can't be right is unknown.
"""

import math
import re
from collections.abc import Sequence, Set
from datetime import UTC, datetime, timedelta, timezone, tzinfo
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

_EPOCH = datetime(1970, 1, 1)
_SPANS = re.compile(
    r"\d{4}-?(?:\d\d-?\d\d|W\d\d(?P<day>-?\d)?)"
    r"(?:[^\d](?P<hour>\d\d)(?::?(?P<minute>\d\d)(?P<second>:?\d\d)?)?)?(?!\d)"
)

_MILLISECONDS_FROM = 100_000_000_000
"""A number this large is milliseconds: as seconds it would be the year 5138."""


class KnownTime(Struct, frozen=True, gc=False):
    """A time, as exactly as it is known."""

    latest: float
    """Epoch seconds."""
    span: float = 0.0
    """Seconds by which it may be earlier."""
    has_no_zone: bool = False
    """Whether it was listed without a zone."""


class SessionTimes(Struct, frozen=True):
    """The times of a session; None is unknown."""

    created: KnownTime | None
    expires: KnownTime | None
    last_used: KnownTime | None


def credible(times: SessionTimes, server_now: float, *, zone_known: bool = True) -> SessionTimes:
    """Return the times of a session without those that can't be right.

    Nothing was created or used in the future, or used before it was created, or before the year
    2000; nothing expires before it was created. Where the zone of times without one is unknown,
    they may be off by as much as any zone is.
    """
    created, expires, used = times.created, times.expires, times.last_used
    if (
        created is not None
        and FIRST_YEAR <= created.latest <= server_now
        and (expires is None or created.latest <= expires.latest)
        and (used is None or created.latest <= used.latest <= server_now)
    ):
        return times  # as nearly all of 100,000
    slack = SLACK if zone_known else SLACK + WIDEST_ZONE
    created, expires, used = map(_if_recent, (created, expires, used))
    if created is not None and _earliest(created, slack) > server_now:
        created = None
    if used is not None and _earliest(used, slack) > server_now:
        used = None
    if created is not None:
        begun = _earliest(created, slack)
        if used is not None and _latest(used, slack) < begun:
            used = None
        if expires is not None and _latest(expires, slack) < begun:
            expires = None
    return SessionTimes(created, expires, used)


def _if_recent(time: KnownTime | None) -> KnownTime | None:
    return None if time is None or time.latest < FIRST_YEAR else time


def _earliest(time: KnownTime, slack: float) -> float:
    return time.latest - time.span - (slack if time.has_no_zone else SLACK)


def _latest(time: KnownTime, slack: float) -> float:
    return time.latest + (slack - SLACK if time.has_no_zone else 0.0)


def known_time(value: object, zone_offset: float = 0.0) -> KnownTime | None:
    """Return a time with how exactly it is known; None if `value` is not a time.

    `zone_offset`: seconds that the server's times without a zone are ahead of UTC.
    """
    if isinstance(value, str):
        return _from_text(value, zone_offset)
    if isinstance(value, dict):
        return _from_php(cast("dict[str, object]", value), zone_offset)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return None


def known_times(values: Sequence[object], zone_offset: float = 0.0) -> list[KnownTime | None]:
    """Return the `known_time` of each value.

    Texts to the second, as nearly all of 100,000 are, are read together.
    """
    texts = [value for value in values if isinstance(value, str) and value[13:17:3] == "::"]
    if len(texts) + values.count(None) < len(values):
        return [known_time(value, zone_offset) for value in values]
    try:
        moments = [*map(datetime.fromisoformat, texts)]
    except ValueError:
        return [known_time(value, zone_offset) for value in values]
    epochs = [
        (one - _EPOCH).total_seconds() - zone_offset if one.tzinfo is None else one.timestamp()
        for one in moments
    ]
    times = [
        KnownTime(epoch, 0.0, one.tzinfo is None) if EARLIEST < epoch <= LATEST else None
        for epoch, one in zip(epochs, moments, strict=True)
    ]
    if len(times) == len(values):
        return times
    found = iter(times)
    return [None if value is None else next(found) for value in values]


def is_midnight(value: object) -> bool:
    """Return whether a time may be a date alone that was written with a time of day."""
    if isinstance(value, dict):
        return is_midnight(cast("dict[str, object]", value).get("date"))
    if isinstance(value, str):
        return "00:00:00" in value
    time = known_time(value)
    return time is not None and time.latest % DAY == 0


def _from_text(text: str, zone_offset: float) -> KnownTime | None:
    if text.isdecimal() and len(text) != 8:
        return _from_number(float(text))  # fromisoformat would read 1711121500000 as a date
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        tidied = text.strip().upper()  # RFC 3339 allows a lower-case z
        if tidied != text:
            return _from_text(tidied, zone_offset)
        try:
            return _from_number(float(text))
        except ValueError:
            return None
    return _from_moment(moment, None, zone_offset, _span_of(text))


def _from_php(value: dict[str, object], zone_offset: float) -> KnownTime | None:
    date = value.get("date")
    zone = _zone(value.get("timezone", "UTC"))
    if not isinstance(date, str) or zone is None:
        return None
    try:
        moment = datetime.fromisoformat(date.strip())
    except ValueError:
        return None
    return _from_moment(moment, zone if "timezone" in value else None, zone_offset, _span_of(date))


def _from_number(number: float) -> KnownTime | None:
    try:
        epoch = float(number)
    except OverflowError:
        return None
    if abs(epoch) >= _MILLISECONDS_FROM:
        epoch /= 1000
    return KnownTime(epoch) if EARLIEST < epoch <= LATEST else None


def _from_moment(
    moment: datetime, zone: tzinfo | None, zone_offset: float, span: float
) -> KnownTime | None:
    """Return a time that names its zone itself, is in `zone`, or else in that of the server."""
    has_no_zone = moment.tzinfo is None and zone is None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or UTC)
    latest = moment.timestamp() - (zone_offset if has_no_zone else 0.0) + span
    return KnownTime(latest, span, has_no_zone) if EARLIEST < latest <= LATEST else None


def _span_of(text: str) -> float:
    """Return by how many seconds the time in a text may be earlier than its latest."""
    parts = _SPANS.match(text.strip().upper())
    if parts is None or parts["second"]:
        return 0.0
    if parts["minute"]:
        return 59.0
    if parts["hour"]:
        return 3_599.0
    return DAY - 1.0 if parts["day"] or "W" not in parts[0] else 7 * DAY - 1.0


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


def rfc3339(epoch: float) -> str:
    """Return `2026-10-24T16:02:11Z`, UTC, whole seconds."""
    return datetime.fromtimestamp(math.floor(epoch), UTC).isoformat()[:19] + "Z"


def day_of(latest: float, span: float) -> str:
    """Return `2026-10-24`, for a time that is known to a day."""
    return rfc3339(max(latest - span / 2, 0.0))[:10]  # noon in any zone is that day in UTC, mostly


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
        apart = _apart(created, made_at)
        if abs(apart) > _MOST_APART:
            return ServerZone(None, _contradiction(apart))
    if not without_zone:
        return ServerZone(None)
    if _is_used_before_created(own):
        return ServerZone(None, TWO_ZONES)
    is_new = server_now - made_at <= SLACK
    for time in _zoneless(own) if is_new else _zoneless(SessionTimes(created, None, None)):
        ahead = time.latest + read_with - made_at
        quarters = round(ahead / _QUARTER)
        zone = float(quarters * _QUARTER)
        if abs(ahead - zone) <= SLACK and abs(zone) <= WIDEST_ZONE:
            return ServerZone(zone)
        if time is created:
            return ServerZone(None, _contradiction(ahead))
    return ServerZone(None, NOT_KNOWN)


def _zoneless(own: SessionTimes) -> list[KnownTime]:
    """Return the times that can show the zone: about when it was made, and known to the second."""
    expires = own.expires
    if expires is not None:
        expires = replace(expires, latest=expires.latest - TOKEN_LIFETIME)
    times = (own.created, own.last_used, expires)
    return [one for one in times if one is not None and one.has_no_zone and not one.span]


def _is_used_before_created(own: SessionTimes) -> bool:
    """Return whether the times without a zone are in more than one."""
    created, used = own.created, own.last_used
    if created is None or used is None or not (created.has_no_zone and used.has_no_zone):
        return False
    return used.latest < created.latest - created.span - SLACK


def _apart(time: KnownTime, made_at: float) -> float:
    """Return how far from `made_at` it is; 0 where it may be the same."""
    if time.latest < made_at:
        return time.latest - made_at
    return max(time.latest - time.span - made_at, 0.0)


def _contradiction(apart: float) -> str:
    unit, seconds = ("days", DAY) if abs(apart) >= 2 * DAY else ("hours", HOUR)
    when = f"{abs(apart) / seconds:,.1f} {unit} {'after' if apart > 0 else 'before'}"
    return f"The server lists our own session as created {when} it was made"
