"""A list while it arrives: what there is of it at each time, and what is kept at its end."""

from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session, SessionRun
from qiscus_tui.service.sessions.arriving import ArrivingList
from qiscus_tui.service.sessions.descriptions import Describer
from tests.service.scripted import new_session

KNOWN = (Known("cron", "curl", protect=True),)
SESSIONS = [new_session(number) for number in range(8)]
RUNS = st.lists(st.lists(st.sampled_from(SESSIONS)))


def arriving() -> ArrivingList:
    arriving = ArrivingList()
    arriving.begin(Describer(known=KNOWN))
    return arriving


@given(RUNS, RUNS)
def test_at_each_time_it_has_what_came_so_far_each_once_and_described(
    runs: list[list[Session]], again: list[list[Session]]
) -> None:
    growing = arriving()
    for attempt in (runs, again):  # the second after the first could not be read to its end
        growing.cut(0)
        came: list[Session] = []
        for run in attempt:
            growing.add(SessionRun.of(run))
            came += run
            listed = growing.so_far(read_at=1.0, offset=2.0)
            once = list(dict.fromkeys(session.id for session in came))
            assert [session.id for session in listed.sessions] == once
            assert listed.positions == {one: at for at, one in enumerate(once)}
            described = [Describer(known=KNOWN).of(session) for session in listed.sessions]
            columns = zip(listed.clients, listed.labels, listed.search, strict=True)
            assert list(columns) == described
            assert not listed.is_whole


def test_its_columns_are_kept_for_the_same_list_and_no_other() -> None:
    def taken(sessions: list[Session], known: tuple[Known, ...] = KNOWN) -> bool:
        growing = arriving()
        growing.add(SessionRun.of(SESSIONS))
        columns = growing.take(sessions, known)
        assert len(growing) == 0
        return columns is not None

    assert taken([*SESSIONS])
    assert not taken(SESSIONS[1:])
    assert not taken([*SESSIONS[:-1], new_session(99)])
    assert not taken([*SESSIONS], known=())
