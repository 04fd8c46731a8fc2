"""Filters that no session of a list can match, because the server does not list what they ask."""

from collections.abc import Sequence
from operator import attrgetter

from qiscus_tui.model.session import Session
from qiscus_tui.query.keys import Key
from qiscus_tui.query.terms import (
    CreatedBetween,
    CreatedOnDay,
    Exactly,
    InField,
    InNetwork,
    Is,
    Lasts,
    Query,
    State,
    Test,
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
