"""Colours said once: fewer bytes, the same screen."""

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.tui.terminal.sgr_filter import SgrFilter

KNOWN = ["0", "", "1", "3", "4", "7", "9", "1;4", "31", "92", "41", "104", "39", "49", "0;1;33"]
LONG = ["38;5;214", "48;5;17", "1;38;5;253;48;5;17", "38;2;1;2;3", "48;2;9;8;7"]
# Torn ones, and some that pyte understands and this does not: switching a single thing off.
OTHERS = ["38;5", "38;9;1", "22", "24", "27", "1;24;31"]
COLOUR = st.sampled_from([*KNOWN, *LONG, *OTHERS]).map("\x1b[{}m".format)
PLACE = st.builds("\x1b[{};{}H".format, st.integers(1, 6), st.integers(1, 20))
OTHER = st.sampled_from(
    ["\x1b[K", "\x1b[2J", "\x1b[1P", "\x1b[?2026h", "\x1b[?2026l", "\x1b[?7l", "\r\nx", "\x1b[2X"]
)
WORDS = st.text("ab 漢│", min_size=1, max_size=6)
TEXTUAL = st.builds("{}{}\x1b[0m".format, COLOUR, WORDS)
# Two lines of one picture; none ends on the last row, where a terminal would scroll.
LINES = st.builds(
    "\x1b[{};{}H{}\n{}{}".format, st.integers(1, 4), st.integers(1, 8), TEXTUAL, PLACE, TEXTUAL
)
WRITE = st.lists(st.one_of(TEXTUAL, LINES, COLOUR, PLACE, OTHER, WORDS), max_size=12).map("".join)


def screen_after(writes: list[str]) -> list[list[object]]:
    screen = pyte.Screen(20, 6)
    stream = pyte.Stream(screen)
    for text in writes:
        stream.feed(text)
    return [[screen.buffer[row][column] for column in range(20)] for row in range(6)]


@settings(max_examples=200, deadline=None)
@given(st.lists(WRITE, max_size=6))
def test_a_terminal_shows_the_same_screen(writes: list[str]) -> None:
    once = SgrFilter()
    thinned = [once.filter(text) for text in writes]
    # What is drawn next has the same colours, too.
    assert screen_after([*writes, "x"]) == screen_after([*thinned, once.filter("x")])


def test_pieces_of_one_colour_say_it_once() -> None:
    once = SgrFilter()
    piece = "\x1b[38;5;253;48;5;17mab\x1b[0m"
    assert once.filter(piece * 3) == "\x1b[0;38;5;253;48;5;17mababab"


def test_only_what_changes_is_said() -> None:
    once = SgrFilter()
    once.filter("\x1b[38;5;253;48;5;17ma\x1b[0m")
    assert once.filter("\x1b[1;38;5;214;48;5;17mb\x1b[0m") == "\x1b[1;38;5;214mb"


def test_the_next_write_of_the_same_colour_says_nothing() -> None:
    once = SgrFilter()
    once.filter("\x1b[31ma\x1b[0m")
    assert once.filter("\x1b[2;2H\x1b[31mb\x1b[0m") == "\x1b[2;2Hb"


def test_the_next_line_of_the_same_colour_says_its_place_alone() -> None:
    once = SgrFilter()
    once.filter("\x1b[31ma\x1b[0m")
    two_lines = "\x1b[1;1H\x1b[31mb\x1b[0m\n\x1b[2;1H\x1b[31mc\x1b[0m"
    assert once.filter(two_lines) == "\x1b[1;1Hb\x1b[2;1Hc"


def test_the_terminal_is_left_without_colour() -> None:
    once = SgrFilter()
    once.filter("\x1b[31ma\x1b[0m")
    assert once.filter("\x1b[?1049l") == "\x1b[0m\x1b[?1049l"


def test_what_is_not_understood_goes_through_as_it_is_until_a_reset() -> None:
    once = SgrFilter()
    once.filter("\x1b[31ma\x1b[0m")
    assert once.filter("\x1b[4:3mb\x1b[1mc") == "\x1b[0m\x1b[4:3mb\x1b[1mc"
    assert once.filter("\x1b[0md") == "\x1b[0md"
