"""When the matches of a filter change only because time passes."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from qiscus_tui.model.session import Session
from qiscus_tui.query.keys import Key
from qiscus_tui.query.terms import Is, Lasts, Query, State, Test


def changes_with_time(query: Query) -> bool:
    """Return whether a session can start or stop matching only because time passes."""
    return any(True for word in query.words for _ in _offsets(word.test, 0.0))


def change_times(query: Query, sessions: Iterable[Session], expiring: float) -> Iterator[float]:
    """Yield the times, epoch seconds, at which a session may start or stop matching.

    `expiring`: seconds before its end in which a session is expiring.
    """
    kept = list(sessions)
    for word in query.words:
        for name, seconds in _offsets(word.test, expiring):
            for time in map(attrgetter(name), kept):
                if time is not None:
                    yield time + seconds


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
