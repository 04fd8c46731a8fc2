"""One time, written in each of the ways that the API might write it."""

from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, auto

_JAKARTA = timezone(timedelta(hours=7))


class Stamp(Enum):
    """The form of a timestamp."""

    NAIVE = auto()
    """`2026-10-24 09:14:00`, meaning UTC."""
    NAIVE_LOCAL = auto()
    """The same without a zone, but meaning UTC+7: a server that writes its own local time."""
    RFC3339 = auto()
    """`2026-10-24T09:14:00Z`."""
    RFC3339_OFFSET = auto()
    """`2026-10-24T16:14:00.250000+07:00`."""
    EPOCH = auto()
    """Seconds."""
    EPOCH_MS = auto()
    """Milliseconds."""
    PHP = auto()
    """An object with `date`, `timezone_type`, `timezone`."""


def written(stamp: Stamp, at: float) -> object:
    """Write an epoch time as the JSON value of that form."""
    match stamp:
        case Stamp.NAIVE:
            return datetime.fromtimestamp(int(at), UTC).isoformat(" ")[:19]
        case Stamp.NAIVE_LOCAL:
            return datetime.fromtimestamp(int(at), _JAKARTA).isoformat(" ")[:19]
        case Stamp.RFC3339:
            return datetime.fromtimestamp(int(at), UTC).isoformat()[:19] + "Z"
        case Stamp.RFC3339_OFFSET:
            return datetime.fromtimestamp(at, _JAKARTA).isoformat(timespec="microseconds")
        case Stamp.EPOCH:
            return int(at)
        case Stamp.EPOCH_MS:
            return int(at * 1000)
        case Stamp.PHP:
            text = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
            return {"date": text, "timezone_type": 3, "timezone": "UTC"}
