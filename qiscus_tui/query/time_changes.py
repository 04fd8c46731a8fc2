"""When the matches of a filter change only because time passes."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from operator import attrgetter

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.local_days import day_begins, local_day
from qiscus_tui.model.session import Session
from qiscus_tui.query.keys import Key
from qiscus_tui.query.terms import CreatedOnDay, Is, Lasts, Query, State, Test


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
