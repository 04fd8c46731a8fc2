"""What a session stands among: its group's history, and its place in it."""

import random

from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.query import Moment
from qiscus_tui.service.overview import DAYS, SessionContext, origins_of
from qiscus_tui.service.sessions.groups import grouped
from qiscus_tui.service.sessions.session_list import SessionList
from tests.tui.conftest import DAY, NOW, listed, many, session, utc

__all__ = ["utc"]

HOUR = 3600


def context(sessions: SessionList, position: int, now: float = NOW) -> SessionContext:
    origins = origins_of(sessions, Moment(now, DAY))
    return origins.history(origins.kinds[position], Moment(now, DAY)).context(position)


def crons(*ages: float | None, used: float | None = None) -> SessionList:
    """Sessions of one cron, so many seconds old, and one of somebody else."""
    made = [
        session(
            5 * number,
            created_at=None if age is None else NOW - age,
            last_used_at=None if used is None else NOW - used * (number + 1),
        )
        for number, age in enumerate(ages)
    ]
    return listed([*made, session(1)])


def test_a_session_has_its_place_among_its_group_by_creation() -> None:
    sessions = crons(3 * HOUR, HOUR, None, 5 * HOUR)
    places = {at: context(sessions, at) for at in range(4)}
    assert {at: one.place for at, one in places.items()} == {1: 0, 0: 1, 3: 2, 2: 3}
    history = places[0].history
    assert history.group.name == "GuzzleHttp · 10.2.0.0/24"
    assert list(history.newest_first) == [1, 0, 3, 2]
    assert history.dated == 3
    assert history.interval == 2 * HOUR
    assert history.group.in_use == 0
    assert context(crons(HOUR, HOUR, HOUR, used=10 * HOUR), 0).history.group.in_use == 2
    for ages in ((HOUR,), (None, None), (HOUR, None)):
        assert context(crons(*ages), 0).history.interval is None  # which takes two dates


def test_logins_are_counted_by_the_local_day() -> None:
    history = context(crons(HOUR, 2 * HOUR, DAY, 29 * DAY, 30 * DAY, None), 0).history
    assert len(history.logins) == DAYS
    assert (history.logins[-1], history.logins[-2], history.logins[0]) == (2, 1, 1)
    assert sum(history.logins) == 4
    assert history.day_of(NOW - DAY) == DAYS - 2
    assert history.day_of(NOW - 31 * DAY) is None
    assert history.day_of(None) is None
    assert NOW < origins_of(crons(HOUR), Moment(NOW, DAY)).until <= NOW + DAY  # midnight


def test_every_session_of_a_long_list_is_found_in_the_group_it_belongs_to() -> None:
    sessions = many(9000)
    moment = Moment(NOW, DAY)
    origins, groups = origins_of(sessions, moment), grouped(sessions, USUAL_KEYS, moment)
    for position in random.Random(1).sample(range(9000), 40):
        group = origins.group(origins.kinds[position], moment)
        assert group in groups
        assert position in group.positions
