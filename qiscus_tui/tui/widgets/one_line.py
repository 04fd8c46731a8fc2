"""One line of text that leaves out what matters least where the width is short.

The base of header lines and footer. Pieces are plain text, made safe here and never parsed as
markup.
"""

import enum
from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from qiscus_tui.model.text import safe
from qiscus_tui.tui.terminal.compositor import part_style
from qiscus_tui.tui.widgets.cells import fit, width_of

ALWAYS = 1000
"""Importance of a piece that is never left out."""


class Tone(enum.Enum):
    """How a text is highlighted. Its words carry the same meaning."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    KEY = "key"
    MARKED = "marked"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


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


class OneLine(Widget):
    """A widget of one line, drawn again only when its line changed."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    OneLine {
        height: 1;
        background: $background;
        & > .one-line--plain { color: $foreground; }
        & > .one-line--muted { color: $text-muted; }
        & > .one-line--strong { color: $foreground; text-style: bold; }
        & > .one-line--key { color: $primary; text-style: bold; }
        & > .one-line--marked { color: $accent; text-style: bold; }
        & > .one-line--good { color: $success; }
        & > .one-line--warning { color: $warning; }
        & > .one-line--bad { color: $error; text-style: bold; }
        &:ansi > .one-line--warning { text-style: bold; }
    }
    """

    def __init__(
        self, line: Line = NOTHING, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._line = line
        self._tones: dict[Tone, Style] = {}

    def show_line(self, line: Line) -> None:
        """Show another line; draw nothing if it is the same, and lay out nothing."""
        if line != self._line:
            self._line = line
            self.refresh()

    @property
    def text(self) -> str:
        """Return the line as it is on the screen, without the spaces at its end."""
        return self.render_line(0).text.rstrip()

    def piece_at(self, x: int) -> Piece | None:
        """Return the piece at cell `x`."""
        for placed in place(self._line, self.size.width):
            if placed.start <= x < placed.start + placed.piece.width:
                return placed.piece
        return None

    def notify_style_update(self) -> None:
        self._tones.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y:
            return Strip([Segment(" " * width, self.tone_style(Tone.MUTED))], width)
        segments: list[Segment] = []
        end = 0
        for placed in place(self._line, width):
            free = placed.start - end - width_of(placed.after)
            segments.append(Segment(" " * free + placed.after, self.tone_style(Tone.MUTED)))
            segments += [Segment(text, self.tone_style(tone)) for text, tone in placed.piece.texts]
            end = placed.start + placed.piece.width
        if end > width:
            return _cut(segments, width)
        segments.append(Segment(" " * (width - end), self.tone_style(Tone.MUTED)))
        # Neighbours of one style become one segment: a style is twenty bytes or more.
        return Strip([segment for segment in segments if segment.text], width).simplify()

    def tone_style(self, tone: Tone) -> Style:
        """Return how a tone looks here; found out when it is drawn first."""
        if tone not in self._tones:
            self._tones[tone] = part_style(self, f"one-line--{tone.value}")
        return self._tones[tone]


def _cut(segments: list[Segment], width: int) -> Strip:
    shown: list[Segment] = []
    for segment in segments:
        room = width - sum(width_of(before.text) for before in shown)
        if width_of(segment.text) > room:
            shown.append(Segment(fit(segment.text, room), segment.style))
            break
        shown.append(segment)
    return Strip([segment for segment in shown if segment.text]).adjust_cell_length(width)
