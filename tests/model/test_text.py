"""No text of a stranger moves the cursor, hides, reorders or bloats."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qiscus_tui.model.text import LIMIT, safe, similar

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
TRICKS = "\x00\x1b\x7f\x85\x9b\u200b\u202e\u2066\u2028\ufeff\ufe0f\u3164\u0301\ud800\n a"
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=())) | st.text(
    st.sampled_from(TRICKS)
)


@given(ANY_TEXT)
@example("\ud800")
def test_any_text_becomes_printable(text: str) -> None:
    shown = safe(text)
    assert shown.isprintable()
    assert not {unicodedata.category(character) for character in shown} & HIDDEN
    shown.encode()


@given(ANY_TEXT, st.integers(1, 50))
@example("\U000e0100" * 100, 10)
def test_any_text_has_a_bounded_length(text: str, limit: int) -> None:
    shown = safe(text, limit)
    assert len(shown.partition("… [")[0]) <= limit or len(shown) <= limit
    assert len(shown) <= limit + len(f"… [{len(text):,} characters]")


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=LIMIT))
def test_plain_text_stays_the_same_object(text: str) -> None:
    assert safe(text) is text


@pytest.mark.parametrize("text", ["Zoë", "日本語", "Ünïcödé", "नमस्ते", "👍", "ภาษาไทย", "e\u0301"])
def test_other_scripts_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("a\r\nb\tc\0", "a␍␊b␉c␀"),
        ("\x7f", "␡"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egpj", "\\u202egpj"),
        ("a\u200bb", "a\\u200bb"),
        ("\ud83d", "\ufffd"),
        ("\U000e0041", "\\U000e0041"),
        ("a\u00a0b", "a b"),
        ("\u3164", "\\u3164"),
        ("a\ufe0f", "a\\ufe0f"),
        ("\U0001d159", "\\U0001d159"),
        ("e\u0301\u0302\u0303", "e\u0301\u0302\\u0303"),  # more than two marks in a row
    ],
)
def test_what_would_not_show_has_a_visible_stand_in(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_what_was_cut_is_said() -> None:
    assert safe("a" * 1234, 10) == "aaaaaaaaaa… [1,234 characters]"
    assert safe("\u200b" * 4, 10) == "\\u200b\\u20… [4 characters]"


# What a misspelt word was probably meant to be


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
