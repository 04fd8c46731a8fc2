"""What a word of the filter can become."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qiscus_tui.query.parsing import parse
from qiscus_tui.query.terms import KEYS, Key
from qiscus_tui.query.writing import completion

SEEN = {
    Key.CLIENT: ["GuzzleHttp", "curl", "Chrome · Windows", 'a "b"', "-x"],
    Key.IP: ["10.2.0.0/24", "203.0.113.0/24", "unknown"],
}


def words(text: str, cursor: int | None = None) -> list[str]:
    """Return what the whole filter becomes, for each word that is offered."""
    at = len(text) if cursor is None else cursor
    found = completion(text, at, lambda key: SEEN.get(key, []))
    return [text[: found.start] + word + text[found.end :] for word in found.words]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", [f"{key}:" for key in KEYS]),
        ("cl", ["client:"]),
        ("curl ex", ["curl expires:"]),
        ("-cl", ["-client:"]),
        ("not:cl", ["not:client:"]),
        ("is:exp", ["is:expiring", "is:expired"]),
        ("IS:undat", ["IS:undated"]),
        ("created:", ["created:today", "created:yesterday"]),
        ("idle:u", ["idle:unknown"]),
        ("client:c", ["client:curl", 'client:"Chrome · Windows"']),
        ("client:=gu", ["client:=GuzzleHttp"]),
        ("client:win", ['client:"Chrome · Windows"']),
        ('client:"chrome · w', ['client:"Chrome · Windows"']),
        ("client:a", ['client:"a \\"b\\""']),
        ("ip:203", ["ip:203.0.113.0/24"]),
        ("client:curl", []),
        ("clint:x", []),
        ("id:3f", []),
        ("nothing", []),
    ],
)
def test_a_word_goes_on_with_keys_states_and_values_of_the_list(
    text: str, offered: list[str]
) -> None:
    assert words(text) == offered


def test_only_the_word_before_the_cursor_changes() -> None:
    assert words("is:cur age:>7d", 6) == ["is:current age:>7d"]


@given(st.sampled_from(["client:", "-client:=", "not:label:"]), st.text(max_size=12))
def test_whatever_a_value_is_what_is_offered_for_it_can_be_read(key: str, value: str) -> None:
    assume(value.strip())
    for word in completion(key, len(key), lambda _key: [value]).words:
        assert parse(word).words
