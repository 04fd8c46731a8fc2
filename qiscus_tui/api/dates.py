"""Dates in HTTP headers."""

from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache

_LATEST = 4_102_444_800.0  # the year 2100: later dates are wrong, and could overflow


@lru_cache(maxsize=8)  # many answers come in one second
def http_date(text: str) -> float | None:
    """Return an HTTP date as epoch seconds, None if it is invalid or after the year 2100."""
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:  # "-0000" means UTC from an unknown zone
            moment = moment.replace(tzinfo=UTC)
        seconds = moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return seconds if 0 < seconds < _LATEST else None
