"""A filter with an error matches no more than what can be read of it."""

from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.model.session import Session
from qiscus_tui.query import KEYS, Moment, parse, parse_readable, select
from tests.query.sample import NOW, a_session, columns_of

_WORDS = [
    "c",
    "cu",
    "curl",
    "r",
    "client:c",
    "client:curl",
    "client:=curl",
    "client:=unknown",
    "created:today",
    "id:0",
    "id:0f",
    "ip:10",
    "ip:10.2",
    "user:a",
    "user:ad",
    "is:current",
    "is:undated",
    "age:>1d",
]
_filters = st.lists(st.sampled_from([*_WORDS, *(f"-{w}" for w in _WORDS)]), max_size=3).map(
    " ".join
)
_sessions = st.builds(
    a_session,
    id=st.sampled_from(["0fffffffffff", "00ffffffffff", "cccccccccccc"]),
    user_agent=st.sampled_from([None, "curl/8", "cup", "Chrome"]),
    ip=st.sampled_from([None, "10.2.0.1", "10.3.0.1"]),
    user=st.sampled_from([None, "ada", "abe"]),
    current=st.sampled_from([None, True, False]),
)


_ENDINGS = st.lists(
    st.sampled_from(
        ["-", "not:", '"', " ", ">", "=", "<7D", "1M", "OR ", "(", "expi", "curl", "7d", "\\"]
        + [f"{key}:" for key in KEYS]
    ),
    max_size=5,
).map("".join)


@given(st.lists(_sessions, min_size=1, max_size=6), _filters, _ENDINGS | st.text(max_size=8))
def test_a_filter_with_an_error_shows_no_more_than_the_filter_before_it(
    sessions: list[Session], before: str, typed: str
) -> None:
    columns, moment = columns_of(*sessions), Moment(NOW, 0.0)
    query, error = parse_readable(f"{before} {typed}")
    if error is not None:
        shown = select(query, columns, moment)
        assert set(shown) <= set(select(parse(before), columns, moment))
