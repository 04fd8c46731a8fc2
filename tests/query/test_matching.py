"""Which sessions a filter picks, above all where something is unknown."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Session
from qiscus_tui.query import KEYS, Columns, Moment, parse, parse_readable, select
from qiscus_tui.query.terms import Key, Takes
from qiscus_tui.service.sessions.session_list import SessionList
from tests.query.sample import NOW, a_session, columns_of

HOUR = 3600.0
DAY = 24 * HOUR


def picked(text: str, columns: Columns, marked: bytes = b"") -> list[int]:
    return select(parse(text), columns, Moment(NOW, expiring=DAY, marked=marked))


@pytest.mark.parametrize("key", Key)
def test_every_key_can_be_compared(key: Key) -> None:
    exact = f"{key.value}:=unknown" if key.takes is Takes.TEXT else key.form
    assert picked(f"{key.form} not:{exact}", columns_of(a_session())) == []


MIDNIGHT = 1_791_244_800.0
"""2026-10-06T00:00:00Z."""


@pytest.mark.parametrize(
    ("text", "session", "is_picked"),
    [
        # a time at the very bound of a comparison
        ("created:2026-10-06", a_session(created_at=MIDNIGHT), True),
        ("created:2026-10-05", a_session(created_at=MIDNIGHT), False),
        ("-created:2026-10-05", a_session(created_at=MIDNIGHT), True),
        ("created:<2026-10-06", a_session(created_at=MIDNIGHT), False),
        ("created:<2026-10-05", a_session(created_at=MIDNIGHT), False),
        ("age:>7d", a_session(created_at=NOW - 7 * DAY), False),
        ("age:<7d", a_session(created_at=NOW - 7 * DAY), False),
        ("idle:>1h", a_session(last_used_at=NOW - HOUR), False),
        ("idle:<1h", a_session(last_used_at=NOW - HOUR), False),
        ("expires:<1h", a_session(expires_at=NOW + HOUR), False),
        ("is:expired", a_session(expires_at=NOW), True),
        ("is:expired", a_session(expires_at=NOW - 1), True),
        ("is:expired", a_session(expires_at=NOW + 0.5), False),
        ("is:expiring", a_session(expires_at=NOW - 1), False),
        ("is:expiring", a_session(expires_at=NOW), False),
        ("is:expiring", a_session(expires_at=NOW + 0.5), True),
        ("is:expiring", a_session(expires_at=NOW + DAY), True),
        ("is:expiring", a_session(expires_at=NOW + DAY + 1), False),
        # addresses: that which can't be read is unknown, a zone is no part, IPv4 is within IPv6
        ("ip:10.2", a_session(ip="10.2.*.*"), False),
        ("-ip:10.2", a_session(ip="10.2.*.*"), False),
        ("-ip:=10.2.0.7", a_session(ip="10.2.*.*"), False),
        ("ip:fe80::/48", a_session(ip="fe80::1%eth0"), True),
        ("ip:=fe80::1", a_session(ip="fe80::1%eth0"), True),
        ("ip:10.2", a_session(ip="::ffff:10.2.0.7"), True),
        # a client that calls itself unknown has a name
        ('client:="unknown"', a_session(user_agent="unknown/7"), True),
        ("client:=unknown", a_session(user_agent="unknown/7"), False),
        # ours: yes, no, or unknown
        ("is:current", a_session(current=True), True),
        ("-is:current", a_session(current=True), False),
        ("is:current", a_session(current=False), False),
        ("-is:current", a_session(current=False), True),
    ],
)
def test_one_session_is_picked_or_not(
    zone: Callable[[str], None], text: str, session: Session, *, is_picked: bool
) -> None:
    zone("UTC")
    assert picked(text, columns_of(session)) == ([0] if is_picked else [])


@pytest.fixture
def three() -> SessionList:
    """Curl from 10.2, a browser from 10.20, and one of which nothing is known."""
    return columns_of(
        a_session(
            id="3fa9c01b77be",
            user_agent="curl/8.5.0",
            ip="10.2.0.9",
            user="ada@b.c",
            created_at=NOW - 10 * DAY,
            expires_at=NOW + 20 * DAY,
            last_used_at=NOW - HOUR,
        ),
        a_session(
            id="90c1aa3e0000",
            user_agent="Chrome/126 (Windows NT)",
            ip="10.20.0.9",
            user="bob@b.c",
            created_at=NOW - HOUR,
            expires_at=NOW + HOUR,
            last_used_at=NOW - 8 * DAY,
        ),
        a_session(id="ffffffffffff", current=None, revoke_with=None),
        labels=(Known("billing cron"), None, None),
    )


PICKED = (
    ("", [0, 1, 2]),
    ("CURL", [0]),
    ("b.c", [0, 1]),
    ("b.c chrome", [1]),
    ('"windows nt"', [1]),
    ("cron", [0]),
    ("10.2", [0, 1]),
    ("-curl", [1, 2]),
    ("ffff", [2]),
    ("1AA3e", [1]),
    ("-1aa3e", [0, 2]),
    ("id:90c1", [1]),
    ("id:0c1", []),
    ("-id:90c1", [0, 2]),
    ("client:chrome", [1]),
    ("client:windows", []),
    ("ua:windows", [1]),
    ("user:ada", [0]),
    ("label:billing", [0]),
    ("-label:billing", [1, 2]),
    ("ip:10.2", [0]),
    ("ip:10", [0, 1]),
    ("ip:10.0.0.0/8 -ip:10.20", [0]),
    ("age:>7d", [0]),
    ("age:<24h", [1]),
    ("age:<=90m", [1]),
    ("expires:<24h", [1]),
    ("expires:>24h", [0]),
    ("idle:>7d", [1]),
    ("idle:<=90m", [0]),
    ("idle:unknown", [2]),
    ("-idle:unknown", [0, 1]),
    ("age:unknown expires:unknown", [2]),
    ("-age:unknown", [0, 1]),
    ("-expires:unknown", [0, 1]),
    ("client:=curl", [0]),
    ("client:=CURL", []),
    ("client:=cur", []),
    ("-client:=curl", [1]),
    ("client:unknown", [2]),
    ("client:=unknown", [2]),
    ("-client:=unknown", [0, 1]),
    ('client:="unknown"', []),
    ('ua:="Chrome/126 (Windows NT)"', [1]),
    ("ua:=Chrome/126", []),
    ("user:=ada@b.c", [0]),
    ("user:=ada", []),
    ("user:=unknown", [2]),
    ('label:="billing cron"', [0]),
    ("-label:=billing", [0, 1, 2]),
    ("label:=unknown", [1, 2]),
    ("ip:=10.2.0.9", [0]),
    ("ip:=::ffff:10.2.0.9", [0]),
    ("-ip:=10.2.0.9", [1]),
    ("ip:=unknown", [2]),
    ("id:=90c1aa3e0000", [1]),
    ("created:2026-10-04", [0]),
    ("created:>2026-10-04", [1]),
    ("created:today", [1]),
    ("-created:today", [0]),
    ("created:<today", [0]),
    ("created:yesterday", []),
    ("created:<=yesterday", [0]),
    ("is:known", [0]),
    ("-is:known", [1, 2]),
    ("is:revocable", [0, 1]),
    ("-is:revocable", [2]),
    ("is:undated", [2]),
    ("is:expiring", [1]),
    ("is:expired", []),
)


@pytest.mark.parametrize(("text", "expected"), PICKED)
def test_a_filter_picks(three: SessionList, text: str, expected: list[int]) -> None:
    assert picked(text, three) == expected


@pytest.mark.parametrize(
    "test",
    [
        "client:curl",
        "ua:curl",
        "user:ada",
        "ip:10.2",
        "age:>7d",
        "expires:<24h",
        "idle:>7d",
        "created:>2026-10-01",
        "is:current",
        "is:expiring",
        "is:expired",
    ],
)
def test_the_unknown_matches_neither_a_test_nor_its_negation(three: SessionList, test: str) -> None:
    assert 2 not in picked(test, three)
    assert 2 not in picked(f"-{test}", three)


def test_the_family_of_a_client_is_asked_for_without_its_version() -> None:
    names = ["curl 8", "curl 8.5", "curl", "curl · Linux", "Curl 8", "libcurl 8", "a 1 2"]
    sessions = [a_session(user_agent=name) for name in names]
    columns = columns_of(*sessions)
    assert picked("client:=curl", columns) == [0, 1, 2]
    assert picked('client:="curl 8"', columns) == [0]
    assert picked('client:="a 1"', columns) == []
    assert picked("client:=a", columns) == [6]


def test_text_that_is_no_address_is_asked_for_in_quotes() -> None:
    ips = ("10.2.*.*", "10.2.0.0/24", "unknown", "10.2.0.7")
    columns = columns_of(*(a_session(ip=ip) for ip in ips))
    assert [picked(f'ip:="{ip}"', columns) for ip in ips] == [[0], [1], [2], [3]]


@pytest.mark.parametrize("name", ["UTC", "Asia/Jakarta", "America/St_Johns", "Pacific/Kiritimati"])
def test_today_is_the_local_day_when_it_is_matched(zone: Callable[[str], None], name: str) -> None:
    zone(name)
    created = [NOW - hours * HOUR for hours in range(72)]
    columns = columns_of(*(a_session(created_at=at) for at in created))
    today, yesterday = parse("created:today"), parse("created:yesterday")
    for later in range(30):
        moment = Moment(NOW + later * HOUR, DAY)
        days = [time.localtime(at).tm_yday for at in created]
        now = time.localtime(moment.server_now).tm_yday
        assert select(today, columns, moment) == [i for i in range(72) if days[i] == now]
        assert select(yesterday, columns, moment) == [i for i in range(72) if days[i] == now - 1]


def test_marks_are_told_by_position(three: SessionList) -> None:
    assert picked("is:marked", three, b"\0\1\0") == [1]
    assert picked("-is:marked", three, b"\0\1\0") == [0, 2]
    assert picked("is:marked", three) == []


def test_new_is_told_by_its_column(three: SessionList) -> None:
    assert picked("is:new", replace(three, new=b"\0\0\1")) == [2]


_TESTS = [
    *(text for text, _ in PICKED if text and not re.search("^-| ", text)),
    *("is:current", "is:new", "is:marked", 'ip:="?"', "ip:=10.2.3.4"),
]

_times = st.none() | st.floats(NOW - 40 * DAY, NOW + 40 * DAY)
_sessions = st.builds(
    a_session,
    created_at=_times,
    expires_at=_times,
    last_used_at=_times,
    current=st.sampled_from([True, False, None]),
    user_agent=st.sampled_from([None, "", "curl/8", "Chrome/1 a b"]),
    ip=st.sampled_from([None, "", "?", "10.2.3.4", "10.3.3.4", "::1"]),
    user=st.sampled_from([None, "ada", "bob"]),
    revoke_with=st.sampled_from([None, "x"]),
)
_listed = st.lists(_sessions, min_size=1, max_size=6)


_WORDS = st.lists(st.sampled_from([*_TESTS, *(f"-{t}" for t in _TESTS)]), max_size=4)


@given(_listed, _WORDS)
@settings(max_examples=100, deadline=None)
def test_a_filter_picks_what_each_of_its_words_picks(
    sessions: list[Session], words: list[str]
) -> None:
    columns = columns_of(*sessions)
    moment = Moment(NOW, DAY, b"\1\0\1")
    each = [set(select(parse(word), columns, moment)) for word in words]
    expected = [i for i in range(len(sessions)) if all(i in found for found in each)]
    query = parse(" ".join(words))
    assert select(query, columns, moment) == expected
    backwards = [*reversed(range(len(sessions)))]
    assert select(query, columns, moment, backwards) == expected[::-1]


@given(_listed, st.sampled_from(_TESTS))
@settings(max_examples=100, deadline=None)
def test_no_session_matches_a_word_and_its_negation(sessions: list[Session], word: str) -> None:
    columns = columns_of(*sessions)
    assert not picked(f"{word} -{word}", columns)
    assert picked(f"--{word}", columns) == picked(word, columns)


_ENDINGS = st.lists(
    st.sampled_from(
        ["-", "not:", '"', " ", ">", "=", "<7D", "1M", "OR ", "(", "expi", "curl", "7d", "\\"]
        + [f"{key}:" for key in KEYS]
    ),
    max_size=5,
).map("".join)


@given(_listed, _WORDS, _ENDINGS | st.text(max_size=8))
def test_a_filter_with_an_error_shows_no_more_than_the_filter_before_it(
    sessions: list[Session], words: list[str], typed: str
) -> None:
    columns, before = columns_of(*sessions), " ".join(words)
    query, error = parse_readable(f"{before} {typed}")
    if error is not None:
        assert {*select(query, columns, Moment(NOW, DAY))} <= {*picked(before, columns)}
