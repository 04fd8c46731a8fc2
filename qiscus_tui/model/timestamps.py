"""Timestamps in every form that the API is known or expected to use.

`YYYY-MM-DD HH:MM:SS` without a zone (taken as UTC), RFC 3339, epoch seconds or milliseconds,
and PHP's `{"date": …, "timezone_type": 3, "timezone": "UTC"}`. All become epoch seconds.
"""

import math
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Annotated, cast

from msgspec import Meta

EARLIEST = 0.0
LATEST = 253_402_300_799.0  # the last second of the year 9999

EpochSeconds = Annotated[float, Meta(ge=EARLIEST, le=LATEST)]
"""A time that can be shown."""

Seconds = Annotated[float, Meta(ge=-LATEST, le=LATEST)]
"""A span between two of them, either way."""

_MILLISECONDS_FROM = 100_000_000_000
"""A number this large is milliseconds: as seconds it would be the year 5138."""


def parse_timestamp(value: object, zone_offset: float = 0.0) -> float | None:
    """Return epoch seconds, None if `value` is not a time.

    `zone_offset`: seconds that the server's times without a zone are ahead of UTC.
    """
    if isinstance(value, str):
        return _from_text(value, zone_offset)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    if isinstance(value, dict):
        return _from_php(cast("dict[str, object]", value), zone_offset)
    return None


def _from_text(text: str, zone_offset: float) -> float | None:
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
    return _epoch(moment, UTC, zone_offset)


def _epoch(moment: datetime, zone: tzinfo, zone_offset: float) -> float | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    else:
        zone_offset = 0.0
    return _from_number(moment.timestamp() - zone_offset, seconds=True)


def _from_number(number: float, *, seconds: bool = False) -> float | None:
    try:
        value = float(number)
    except OverflowError:
        return None
    if not seconds and abs(value) >= _MILLISECONDS_FROM:
        value /= 1000
    if not math.isfinite(value) or not EARLIEST < value <= LATEST:
        return None
    return value


def _from_php(value: dict[str, object], zone_offset: float) -> float | None:
    date, zone_name = value.get("date"), value.get("timezone", "UTC")
    if not isinstance(date, str):
        return None
    try:
        moment = datetime.fromisoformat(date.strip())
    except ValueError:
        return None
    zone = _zone(zone_name)
    if zone is None:
        return None
    return _epoch(moment, zone, zone_offset if zone is UTC and "timezone" not in value else 0.0)


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
