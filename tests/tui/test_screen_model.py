"""A real terminal shows the same screen, for fewer bytes: cells that change, in few codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from qiscus_tui.tui.terminal.screen_model import PLAIN, ScreenModel, change, look_after

COLOURS = ("0", "1", "2", "3", "7", "9", "4;31", "92;41", "38;5;214", "1;38;5;253;48;5;17")
SEQUENCES = ("\x1b[?25l", "\x1b[?7l", "\x1b]52;c;eA==\x07", "\x1b[2J", "\x1b[3;3H\x1b[1K", "a\tb")
COLOURS_UNKNOWN = ("\x1b[4;2H\x1b[0;4:3mno\x1b[0m", "\x1b[2;2H\x1b[38;5mno\x1b[0m")
WORD = st.text("ab│é漢 ", min_size=1, max_size=6) | st.sampled_from(["    ", "e\u0301x", "●"])
PIECES = st.lists(st.tuples(st.sampled_from(COLOURS), WORD), max_size=4)
Pieces = Sequence[tuple[str, str]]
SIZES = ((24, 8), (11, 5), (30, 9))


@dataclass(frozen=True)
class Write:
    """Something that Textual or we write."""

    text: str = ""
    y: int = 0
    x: int = 0
    lines: Sequence[Pieces] = ()
    size: tuple[int, int] | None = None
    scrolled: int = 0
    """All is drawn again, so many rows further up."""
    is_lost: bool = False
    """The terminal has lost all that it showed."""
    is_sent: bool = True


WRITES = st.lists(
    st.builds(Write, st.sampled_from([*SEQUENCES, *COLOURS_UNKNOWN]))
    | st.builds(
        Write,
        y=st.integers(0, 8),
        x=st.integers(0, 20),
        lines=st.lists(PIECES, min_size=1, max_size=9),
        is_sent=st.booleans(),
    )
    | st.builds(Write, size=st.sampled_from(SIZES), lines=st.lists(PIECES, max_size=9))
    | st.builds(Write, is_lost=st.just(True))
    | st.builds(Write, scrolled=st.integers(-3, 3), y=st.integers(0, 3)),
    max_size=12,
)


def drawn(pieces: Pieces) -> str:
    """Pieces as Textual writes them: colours, text, reset."""
    return "".join(f"\x1b[{colour}m{text}\x1b[0m" for colour, text in pieces)


def fitted(pieces: Pieces, width: int) -> Pieces:
    """As many of the pieces as fit, and blanks up to the width."""
    ends = accumulate(cell_len(text) for _, text in pieces)
    kept = [piece for piece, end in zip(pieces, ends, strict=False) if end <= width]
    return [*kept, ("0", " " * (width - sum(cell_len(text) for _, text in kept)))]


def frame(x: int, y: int, lines: Sequence[Pieces], width: int) -> str:
    """Lines from one on, as Textual draws them."""
    placed = (
        f"\x1b[{at + 1};{x + 1}H{drawn(fitted(line, width))}" for at, line in enumerate(lines, y)
    )
    return "\n".join(placed) + "\x1b[1;1H"


class Emulator:
    """A terminal of which all is seen."""

    def __init__(self, size: tuple[int, int] = SIZES[0]) -> None:
        self.screen = pyte.Screen(*size)
        self.screen.reset_mode(7, private=True)
        self.stream = pyte.Stream(self.screen)
        self.sent = 0

    def feed(self, text: str) -> None:
        self.sent += len(text)
        self.stream.feed(text)

    @property
    def seen(self) -> list[list[object]]:
        """Each cell with what can be seen of it."""
        return [
            [self._seen(x, y) for x in range(self.screen.columns)] for y in range(self.screen.lines)
        ]

    def _seen(self, x: int, y: int) -> object:
        cell = self.screen.buffer[y][x]
        if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough):
            return cell.bg
        return cell

    def is_whole(self, x: int, y: int) -> bool:
        """Whether no wide character is cut there."""
        return x >= self.screen.columns or self.screen.buffer[y][x].data != ""


@settings(max_examples=100, deadline=None)
@given(WRITES)
def test_a_terminal_shows_the_same_screen(writes: list[Write]) -> None:
    model, full, saved = ScreenModel(), Emulator(), Emulator()
    model.clear(*SIZES[0])
    whole: list[Pieces] = [[("31", f"row {number}")] for number in range(9)]

    def write(text: str, *, is_sent: bool = True) -> None:
        full.feed(text)
        saved.feed(model.draw(text))
        if is_sent:
            saved.feed(model.frame())

    for one in writes:
        width, height = full.screen.columns, full.screen.lines
        if one.size is not None:
            width, height = one.size
            for emulator in (full, saved):
                emulator.screen.resize(height, width)
            model.clear(width, height)
        if one.scrolled:
            whole = [*whole[one.scrolled :], *whole[: one.scrolled]]
            rows = [*whole[: height - one.y]]
            write(frame(0, one.y, rows, width), is_sent=one.is_sent)
            continue
        if one.is_lost:
            saved.feed("\x1b[H\x1b[2J")
            model.forget()
            saved.feed(model.frame())
            continue
        if one.text:
            write(one.text)
        if one.size or one.text:  # an own write: all is drawn again
            lines = [*one.lines, *[()] * height][:height]
            write(frame(0, 0, lines, width))
            continue
        x, y = min(one.x, width - 1), min(one.y, height - 1)
        lines = one.lines[: height - y]
        if all(full.is_whole(x, at) for at in range(y, y + len(lines))):
            write(frame(x, y, lines, width - x), is_sent=one.is_sent)
    saved.feed(model.frame())
    assert saved.seen == full.seen
    assert (saved.screen.cursor.x, saved.screen.cursor.y) == (
        full.screen.cursor.x,
        full.screen.cursor.y,
    )


def test_what_is_shown_already_is_not_sent_again() -> None:
    model = ScreenModel()
    text = frame(0, 0, [[("38;5;253;48;5;17", "ab")]] * 3, 24)
    assert model.draw(text) == ""
    assert model.frame()
    model.draw(text)
    assert model.frame() == ""


def test_of_a_line_only_the_cells_that_change_are_sent() -> None:
    model = ScreenModel()
    model.draw(frame(0, 0, [[("31", "00:05:59 and the rest")]], 24))
    model.frame()
    model.draw(frame(0, 0, [[("31", "00:05:58 and the rest")]], 24))
    assert model.frame() == "\x1b[7C8\r"
    model.draw(frame(0, 0, [[("31", "00:06:48 and the rest")]], 24))
    assert model.frame() == "00:06:4\r"  # what is between them is as short as a jump


def test_other_sequences_pass_at_once() -> None:
    model = ScreenModel()
    assert model.draw("\x1b[?25l\x1b]52;c;eA==\x07") == "\x1b[?25l\x1b]52;c;eA==\x07"
    assert model.draw("\x1b[2J") == "\x1b[0m\x1b[2J"


def test_what_is_beyond_the_last_row_is_not_drawn() -> None:
    model = ScreenModel()
    model.clear(24, 2)
    model.draw(frame(0, 2, [[("31", "below")]], 24))
    assert model.frame() == "\x1b[H"


def listed(first: int, *, rows: int = 20) -> str:
    """A list between two lines that stay, scrolled so far; the cursor is on its last row."""
    lines: list[Pieces] = [
        [
            ("31", f"{number * 2654435761 % 2**32:010} {number**7 % 2**32:010}"),
            ("7" if number == first + rows - 1 else "0", "x"),
        ]
        for number in range(first, first + rows)
    ]
    rule = [("31", "-" * 24)]
    return frame(0, 0, [rule, *lines, rule], 24)


@pytest.mark.parametrize("by", [1, -1, 3, -3])
def test_a_list_that_moves_is_scrolled_by_the_terminal(by: int) -> None:
    full, saved, model = Emulator((24, 22)), Emulator((24, 22)), ScreenModel()
    model.clear(24, 22)
    for first in (50, 50 + by, 50 + 2 * by):
        before = saved.sent
        full.feed(listed(first))
        saved.feed(model.draw(listed(first)) + model.frame())
        assert saved.seen == full.seen
    assert saved.sent - before < 80 + 30 * abs(by)
    assert saved.screen.margins is None


def test_a_line_above_a_list_that_scrolled_is_drawn_at_its_own_place() -> None:
    """Some terminals leave the cursor where it is when the margins are taken back."""
    full, saved, model = Emulator((24, 22)), Emulator((24, 22)), ScreenModel()
    model.clear(24, 22)
    for first, clock in (50, "live, 4 s ago"), (53, "live, 5 s ago"):
        text = listed(first) + frame(0, 0, [[("31", clock)]], 13)
        sent = model.draw(text) + model.frame()
        full.feed(text)
        saved.feed(sent)
    assert "\x1b[3M" in sent
    assert saved.seen == full.seen


# How a cell looks


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
        ("1;31", "39", "\x1b[0m"),
        (None, "31", "\x1b[0;31m"),
        (None, "", "\x1b[0m"),
    ],
)
def test_only_what_changes_is_sent(before: str | None, wanted: str, sent: str) -> None:
    looks = [None if codes is None else look_after(PLAIN, codes) for codes in (before, wanted)]
    assert looks[1] is not None
    assert change(looks[0], looks[1]) == sent


@pytest.mark.parametrize("codes", ["38;5", "38;9;1", "1;48;2;3;4", "99"])
def test_a_code_that_is_not_known_is_not_guessed(codes: str) -> None:
    assert look_after(PLAIN, codes) is None
