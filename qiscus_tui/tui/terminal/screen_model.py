"""A model of the terminal's screen: only cells that change are sent.

Textual draws whole widgets again, and whole screens where one opens or closes. Over a slow line
that is most of what it writes. Here each write is drawn on a screen in memory, and the terminal
gets what differs from the one that it shows.

Textual's frames are made of cursor positions, colours and text. Any other sequence passes as it
is; behind one that may draw, nothing is known of the terminal any more.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from operator import ne

from msgspec import Struct, field
from msgspec.structs import replace
from rich.cells import split_graphemes

_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<colours>[\d;]*)m"
    r"|\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    # Between two lines of one frame, where the second sets its position itself.
    r"|(?P<break>\r?\n(?=\x1b\[\d+;\d+H))"
    r"|\x1b\[\?2026(?P<sync>[hl])"
    r"|(?P<neutral>"
    r"\x1b\[\?(?:7|25|100\d|101\d|2004|2031|2048)[hl]"  # long lines, the cursor, what is reported
    r"|\x1b\[[<>=?]?[\d;]*(?:[cnqu]|\$p)"  # queries, kitty's keyboard
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP(?:[^\x1b]|\x1b[^\\])*\x1b\\"  # the clipboard
    r")"
)

_SYNC_BEGINS, _SYNC_ENDS = "\x1b[?2026h", "\x1b[?2026l"
_LARGE = 256
"""Characters from which on a frame is to be shown at once, where the terminal can do so."""
_FEWEST_MOVED, _LEAST_SAVED = 3, 40
"""Rows, and their cells, from which on it is worth to have the terminal scroll."""

_SHORT_GAP = 4
"""Cells that are sent again rather than jumped over: a jump takes as many characters."""

# How a cell looks: the codes of terminals (SGR).
_FLAGS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 51, 52, 53})
_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 7: 27, 9: 29}
"""How one flag goes without a reset; for the others not every terminal knows a way."""
_UNSEEN_ON_BLANKS = frozenset({1, 2, 3, 8})
_FOREGROUND = frozenset({*range(30, 38), 39, *range(90, 98)})
_BACKGROUND = frozenset({*range(40, 48), 49, *range(100, 108)})
_COLOUR_SIZES = {5: 2, 2: 4}


class Look(Struct, frozen=True):
    """Colours and flags, in the codes that set them."""

    foreground: str = "39"
    background: str = "49"
    flags: frozenset[int] = frozenset()


PLAIN = Look()


class _Row(Struct):
    """Cells: their characters and looks. None: unknown; "": the right half of a wide one."""

    characters: list[str | None] = field(default_factory=list[str | None])
    looks: list[Look | None] = field(default_factory=list[Look | None])

    def widen(self, width: int) -> None:
        missing = width - len(self.characters)
        if missing > 0:
            self.characters += [None] * missing
            self.looks += [None] * missing

    def put(self, x: int, characters: list[str], looks: list[Look]) -> None:
        end = x + len(characters)
        self.widen(end)
        if x and self.characters[x] == "":
            self.characters[x - 1] = None  # half of a wide one is drawn over
        if end < len(self.characters) and self.characters[end] == "":
            self.characters[end] = None
        self.characters[x:end] = characters
        self.looks[x:end] = looks

    @property
    def text(self) -> str:
        return "".join(character or "" for character in self.characters)

    def is_whole(self, width: int) -> bool:
        """Return whether each cell is known."""
        return len(self.characters) == width and None not in self.characters

    def differing(self, other: _Row | None) -> int:
        """Return how many characters and looks another row lacks."""
        if other is None:
            return 2 * len(self.looks)
        differs = map(ne, self.characters + self.looks, other.characters + other.looks)
        return sum(differs)

    def copy(self) -> _Row:
        return _Row(self.characters[:], self.looks[:])


class ScreenModel:
    """What the terminal shows, and what it is to show."""

    def __init__(self) -> None:
        self._size = (1_000, 1_000)
        """Columns and rows; what is drawn beyond them would come to the last ones."""
        self._wanted: dict[int, _Row] = {}
        self._shown: dict[int, _Row] = {}
        self._touched: set[int] = set()
        """Rows that may differ."""
        self._place: tuple[int, int] | None = None
        """Column and row of the cursor, as wanted; None: where it is."""
        self._column = self._row = -1
        """Of the terminal's cursor; -1: unknown."""
        self._sent: Look | None = None
        """The terminal's colours; None: unknown."""
        self._syncs = False

    def forget(self) -> None:
        """Send all that is wanted again: nothing is known of the terminal."""
        self._shown.clear()
        self._touched = set(self._wanted)
        self._column = self._row = -1
        self._sent = None

    def clear(self, width: int, height: int) -> None:
        """Forget what is wanted, too, on a screen of this size: Textual draws it all again."""
        self._size = (width, height)
        self._wanted.clear()
        self.forget()

    def draw(self, text: str) -> str:
        """Draw a write of Textual; return what is to be sent at once.

        A write begins and ends without colours, and tears no sequence.
        """
        look, at_once, end = PLAIN, list[str](), 0
        for found in _TOKEN.finditer(text):
            kind = found.lastgroup
            begin, stop = found.span()
            if begin != end:
                break  # another sequence is between them
            if kind == "text":
                if self._place is None:
                    break  # wherever that left the cursor
                self._put(*self._place, found[0], look)
            elif kind == "colours":
                after = look_after(look, found["colours"])
                if after is None:
                    break
                look = after
            elif kind == "column":
                self._place = (int(found["column"]) - 1, int(found["row"]) - 1)
            elif kind == "sync":
                self._syncs = True
            elif kind == "neutral":
                at_once.append(found[0])
            end = stop
        if end < len(text):
            at_once += [self.frame(), change(self._sent, look), text[end:]]
            self.clear(*self._size)
            self._place = None
        return "".join(at_once)

    def _put(self, x: int, y: int, text: str, look: Look) -> None:
        width, height = self._size
        characters = [*text] if text.isascii() else [*_cells(text)]
        blank = on_blank(look)
        if blank is look or " " not in text:
            looks = [look] * len(characters)
        else:
            looks = [blank if character == " " else look for character in characters]
        self._place = (x + len(characters), y)
        if y < height and x < width:
            if y not in self._wanted:
                self._wanted[y] = _Row()
            if self._place[0] > width:
                characters, looks = characters[: width - x], looks[: width - x]
            self._wanted[y].put(x, characters, looks)
            self._touched.add(y)

    def frame(self) -> str:
        """Return what has the terminal show what is wanted."""
        changed = sorted(y for y in self._touched if self._wanted[y] != self._shown.get(y))
        parts = [self._scroll(changed)]
        for y in changed:
            wanted, shown = self._wanted[y], self._shown.get(y)
            if wanted != shown:
                self._draw_row(parts, y, wanted, shown or _Row())
                self._shown[y] = wanted.copy()
        self._touched.clear()
        if self._place is not None:
            parts.append(self._move(*self._place))
        frame = "".join(parts)
        return (
            f"{_SYNC_BEGINS}{frame}{_SYNC_ENDS}" if self._syncs and len(frame) > _LARGE else frame
        )

    def _scroll(self, changed: list[int]) -> str:
        """Return what scrolls rows that only moved, where that saves cells."""
        if len(changed) < _FEWEST_MOVED:
            return ""
        near = range(changed[0], changed[-1] + 1)
        places = {self._shown[y].text: y for y in near if y in self._shown}
        found = ((y, places.get(self._wanted[y].text, y) - y) for y in changed)
        moves = {y: move for y, move in found if move}
        if len(moves) < _FEWEST_MOVED:
            return ""
        by, _ = Counter(moves.values()).most_common(1)[0]
        moved = [y for y, move in moves.items() if move == by]
        top, bottom = min(moved[0], moved[0] + by), max(moved[-1], moved[-1] + by)
        rows = range(top, bottom + 1)
        here = [screen.get(y, _Row()) for screen in (self._wanted, self._shown) for y in rows]
        if not all(row.is_whole(self._size[0]) for row in here):
            return ""
        shifted = {y: self._shown[y + by] for y in rows if y + by in rows}
        saved = sum(
            self._wanted[y].differing(self._shown[y]) - self._wanted[y].differing(shifted.get(y))
            for y in rows
        )
        if saved < _LEAST_SAVED:
            return ""
        for y in rows:
            self._shown.pop(y)
        self._shown |= shifted
        changed[:] = sorted({*changed, *rows})
        self._column = self._row = -1  # not every terminal goes home when margins are taken back
        lines = f"{by}M" if by > 0 else f"{-by}L"
        return f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H\x1b[{lines}\x1b[r"

    def _draw_row(self, parts: list[str], y: int, wanted: _Row, shown: _Row) -> None:
        shown.widen(len(wanted.characters))
        cells = zip(wanted.characters, wanted.looks, shown.characters, shown.looks, strict=False)
        for x, (character, look, before, look_before) in enumerate(cells):
            if (character == before and look == look_before) or not character or look is None:
                if (self._column, self._row) == (x, y) and not character:
                    self._column = -1  # terminals don't agree on which ones are wide
                continue
            parts.append(self._same_again(wanted, x, y) or self._move(x, y))
            sent = self._sent
            if character != " " or sent is None or on_blank(sent) != look:
                parts.append(change(sent, look))
                self._sent = look
            parts.append(character)
            self._column = x + 1 if len(character) == 1 else -1

    def _same_again(self, wanted: _Row, x: int, y: int) -> str:
        """Return the few cells before `x` that are shown already, where none needs another look."""
        gap = range(self._column, x) if self._row == y and self._column >= 0 else range(0)
        sent = self._sent
        if sent is None or not 0 < len(gap) <= _SHORT_GAP:
            return ""
        same = ""
        for at in gap:
            character = wanted.characters[at] or ""
            look = on_blank(sent) if character == " " else sent
            if len(character) != 1 or wanted.looks[at] != look:
                return ""
            same += character
        self._column = x
        return same

    def _move(self, x: int, y: int) -> str:
        """Return what takes the cursor to a cell."""
        column, row = self._column, self._row
        self._column, self._row = x, y
        if (column, row) == (x, y):
            return ""
        if row != y:
            return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
        if not x:
            return "\r"
        return f"\x1b[{x - column}C" if 0 <= column < x else f"\x1b[{x + 1}G"


@lru_cache(512)  # some screens: each second brings other texts
def _cells(text: str) -> tuple[str, ...]:
    """Return the content of each cell; empty for the right half of a wide character."""
    cells: list[str] = []
    for begin, end, size in split_graphemes(text)[0]:
        cells += [text[begin:end], *[""] * (size - 1)][:size]
    return tuple(cells)


@lru_cache(4096)
def on_blank(look: Look) -> Look:
    """Return what of a look is seen where there is no character."""
    return Look(background=look.background) if look.flags <= _UNSEEN_ON_BLANKS else look


@lru_cache(4096)
def change(sent: Look | None, wanted: Look) -> str:
    """Return what takes the terminal from a look (None: unknown) to another."""
    if sent == wanted:
        return ""
    if wanted == PLAIN:
        return "\x1b[0m"
    whole = ["0", *_codes(PLAIN, wanted)]
    if sent is None or not sent.flags - wanted.flags <= _OFF.keys():
        return f"\x1b[{';'.join(whole)}m"
    off = {_OFF[flag] for flag in sent.flags - wanted.flags}
    kept = frozenset(flag for flag in sent.flags if _OFF.get(flag) not in off)
    step = [*map(str, sorted(off)), *_codes(replace(sent, flags=kept), wanted)]
    return f"\x1b[{min(';'.join(step), ';'.join(whole), key=len)}m"


def _codes(sent: Look, wanted: Look) -> list[str]:
    codes = [str(flag) for flag in sorted(wanted.flags - sent.flags)]
    if wanted.foreground != sent.foreground:
        codes.append(wanted.foreground)
    if wanted.background != sent.background:
        codes.append(wanted.background)
    return codes


@lru_cache(4096)
def look_after(look: Look, codes: str) -> Look | None:
    """Return the look after these codes; None where one of them is not known here."""
    numbers = [int(code or 0) for code in codes.split(";")]
    while numbers:
        code = numbers.pop(0)
        colour = str(code)
        if code in {38, 48}:
            size = _COLOUR_SIZES.get(numbers[0] if numbers else 0, 0)
            if not size or len(numbers) < size:
                return None
            colour = ";".join(map(str, (code, *numbers[:size])))
            del numbers[:size]
        if code == 0:
            look = PLAIN
        elif code in _FLAGS:
            look = replace(look, flags=look.flags | {code})
        elif code == 38 or code in _FOREGROUND:
            look = replace(look, foreground=colour)
        elif code == 48 or code in _BACKGROUND:
            look = replace(look, background=colour)
        else:
            return None
    return look
