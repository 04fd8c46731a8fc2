"""Spans of time, read and written; how far long work is, and how long it takes still."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.errors import UsageError
from qiscus_tui.model.clock import (
    DAY,
    HOUR,
    MINUTE,
    Pace,
    ago,
    countdown,
    pace_words,
    parse_duration,
    read_words,
)
from tests.clocks import ManualClock


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m", 90 * MINUTE),
        ("24h", DAY),
        ("7d", 7 * DAY),
        ("2w", 14 * DAY),
        ("30s", 30),
        ("1d12h", 36 * HOUR),
        (" 7d ", 7 * DAY),
        ("0s", 0),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "7", "d", "7 d", "-7d", "1.5h", "7d!", "1e3s", "7y", "٣d"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_duration(text)


@pytest.mark.parametrize("text", ["1M", "7D", "1d12H", "90S", "2W"])
def test_a_unit_in_capitals_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_duration(text)
    assert text in refused.value.message
    assert "lower case" in refused.value.hint
    assert "15m (minutes)" in refused.value.hint


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_duration_or_a_usage_error_of_one_safe_line(text: str) -> None:
    try:
        seconds = parse_duration(text)
    except UsageError as error:
        message = error.message
    else:
        message = str(seconds)
        assert seconds >= 0
    assert message.isprintable()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (29 * DAY + 4 * HOUR + 11 * MINUTE + 9, "29d 04:11"),
        (DAY, "1d 00:00"),
        (DAY - 0.5, "1d 00:00"),
        (DAY - 1, "23:59:59"),
        (5 * HOUR + 59 * MINUTE + 58, "05:59:58"),
        (41, "00:00:41"),
        (0.2, "00:00:01"),
        (0, "expired"),
        (-5, "expired"),
    ],
)
def test_a_countdown_shows_minutes_beyond_a_day_and_seconds_within(
    seconds: float, shown: str
) -> None:
    assert countdown(seconds) == shown


def test_a_countdown_to_the_second_shows_them_always() -> None:
    left = 29 * DAY + 4 * HOUR + 11 * MINUTE + 9
    assert countdown(left, to_the_second=True) == "29d 04:11:09"
    assert countdown(41, to_the_second=True) == "00:00:41"


@given(st.floats(1, 30 * DAY))
@settings(max_examples=100, deadline=None)
def test_a_countdown_of_a_token_fits_its_column(seconds: float) -> None:
    assert len(countdown(seconds)) <= len("29d 04:11")
    assert len(countdown(seconds, to_the_second=True)) <= len("29d 04:11:09")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-3, "now"),
        (4.9, "now"),
        (41, "41 s ago"),
        (12 * MINUTE, "12 min ago"),
        (3 * HOUR, "3 h ago"),
        (9 * DAY, "9 d ago"),
    ],
)
def test_the_past_is_told_in_one_unit(seconds: float, shown: str) -> None:
    assert ago(seconds) == shown


@pytest.mark.parametrize(
    ("received", "total", "rate", "words"),
    [
        (3_100_000, None, None, "3.1 MB so far"),
        (3_100_000, 0, 9_800_000, "3.1 MB so far, 9.8 MB/s"),
        (3_100_000, 27_000_000, None, "3.1 of 27.0 MB"),
        (3_100_000, 27_000_000, 9_800_000, "3.1 of 27.0 MB, 9.8 MB/s, 3 s left"),
        (27_000_001, 27_000_000, 9_800_000, "27.0 of 27.0 MB, 9.8 MB/s"),
    ],
)
def test_what_is_read(received: int, total: int | None, rate: float | None, words: str) -> None:
    assert read_words(received, total, rate) == words


@pytest.mark.parametrize(
    ("done", "pace", "words"),
    [
        (10, None, []),
        (10, 0.0, []),
        (1000, 350.0, []),
        (10, 350.0, ["350 a second", "about 3 s left"]),
        (10, 4.0, ["4 a second", "about 4 min 8 s left"]),
    ],
)
def test_what_is_answered(done: int, pace: float | None, words: list[str]) -> None:
    assert [*pace_words(done, 1000, pace)] == words


def test_the_pace_is_known_after_a_second_and_counts_from_the_first(clock: ManualClock) -> None:
    pace = Pace(clock.now)
    assert pace.at(100) is None
    clock.advance(0.5)
    assert pace.at(200) is None
    clock.advance(1.5)
    assert pace.at(300) == 100
