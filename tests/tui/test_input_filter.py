"""What is typed goes on; what the terminal says by itself does not, however it arrives."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual import events

from qiscus_tui.tui.terminal.input_filter import (
    ESCAPE_DELAY,
    ESCAPE_KEY,
    OWED_ESCAPE_DELAY,
    REPORT_TIMEOUT,
    TORN_TIMEOUT,
    UNENDED_TIMEOUT,
    CellParser,
    InputFilter,
)
from tests.clocks import ManualClock

KEYS = (
    *("y", "\r", "\x7f", "é", "漢", " ", "\x1b[A", "\x1b[5~", "\x1b[1;5C", "\x1bOP", "\x1b[[A"),
    *("\x1bj", "\x1b[121u", "\x1b[57414;2u", "\x1b[I", "\x1b[O", "\x1b[<0;5;7M", "\x1b[<35;1;1m"),
)
WANTED_REPLIES = ("\x1b[?2026;2$y", "\x1b[?2048;0$y", "\x1b[48;24;80;384;640t", "\x1b[1;1R")
REPLIES = (
    *("\x1b[?62;22;52c", "\x1b[>41;390;0c", "\x1b[?0u", "\x1b[0n", "\x1b[8;24;80t", "\x1b[?1;2S"),
    *("\x1bP>|XTerm(390)\x1b\\", "\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\", "\x1b]10;rgb:0/0/0\x07"),
    *("\x1b_Gi=1;OK\x1b\\", "\x1b[4;384;640t", "\x1b[4;2$y"),
)
UNKNOWN = ("\x1b[1;2X", "\x1b[99z", "\x1bOz", "\x1b[120;1:3u", "\x1b[9999999999u", "\x1b[M x!")
PASTE = "\x1b[200~y\r \tq\n\x1b[201~"
ARRIVING = [*KEYS, *REPLIES, *WANTED_REPLIES, *UNKNOWN, PASTE]


class Typed(InputFilter):
    def __init__(self, owed: int = 0) -> None:
        self.clock = ManualClock()
        super().__init__(self.clock.monotonic, owed=lambda: owed)


@pytest.fixture
def typed() -> Typed:
    return Typed()


@pytest.mark.parametrize("reply", [*REPLIES, *WANTED_REPLIES])
def test_a_torn_reply_is_put_together_or_dropped_whole(typed: Typed, reply: str) -> None:
    for cut in range(2, len(reply)):
        given = typed.filter(reply[:cut])
        typed.clock.advance(TORN_TIMEOUT - 0.1)
        assert not typed.escape_pressed()
        given += typed.filter(reply[cut:] + "k")
        assert given == ("k" if reply in REPLIES else reply + "k"), cut


@pytest.mark.parametrize("reply", [*REPLIES, *WANTED_REPLIES])
def test_torn_behind_its_first_byte_it_is_no_more_than_escape(typed: Typed, reply: str) -> None:
    assert typed.filter(reply[0]) == ""
    typed.clock.advance(0.5)
    if reply[1] != "_":
        assert typed.escape_pressed()
        assert typed.filter(reply[1:]) in {"", reply}


def test_of_a_paste_only_its_text_goes_on(typed: Typed) -> None:
    assert typed.filter("\x1b[200~a\x1b[Aq\x1b]52;c;x\x07\x9b?c\x7f") == "\x1b[200~a[Aq]52;c;x?c"
    assert typed.filter("\x1b[2") == ""
    assert typed.filter("J\x1b[201~q") == "[2J\x1b[201~q"


def test_a_reply_that_never_ends_takes_no_room_and_is_forgotten(typed: Typed) -> None:
    typed.filter("\x1b]52;c;")
    for _ in range(20):
        assert typed.filter("y" * 1000) == ""
    assert typed.filter("\x07q") == "q"
    typed.filter("\x1b[?2026")
    typed.clock.advance(REPORT_TIMEOUT + 0.1)
    assert typed.filter("y") == "y"


def test_escape_is_told_from_the_beginning_of_a_sequence_by_time(typed: Typed) -> None:
    assert typed.filter("a\x1b") == "a"
    assert typed.escape_due_in == pytest.approx(ESCAPE_DELAY)
    assert not typed.escape_pressed()
    typed.clock.advance(ESCAPE_DELAY)
    assert typed.escape_pressed()
    assert not typed.escape_pressed()
    assert typed.escape_due_in is None
    typed.clock.advance(REPORT_TIMEOUT)
    assert typed.filter("[") == "["  # by hand


def test_the_first_byte_of_an_answer_on_its_way_is_no_escape() -> None:
    typed = Typed(owed=1)
    assert typed.filter("\x1b") == ""
    typed.clock.advance(OWED_ESCAPE_DELAY - 0.1)
    assert not typed.escape_pressed()
    assert typed.filter("[0nj") == "j"
    assert typed.filter("\x1b") == ""
    assert typed.filter("\x1b[0nj") == f"{ESCAPE_KEY}j"
    assert typed.filter("\x1b") == ""
    typed.clock.advance(OWED_ESCAPE_DELAY)
    assert typed.escape_pressed()


def test_what_is_typed_behind_a_sequence_that_breaks_off_is_typed(typed: Typed) -> None:
    assert typed.filter("\x1b[?20\r") == "\r"
    assert typed.filter("\x1b[?20\x1b[A") == "\x1b[A"
    assert typed.filter("\x1b]11;rgb\x1b[Ax") == "\x1b[Ax"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(ARRIVING), max_size=8), st.lists(st.integers(0, 200), max_size=8))
@example(ARRIVING, [])
def test_wherever_it_is_cut_only_what_was_typed_goes_on(pieces: list[str], cuts: list[int]) -> None:
    typed = Typed()
    text = "".join(pieces)
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    given_on = ""
    for begin, end in pairwise(places):
        given_on += typed.filter(text[begin:end])
    assert given_on == "".join(piece for piece in pieces if piece not in (*REPLIES, *UNKNOWN))


NESTED = (
    *("\x1b[200~a\x1b[200~b\r\x1b[201~y\r\x1b[201~", "\x1b[200~\x1b[200~\x1b[201~\x1b[201~"),
    "\x1b[200~x\x1b[200~y\r\x1b[200~q\r\x1b[201~\r\x1b[201~\x1b[201~",
)
ATTRIBUTES = ("\x1b[?62;22;52c", "\x1b[>41;390;0c", "\x1b[?2026;2$y", "\x1b[?1;2c", "\x1b[>0;95;0c")
ESCAPE = "\x1b"
PAUSES = (0.0, 0.05, 0.5, 2.0, 10.0)


def keys_of(parser: CellParser, text: str) -> list[str]:
    """The keys that Textual makes of what passed."""
    fed = parser.feed(text) if text else ()
    return [event.key for event in fed if isinstance(event, events.Key)]


@st.composite
def torn(draw: st.DrawFn, piece: str) -> list[tuple[str, float]]:
    """The piece as it arrives: what comes in one read, and the seconds until the next."""
    cuts = draw(st.sets(st.integers(1, len(piece) - 1), max_size=3)) if len(piece) > 1 else set()
    parts = [piece[begin:end] for begin, end in pairwise(sorted({0, len(piece), *cuts}))]
    # A paste whose end is missing is over after some seconds.
    pauses = st.sampled_from(PAUSES[:-1] if piece in NESTED else PAUSES)
    return [(part, draw(pauses)) for part in parts[:-1]] + [(parts[-1], 0.3)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["y", "k", "?", *ATTRIBUTES, *NESTED]).flatmap(torn), max_size=6))
def test_no_key_comes_out_that_was_not_typed(pieces: list[list[tuple[str, float]]]) -> None:
    filtered, parser = Typed(), CellParser()
    typed, keys = list[str](), list[str]()
    for reads in pieces:
        if len(reads) == 1 and len(reads[0][0]) == 1:
            typed += keys_of(CellParser(), reads[0][0])
        for read, pause in reads:
            keys += keys_of(parser, filtered.filter(read))
            filtered.clock.advance(pause)
            # Torn behind its first byte, that is Escape, as far as anyone can know.
            assert not filtered.escape_pressed() or read == ESCAPE
    assert keys == typed


@pytest.mark.parametrize(
    ("arrived", "passes"),
    [
        # The end of the paste stands in its text: the last one of what came together counts.
        ("\x1b[200~a\x1b[201~\ry\x1b[201~", "\x1b[200~a\ry\x1b[201~"),
        ("\x1b[201~", ""),
        (f"{PASTE}{PASTE}", f"{PASTE}{PASTE}"),
    ],
)
def test_where_a_paste_ends(typed: Typed, arrived: str, passes: str) -> None:
    assert typed.filter(arrived) == passes


def test_a_paste_whose_last_end_never_comes_is_over_after_a_while(typed: Typed) -> None:
    assert typed.filter("\x1b[200~a\x1b[200~b\x1b[201~") == "\x1b[200~ab"
    assert typed.filter("c") == "c"
    typed.clock.advance(TORN_TIMEOUT + 0.1)
    assert typed.filter("j") == "\x1b[201~j"


@pytest.mark.parametrize("key", ["j", "\x03", "\x1b[B", "\x1b[<35;5;7M"])
def test_keys_that_are_typed_do_not_keep_a_paste_open(typed: Typed, key: str) -> None:
    typed.filter("\x1b[200~a\x1b[200~b\x1b[201~")
    passed = list[str]()
    for _ in range(int(UNENDED_TIMEOUT) + 2):
        typed.clock.advance(1)
        passed.append(typed.filter(key))
    assert f"\x1b[201~{key}" in passed
    assert passed[-1] == key


def test_a_paste_that_still_arrives_is_open(typed: Typed) -> None:
    typed.filter("\x1b[200~a\x1b[200~b\x1b[201~")
    for _ in range(3 * int(UNENDED_TIMEOUT)):
        typed.clock.advance(1)
        assert typed.filter("y\r y") == "y\r y"
    assert typed.filter("z\x1b[201~") == "z\x1b[201~"
