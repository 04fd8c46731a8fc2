"""Dates in HTTP headers."""

from datetime import UTC
from email.utils import parsedate_to_datetime

_LATEST = 4_102_444_800.0  # the year 2100: no server's clock is there, and sums stay sane


def http_date(text: str) -> float | None:
    """Epoch seconds of an HTTP date, None where it is none or beyond the year 2100."""
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:  # "-0000" means UTC of an unknown place
            moment = moment.replace(tzinfo=UTC)
        seconds = moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return seconds if 0 < seconds < _LATEST else None
