"""What a misspelt word was probably meant to be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.model.text import edit_distance, similar


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("", "", 0),
        ("", "ab", 2),
        ("nto", "not", 1),
        ("sever", "server", 1),
        ("kitten", "sitting", 3),
    ],
)
def test_letters_are_added_dropped_replaced_and_swapped(a: str, b: str, distance: int) -> None:
    assert edit_distance(a, b) == edit_distance(b, a) == distance


NAMES = ("expiring", "expired", "current", "new")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("expi", ("expiring", "expired")),
        ("expirin", ("expiring",)),
        ("expirring", ("expiring",)),
        ("Curent", ("current",)),
        ("nwe", ("new",)),
        ("qqq", ()),
        ("", ()),
    ],
)
def test_a_word_that_was_begun_or_misspelt_is_found(word: str, found: tuple[str, ...]) -> None:
    assert similar(word, NAMES) == found


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_what_is_found_is_always_one_of_the_names(word: str) -> None:
    assert set(similar(word, NAMES)) <= set(NAMES)
