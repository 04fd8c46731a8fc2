"""When a filter's answer changes while nothing but time goes by."""

from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.query import Moment, change_times, changes_with_time, parse, select
from tests.query.sample import NOW, SampleColumns, a_session

HOUR = 3600.0
TIMED = (
    "age:>2h",
    "age:<=1h",
    "expires:<1h",
    "-expires:>=2h",
    "idle:>1h",
    "is:expiring",
    "created:today",
    "-created:<yesterday",
)
WORDS = (*TIMED, "is:expired", "-is:expired", "is:undated", "created:>2026-10-01", "word")
AROUND = st.none() | st.integers(-50, 4).map(lambda hours: NOW + hours * HOUR)


def of(times: list[tuple[float | None, float | None, float | None]]) -> SampleColumns:
    """Sessions by creation, end and last use."""
    sessions = [
        a_session(created_at=created, expires_at=ends, last_used_at=used)
        for created, ends, used in times
    ]
    texts = [""] * len(sessions)
    return SampleColumns(sessions, texts, [None] * len(sessions), bytes(len(sessions)), texts)


def test_only_words_that_count_time_turn_with_it() -> None:
    turning = {
        text for text in (*WORDS, "is:marked", "is:new", "") if changes_with_time(parse(text))
    }
    assert turning == {*TIMED, "is:expired", "-is:expired"}


@given(
    st.lists(st.tuples(AROUND, AROUND, AROUND), max_size=4),
    st.lists(st.sampled_from(WORDS), max_size=2),
    st.integers(1, 50 * 3600),
)
def test_without_a_turning_point_between_two_times_both_find_the_same(
    times: list[tuple[float | None, float | None, float | None]], words: list[str], later: int
) -> None:
    columns, query, then = of(times), parse(" ".join(words)), NOW + later
    points = change_times(query, columns.sessions, HOUR)
    if not any(NOW <= point <= then for point in points):
        found = select(query, columns, Moment(NOW, HOUR))
        assert select(query, columns, Moment(then, HOUR)) == found


def test_what_is_not_known_never_turns() -> None:
    columns = of([(None, None, None)])
    assert [*change_times(parse("age:>1h is:expiring idle:<=1h"), columns.sessions, HOUR)] == []
