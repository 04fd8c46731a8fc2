"""How far long work is, and how long it takes still."""

import pytest

from qiscus_tui.model.progress import Pace, pace_words, read_words
from tests.clocks import ManualClock


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
