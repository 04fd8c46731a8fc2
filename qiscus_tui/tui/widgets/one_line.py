"""One line of text that leaves out what matters least where the width is short.

The base of header lines and footer. Pieces are plain text, made safe here and never parsed as
markup.
"""

import enum
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from msgspec import Struct
from textual.content import Content
from textual.widget import Widget

from qiscus_tui.commands.command import ALWAYS as ALWAYS  # noqa: PLC0414 of pieces too
from qiscus_tui.model.text import safe
from qiscus_tui.tui.widgets.cells import width_of


class Tone(enum.Enum):
    """How a text is highlighted: a style of content. Its words carry the same meaning."""

    PLAIN = "$foreground"
    MUTED = "$text-muted"
    STRONG = "bold $foreground"
    KEY = "bold $primary"
    MARKED = "bold $accent"
    GOOD = "$success"
    WARNING = "bold $warning"
    BAD = "bold $error"


class Piece(Struct, frozen=True):
    """A part of a line that is shown or left out as a whole."""

    texts: tuple[tuple[str, Tone], ...]
    importance: int
    """The least important is left out first."""
    name: str = ""
    """What a click on it means."""
    after: str = " · "
    """What separates it from the piece before it."""

    @property
    def width(self) -> int:
        """Return the cells that it takes."""
        return sum(width_of(text) for text, _ in self.texts)


def piece(text: str, tone: Tone, importance: int, after: str = " · ") -> Piece:
    """Return a piece of one text, made safe."""
    return Piece(((safe(text), tone),), importance, after=after)


class Line(Struct, frozen=True):
    """Pieces from the left, and pieces at the right edge."""

    left: tuple[Piece, ...] = ()
    right: tuple[Piece, ...] = ()


NOTHING = Line()
INDENT = 1
"""Cells free at both ends of a line."""


class PlacedPiece(Struct, frozen=True):
    """A piece, its first cell, and what separates it from the one before."""

    piece: Piece
    start: int
    after: str


def place(line: Line, width: int) -> list[PlacedPiece]:
    """Return the pieces that fit into `width` cells, and their places."""
    left, right = [*line.left], [*line.right]
    while _width(left) + _width(right) + 2 * INDENT + 2 * bool(left and right) > width:
        least = min(left + right, key=lambda piece: piece.importance, default=None)
        if least is None or least.importance >= ALWAYS:
            break
        (right if least in right else left).remove(least)
    at_right = max(_width(left) + 2 * INDENT, width - INDENT - _width(right))
    return [*_in_a_row(left, INDENT), *_in_a_row(right, at_right)]


def _in_a_row(pieces: Sequence[Piece], start: int) -> Iterator[PlacedPiece]:
    for at, part in enumerate(pieces):
        after = part.after if at else ""
        start += width_of(after)
        yield PlacedPiece(part, start, after)
        start += part.width


def _width(pieces: Sequence[Piece]) -> int:
    return sum(part.width + width_of(part.after) * bool(at) for at, part in enumerate(pieces))


def draw_line(line: Line, width: int) -> Content:
    """Return what fits of a line; where not even that does, cut with `…`."""
    parts: list[tuple[str, Tone]] = []
    end = 0
    for placed in place(line, width):
        parts.append((f"{placed.after:>{placed.start - end}}", Tone.MUTED))
        parts += placed.piece.texts
        end = placed.start + placed.piece.width
    parts.append((" " * (width - end), Tone.MUTED))
    # Neighbours of one tone are one text, so that a picture keeps the blanks between them.
    runs = groupby(parts, itemgetter(1))
    joined = (("".join(text for text, _ in run), tone.value) for tone, run in runs)
    return Content.assemble(*joined).truncate(width, ellipsis=True)


class OneLine(Widget):
    """A widget of one line, drawn again only when its line changed."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "OneLine { height: 1; background: $background; }"

    def __init__(
        self, line: Line = NOTHING, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._line = line

    def show_line(self, line: Line) -> bool:
        """Show another line; draw nothing if it is the same, and lay out nothing.

        Return whether it is another.
        """
        is_another = line != self._line
        if is_another:
            self._line = line
            self.refresh()
        return is_another

    @property
    def text(self) -> str:
        """Return the line as it is on the screen, without the spaces at its end."""
        return self.render().plain.rstrip()

    def piece_at(self, x: int) -> Piece | None:
        """Return the piece at cell `x`."""
        for placed in place(self._line, self.size.width):
            if placed.start <= x < placed.start + placed.piece.width:
                return placed.piece
        return None

    def render(self) -> Content:
        return draw_line(self._line, self.size.width)
