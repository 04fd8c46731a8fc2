"""What a filter says, and what is said when it says nothing sensible."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.errors import FilterError
from qiscus_tui.query import KEYS, Key, parse, parse_readable, written_exactly
from qiscus_tui.query.terms import (
    Anywhere,
    Comparison,
    CreatedBetween,
    CreatedOnDay,
    Exactly,
    IdPrefix,
    InField,
    Is,
    Lasts,
    NamedDay,
    Query,
    State,
    Takes,
    Test,
    Word,
)

OCT_1 = 1_790_812_800.0  # 2026-10-01T00:00:00Z
DAY = 86_400.0

SPANS = [key for key in Key if key.takes is Takes.DURATION]


def only(text: str) -> Word:
    (word,) = parse(text).words
    return word


def refused(text: str) -> FilterError:
    with pytest.raises(FilterError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_an_empty_filter_has_no_words(text: str) -> None:
    assert parse(text) == Query(text, ())


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        (" Curl  STRASSE ", [Anywhere("curl"), Anywhere("strasse")]),
        ('"Windows NT" x', [Anywhere("windows nt"), Anywhere("x")]),
        (r'"a\"b\\c\d"', [Anywhere(r'a"b\c\d')]),
        ('"client:curl"', [Anywhere("client:curl")]),
        ("id:3FA9", [IdPrefix("3fa9")]),
        ("client:Curl", [InField(Key.CLIENT, "curl")]),
        ("UA:Curl", [InField(Key.UA, "curl")]),
        ("user:Curl", [InField(Key.USER, "curl")]),
        ('label:"Curl"', [InField(Key.LABEL, "curl")]),
    ],
)
def test_words_are_split_at_spaces_outside_quotes_and_casefolded(
    text: str, tests: list[Test]
) -> None:
    assert [word.test for word in parse(text).words] == tests
    assert not any(word.negated for word in parse(text).words)


@pytest.mark.parametrize("text", ["-curl", "not:curl", "NOT:curl", '-"curl"', "--not:curl"])
def test_a_dash_or_not_negates_and_two_of_them_do_not(text: str) -> None:
    assert only(text) == Word(Anywhere("curl"), negated=True)
    assert only(f"-{text}") == only(f"not:{text}") == Word(Anywhere("curl"))


@pytest.mark.parametrize(
    "text",
    [
        "2001:db8::1",
        "fe80::1",
        "::1",
        "dead:beef",
        "cafe::",
        "https://example.org/bot",
        "10.0.0.1:8080",
        "(khtml:",
        "2026-10-01",
        "a-b",
    ],
)
def test_addresses_and_urls_are_bare_words(text: str) -> None:
    assert only(text).test == Anywhere(text)


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("client:=Curl", Exactly(Key.CLIENT, "Curl")),
        ('UA:="a \\"b\\" \\\\ *|="', Exactly(Key.UA, 'a "b" \\ *|=')),
        ("user:=a@b.c", Exactly(Key.USER, "a@b.c")),
        ("label:=Unknown", Exactly(Key.LABEL, None)),
        ('client:="unknown"', Exactly(Key.CLIENT, "unknown")),
        ("ip:=::ffff:10.2.0.7", Exactly(Key.IP, "::ffff:10.2.0.7")),
        ('ip:="unix socket"', Exactly(Key.IP, "unix socket")),
        ("id:=3FA9C01B77BE", IdPrefix("3fa9c01b77be")),
    ],
)
def test_an_equals_sign_asks_for_the_whole_value(text: str, test: Exactly | IdPrefix) -> None:
    assert only(text) == Word(test)
    assert only(f"-{text}") == Word(test, negated=True)


@pytest.mark.parametrize(
    ("text", "comparison", "seconds"),
    [
        (">7d", Comparison.MORE, 7 * DAY),
        (">=7d", Comparison.AT_LEAST, 7 * DAY),
        ("<24h", Comparison.LESS, DAY),
        ("<=1d12h", Comparison.AT_MOST, 1.5 * DAY),
        ("<=90m", Comparison.AT_MOST, 5400.0),
        ('"> 7d"', Comparison.MORE, 7 * DAY),
    ],
)
@pytest.mark.parametrize("span", SPANS)
def test_lengths_of_time_compare(
    span: Key, text: str, comparison: Comparison, seconds: float
) -> None:
    assert only(f"{span.value}:{text}").test == Lasts(span, comparison, seconds)


@pytest.mark.parametrize("span", SPANS)
def test_a_time_can_be_unknown(span: Key) -> None:
    assert only(f"-{span.value}:unknown") == Word(Exactly(span, None), negated=True)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-10-01", OCT_1, OCT_1 + DAY),
        (">2026-10-01", OCT_1 + DAY, None),
        (">=2026-10-01", OCT_1, None),
        ("<2026-10-01", None, OCT_1),
        ("<=2026-10-01", None, OCT_1 + DAY),
        (">2026-10-01T12:00", OCT_1 + DAY / 2 + 60, None),
        ("<2026-10-01T12:00:30Z", None, OCT_1 + DAY / 2 + 30),
        ("<2026-10-01t07:00:00+07:00", None, OCT_1),
        ('"<2026-10-01 12:00"', None, OCT_1 + DAY / 2),
    ],
)
def test_a_date_names_its_whole_day(text: str, since: float | None, until: float | None) -> None:
    assert only(f"created:{text}").test == CreatedBetween(since, until)


@pytest.mark.parametrize(
    ("text", "comparison"),
    [("today", None), ("<Today", Comparison.LESS), (">=today", Comparison.AT_LEAST)],
)
def test_a_day_may_be_named_by_the_clock(text: str, comparison: Comparison | None) -> None:
    assert only(f"created:{text}").test == CreatedOnDay(comparison, NamedDay.TODAY)


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_known(state: State) -> None:
    assert only(f"is:{state.value.upper()}").test == Is(state)


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("clint:curl", 0, "client"),
        ("curl usr:x", 5, "user"),
        ("-expire:7d", 1, "expires"),
        ("nto:x", 0, "not"),
        ("is:curent", 3, "is:current"),
        ("curl is:revokable", 8, "is:revocable"),
        ("is:expi", 3, "is:expiring or is:expired"),
        ("age>7d", 0, "age:>7d"),
        ("curl -client=GuzzleHttp", 6, "client:curl"),
        ("not:age<7d", 4, "age:"),
        ("expire>=7d", 0, "expires:"),
        ("age:=7d", 4, "age:>7d"),
        ("curl -created:=2026-10-01", 14, "created:2026-10-01"),
        ("is:=current", 3, "is:current"),
        ("client:==curl", 8, "client:="),
        ("client:=Guzzle*", 8, "matches any text"),
        ("id:=3fa9", 4, "id:3fa9c01b"),
        ("ip:=10.2", 4, "ip:10.2"),
        ("ip:=10.2.0.0/24", 4, "ip:10.2"),
        ("-ua:!=curl", 4, "ua:"),
        ("client:-curl", 7, "-client:"),
        ("-label:-cron", 7, "-label:"),
        ("(client:curl", 0, "Every word must match"),
        ("-(curl)", 1, "Every word must match"),
        ("((curl))", 0, "Every word must match"),
        ("client:(curl)", 7, "Every word must match"),
        ("client :curl", 7, "age:>7d"),
        ("-client:Guzzle*", 8, "matches any text"),
        ("-Guzzle*", 1, "matches any text"),
        ("-client:curl,wget", 8, "matches any text"),
        ("-curl|wget", 1, "matches any text"),
        ("age >7d", 4, "age:>7d"),
        ("!curl", 0, "-word"),
        ("curl OR wget", 5, "Every word must match"),
        ("curl and wget", 5, "Every word must match"),
        ("curl -| wget", 6, "Every word must match"),
        ("qqq:x", 0, ", ".join(KEYS)),
        # without a value
        ("age:>", 4, "age:>7d"),
        ("idle:", 0, "idle:>7d"),
        ("created:<=", 8, "created:>2026-10-01"),
        ("client:", 0, "client:curl"),
        ("client:=", 0, "client:curl"),
        ('client:""', 0, "client:curl"),
        ('user:=""', 0, "user:a@b.c"),
        ('""', 0, "put a word in"),
        ("-", 0, "without a space"),
        ("curl - x", 5, "without a space"),
        ("not: x", 0, "without a space"),
        # quotes
        ('"open', 0, "last word of the quote"),
        ('client:"open', 7, "last word of the quote"),
        ('"a"b', 3, "a space after the quote"),
        ('a"b c"', 1, "whole word in double quotes"),
        # values of another kind
        ("id:xyz", 3, "12 hex digits"),
        ("id:3fa9c01b77be0", 3, "12 hex digits"),
        ("age:7", 4, "lower case"),
        ("idle:soon", 5, "lower case"),
        ("age:>1M", 4, "lower case"),
        ("-expires:7D", 9, "lower case"),
        ("age:7d", 4, "age:>7d (created longer ago than 7d) or age:<7d (created within 7d)"),
        ("idle:24h", 5, "idle:>24h (not used for 24h) or idle:<24h (used within 24h)"),
        ("-expires:9m", 9, "expires:>9m (ends later than in 9m) or expires:<9m (ends within 9m)"),
        ("age:>2026-10-01", 4, "created:>2026-10-01"),
        ("created:>7d", 8, "age:>7d"),
        ("created:tomorrow", 8, "created:today"),
        ("created:2026-02-30", 8, "created:today"),
        ("created:2026-W40", 8, "created:today"),
        ("is:nothing", 3, "It can be current, marked"),
        ("ip:10.2.0.0/40", 3, "ip:10.2"),
    ],
)
def test_what_cannot_be_read_is_an_error_at_its_place_that_says_how_it_is_written(
    text: str, position: int, said: str
) -> None:
    error = refused(text)
    assert error.position == position
    assert said in error.hint
    assert f"at character {position + 1}" in error.message


@pytest.mark.parametrize(
    ("text", "what"), [("idle:", "a duration"), ("created:<=", "a date"), ("client:=", "a text")]
)
def test_a_key_without_a_value_says_what_it_needs(text: str, what: str) -> None:
    assert f"{text} needs {what}" in refused(text).message


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ('"age>7d"', Anywhere("age>7d")),
        ('"OR"', Anywhere("or")),
        ('-"a=b"', Anywhere("a=b")),
        ('client:"=curl"', InField(Key.CLIENT, "=curl")),
        ('client:"-curl"', InField(Key.CLIENT, "-curl")),
        ("ua:-", InField(Key.UA, "-")),
        ('"*/*"', Anywhere("*/*")),
        ('"(curl)"', Anywhere("(curl)")),
        ("(KHTML,", Anywhere("(khtml,")),
        ("ua:(KHTML,", InField(Key.UA, "(khtml,")),
        ("10.0=", Anywhere("10.0=")),
    ],
)
def test_in_quotes_an_operator_is_plain_text(text: str, test: Anywhere | InField) -> None:
    assert only(text).test == test


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("curl", "curl"),
        ("client:curl is:expi", "client:curl"),
        ("client:curl is:expi age:>7d", "client:curl age:>7d"),
        ('a clint:"b c" d', "a d"),
        ('a "b"c d', "a d"),
        ('a "b c', "a"),
        ('a -"b\\', "a"),
        ("is:expi", ""),
    ],
)
def test_the_words_that_can_be_read_are_known_beside_an_error(text: str, readable: str) -> None:
    query, error = parse_readable(text)
    assert query.words == parse(readable).words
    assert (error is None) == (text == readable)
    assert error is not None or query.text == text


def test_only_is_marked_asks_for_marks() -> None:
    assert parse("curl -is:marked").asks_for_marks
    assert not parse("marked is:new").asks_for_marks


def said(text: str) -> Query | FilterError:
    try:
        return parse(text)
    except FilterError as error:
        return error


_PIECES = st.sampled_from(
    [*("-", "not:", '"', " ", "=", "!", "OR ", "(", "~", "\\", ":", ">", "<=", "7d", "2026-10-01")]
    + [*("10.2", "/8", "::", "is:", "current", "x", "\ud800", "\x1b", "é")]
    + [f"{key}:" for key in KEYS]
)


@given(st.text() | st.lists(_PIECES, max_size=8).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_query_or_a_filter_error(text: str) -> None:
    match said(text):
        case Query() as query:
            assert query.text == text
        case error:
            assert 0 <= error.position < len(text)
            assert error.message.isprintable()
            assert error.hint.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        '"' + "\\a" * 100_000,
        "-" * 100_000,
        "a:" * 100_000,
        "q" * 100_000 + ":",
        "age:" * 9999,
        "age: " * 9999,
    ],
)
def test_a_very_long_filter_is_answered_shortly(text: str) -> None:
    answer = said(text)
    assert isinstance(answer, Query) or len(answer.message + answer.hint) < 400


@given(st.text(min_size=1).filter(str.strip), st.sampled_from([Key.CLIENT, Key.UA]))
@settings(max_examples=100, deadline=None)
def test_what_is_written_for_a_value_is_read_back_as_that_value(value: str, key: Key) -> None:
    assert only(written_exactly(key, value)).test == Exactly(key, value)
