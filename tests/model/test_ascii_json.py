"""JSON for scripts: ASCII, and what every reader of JSON takes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.model.ascii_json import ascii_json

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("plain", "plain"),
        ("\x1b\x9b\x00", "\x1b\x9b\x00"),
        ("👍", "👍"),
        ("\ud83d", "\ufffd"),
        ("a\udcffb\udc00", "a\ufffdb\ufffd"),
        ("\ud83d👍\udc4d", "\ufffd👍\ufffd"),
        ("\\ud83d", "\\ud83d"),
        ("\\\ud83d", "\\\ufffd"),
        ('"\ud83d"', '"\ufffd"'),
    ],
)
def test_only_what_is_no_character_is_replaced(text: str, read: str) -> None:
    assert json.loads(ascii_json({"a": [text], text: 1})) == {"a": [read], read: 1}


@given(st.recursive(ANY_TEXT | st.none() | st.integers(), st.lists))
def test_any_value_is_ascii_and_holds_no_lone_surrogate(value: object) -> None:
    text = ascii_json(value)
    assert text.isascii()
    json.dumps(json.loads(text), ensure_ascii=False).encode()  # which no lone surrogate survives
