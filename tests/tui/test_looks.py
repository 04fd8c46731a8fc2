"""Colours said in the fewest codes."""

import pytest

from qiscus_tui.tui.terminal.looks import PLAIN, Looks


def changed(before: str | None, wanted: str) -> str:
    looks = Looks()
    first = None if before is None else looks.after(PLAIN, before)
    after = looks.after(PLAIN, wanted)
    assert after is not None
    return looks.change(first, after)


@pytest.mark.parametrize(
    ("before", "wanted", "sent"),
    [
        ("31", "31", ""),
        ("38;5;253;48;5;17", "1;38;5;214;48;5;17", "\x1b[1;38;5;214m"),
        ("1;38;5;214;48;5;17", "38;5;214;48;5;17", "\x1b[22m"),
        ("1;2;31", "1;31", "\x1b[22;1m"),
        ("4;7;31", "31;44", "\x1b[0;31;44m"),
        ("53;31", "31", "\x1b[0;31m"),
        ("31", "0", "\x1b[0m"),
        ("1;31", "39;22", "\x1b[0m"),
        (None, "31", "\x1b[0;31m"),
        (None, "", "\x1b[0m"),
    ],
)
def test_only_what_changes_is_sent(before: str | None, wanted: str, sent: str) -> None:
    assert changed(before, wanted) == sent


@pytest.mark.parametrize("codes", ["38;5", "38;9;1", "1;48;2;3;4", "99"])
def test_a_code_that_is_not_known_is_not_guessed(codes: str) -> None:
    assert Looks().after(PLAIN, codes) is None


def test_the_same_look_is_the_same_object() -> None:
    looks = Looks()
    assert looks.after(PLAIN, "1;31") is looks.after(looks.after(PLAIN, "31") or PLAIN, "1")
