"""Writes words of a filter, so that they are read back as the same test; and completes them."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import isinf

from msgspec import Struct

from qiscus_tui.model.clock import DAY
from qiscus_tui.query.parsing import UNKNOWN, WHOLE_WORD
from qiscus_tui.query.terms import KEYS, Key, NamedDay, State


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


MOST = 50
"""Words that are offered."""

_PARTS = re.compile(
    r"(?P<before>(?:-|not:)*(?:(?P<key>[a-z]+):=?)?)(?P<value>.*)", re.IGNORECASE | re.DOTALL
)
_PLAIN = re.compile(r"[^\s\"*|,()<>=!~-][^\s\"*|,()<>=!~]*")
_DURATIONS = (">7d", "<24h", ">24h", "<1h", UNKNOWN)
_FIXED: dict[Key, Sequence[str]] = {
    Key.IS: [state.value for state in State],
    Key.CREATED: [day.value for day in NamedDay],
    Key.AGE: _DURATIONS,
    Key.IDLE: _DURATIONS,
    Key.EXPIRES: _DURATIONS,
}


class Completion(Struct, frozen=True):
    """The place of the word, in characters, and what can stand there instead."""

    start: int
    end: int
    words: tuple[str, ...]


def completion(
    text: str, cursor: int, seen: Callable[[Key], Iterable[str]] = lambda _key: ()
) -> Completion:
    """Return how the word that ends at the cursor can go on.

    `seen` gives the values of a key that the list has, the best first.
    """
    words = [one for one in WHOLE_WORD.finditer(text, 0, cursor) if one[0] and one.end() == cursor]
    start = words[0].start() if words else cursor
    parts = _PARTS.fullmatch(text[start:cursor])
    if parts is None:
        return Completion(start, cursor, ())
    before, name, value = parts["before"], (parts["key"] or "").lower(), parts["value"]
    if name and name not in KEYS:
        return Completion(start, cursor, ())
    if not name:
        return Completion(start, cursor, tuple(f"{before}{key}:" for key in _fitting(value, KEYS)))
    key = Key(name)
    values = _FIXED.get(key) or seen(key)
    fitting = _fitting(value.strip('"'), values)
    is_text = key not in _FIXED
    words = (before + (_written(one) if is_text else one) for one in fitting)
    return Completion(start, cursor, tuple(words))


def _fitting(typed: str, values: Iterable[str]) -> list[str]:
    """Return the values that begin like what is typed, then those that have it."""
    folded, values = typed.casefold(), list(dict.fromkeys(values))
    begin = [one for one in values if one.casefold().startswith(folded)]
    have = [one for one in values if one not in begin and folded in one.casefold()]
    return [one for one in (*begin, *have) if one != typed][:MOST]


def _written(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else _quoted(value)
