"""What can be said of a filter: whether a list can answer it, whether it narrows another, when time
alone changes its matches."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from operator import attrgetter

from qiscus_tui.model.clock import DAY
from qiscus_tui.model.local_days import day_begins, local_day
from qiscus_tui.model.session import Session
from qiscus_tui.query.terms import (
    Anywhere,
    CreatedBetween,
    CreatedOnDay,
    Exactly,
    IdPrefix,
    InField,
    InNetwork,
    Is,
    Key,
    Lasts,
    Query,
    State,
    Test,
    Word,
)

_FIELDS: dict[Key, tuple[str, str]] = {
    Key.CLIENT: ("user_agent", "client"),
    Key.UA: ("user_agent", "user agent"),
    Key.USER: ("user", "user"),
    Key.IP: ("ip", "IP address"),
    Key.AGE: ("created_at", "creation date"),
    Key.CREATED: ("created_at", "creation date"),
    Key.EXPIRES: ("expires_at", "expiry"),
    Key.IDLE: ("last_used_at", "last use"),
}
"""The field of a session that a key asks for, and its name."""


def unanswerable(query: Query, sessions: Sequence[Session]) -> str:
    """Return which key no session of a list can match, and why; empty where each may."""
    for word in query.words:
        key = _key_of(word.test)
        if key is None or key not in _FIELDS or not sessions:
            continue
        field, noun = _FIELDS[key]
        if not any(map(attrgetter(field), sessions)):
            return f"the server lists no {noun}, which '{key.value}:' asks for"
    return ""


def _key_of(test: Test) -> Key | None:
    """Return the key that needs a value of a session, None where a lack of it is an answer."""
    match test:
        case InField(key) | Lasts(key):
            return key
        case Exactly(key, value):
            return None if value is None else key
        case InNetwork():
            return Key.IP
        case CreatedBetween() | CreatedOnDay():
            return Key.CREATED
        case Is(State.EXPIRING | State.EXPIRED):
            return Key.EXPIRES
        case _:
            return None


def narrows(old: Query, new: Query) -> bool:
    """Return whether every match of `new` is certainly a match of `old`, in the same list.

    Then only the matches of `old` need to be checked. Words that depend on the clock or the marks
    never count: their matches may have changed since.
    """
    return all(any(_implies(word, wanted) for word in new.words) for wanted in old.words)


def _implies(narrow: Word, wide: Word) -> bool:
    """Return whether every match of `narrow` is certainly one of `wide`."""
    if narrow.negated != wide.negated or wide.depends_on_moment:
        return False
    inner, outer = (wide, narrow) if narrow.negated else (narrow, wide)
    match inner.test, outer.test:
        case Anywhere(longer), Anywhere(shorter):
            return shorter in longer
        case InField(field, longer), InField(same, shorter):
            return field is same and shorter in longer
        case IdPrefix(longer), IdPrefix(shorter):
            return longer.startswith(shorter)
        case InNetwork(first, last), InNetwork(lowest, highest):
            return lowest <= first and last <= highest
        case _:
            return narrow.test == wide.test


def changes_with_time(query: Query) -> bool:
    """Return whether a session can start or stop matching only because time passes."""
    return any(
        isinstance(word.test, CreatedOnDay) or any(True for _ in _offsets(word.test, 0.0))
        for word in query.words
    )


def change_times(query: Query, sessions: Iterable[Session], expiring: float) -> Iterator[float]:
    """Yield the times, epoch seconds, at which a session may start or stop matching.

    `expiring`: seconds before its end in which a session is expiring.
    """
    kept = list(sessions)
    for word in query.words:
        if isinstance(word.test, CreatedOnDay):
            yield from _midnights(kept)
        for name, seconds in _offsets(word.test, expiring):
            spans = map(attrgetter(f"{name.removesuffix('_at')}_span"), kept)
            for time, span in zip(map(attrgetter(name), kept), spans, strict=True):
                if time is not None:
                    yield time + seconds
                    if span:
                        yield time - span + seconds


def _midnights(sessions: Iterable[Session]) -> Iterator[float]:
    """Yield the local midnights between which a session is one of tomorrow, today, yesterday."""
    created = (session.created_at for session in sessions)
    for day in {at // DAY for at in created if at is not None}:
        first = local_day(day * DAY).date
        for days in range(5):
            yield day_begins(first + timedelta(days))


def _offsets(test: Test, expiring: float) -> Iterator[tuple[str, float]]:
    """Yield which time of a session, and how long after it, decides a word."""
    match test:
        case Lasts(Key.AGE, _, seconds):
            yield "created_at", seconds
        case Lasts(Key.EXPIRES, _, seconds):
            yield "expires_at", -seconds
        case Lasts(Key.IDLE, _, seconds):
            yield "last_used_at", seconds
        case Is(State.EXPIRING):
            yield "expires_at", -expiring
            yield "expires_at", 0.0
        case Is(State.EXPIRED):
            yield "expires_at", 0.0
        case _:
            return
