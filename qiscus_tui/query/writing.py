"""Writes words of a filter, so that they are read back as the same test."""

from datetime import UTC, datetime, timedelta
from math import isinf

from qiscus_tui.model.durations import DAY
from qiscus_tui.query.keys import Key
from qiscus_tui.query.parsing import UNKNOWN


def written(key: Key | None, value: str) -> str:
    """Return the word that looks for this value."""
    return _quoted(value) if key is None else f"{key.value}:{_quoted(value)}"


def written_exactly(key: Key, value: str | None) -> str:
    """Return the word for exactly this value; None: for the sessions without one."""
    return f"{key.value}:={UNKNOWN if value is None else _quoted(value)}"


def written_between(since: float, until: float) -> str:
    """Return the words for sessions created from `since` until before `until`, epoch seconds.

    Either may be infinite. They name exact times, so that they mean the same in every zone.
    """
    if isinf(since):
        return f"created:<{_moment(until)}"
    if isinf(until):
        return f"created:>={_moment(since)}"
    if since % DAY == 0 and until - since == DAY:
        return f"created:{_moment(since)}"
    return f"created:>={_moment(since)} created:<{_moment(until)}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _moment(at: float) -> str:
    """Return a time as `created:` reads it: a date where one begins then in UTC."""
    if at % DAY == 0:
        return datetime.fromtimestamp(at, UTC).date().isoformat()
    local = datetime.fromtimestamp(at).astimezone()
    if local.second or (local.utcoffset() or timedelta()) % timedelta(minutes=1):
        local = local.astimezone(UTC)
    return local.isoformat(timespec="seconds" if local.second else "minutes")
