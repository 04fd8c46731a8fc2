"""A chart of horizontal bars, one a row: label, number, bar, and where asked for the share of all.

What no filter selects has its number and no bar: enter on a bar always filters by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from qiscus_tui.tui.widgets.cells import fit, share_text, width_of
from qiscus_tui.tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from qiscus_tui.service.overview.bars import Bar

INDENT = 1
GAP = 2
MOST_LABEL = 24
"""The most cells of a label."""
DECIDING = 10
"""Only the labels of so many bars count for the width: a rare long one shortens no bar."""
SHARE_WIDTH = 6
"""Cells of a share, with the gap before it."""
SHARES_FROM = 36
"""The least cells of a row that has room for it."""

_BLOCK, _HALF = "▄", "▖"
"""Half as high as the line, so that bars do not touch."""


class Fit(Struct, frozen=True):
    """Cells beside the bars; charts above each other have the same, so that bars line up."""

    label: int = 0
    number: int = 0
    share: int = 0

    def beside(self, other: Fit) -> Fit:
        """What both need."""
        return Fit(
            max(self.label, other.label),
            max(self.number, other.number),
            max(self.share, other.share),
        )


class Chart(LineList):
    """Bars under a title. The cursor is drawn only with the focus."""

    STYLES = "chart"
    DEFAULT_CSS = """
    Chart {
        background: $background;
        & > .chart--title { color: $text-muted; }
        & > .chart--label { color: $foreground; }
        & > .chart--muted { color: $text-muted; }
        & > .chart--bar { color: $primary; }
        & > .chart--soon { color: $warning; }
        & > .chart--cursor {
            color: $block-cursor-background;
            background: $block-cursor-foreground;
            text-style: reverse;
        }
        &:focus > .chart--title { color: $foreground; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"chart--{name}" for name in ("title", "label", "muted", "bar", "soon", "cursor")
    }

    class Opened(Message):
        """A bar was opened."""

    def __init__(self, title: str, *, id: str, has_shares: bool = False) -> None:
        """`has_shares`: the bars are parts of one whole, and each says which part."""
        super().__init__(id=id)
        self._title = title
        self._has_shares = has_shares
        self._bars: Sequence[Bar] = ()
        self._fit = Fit()
        self._longest = 0
        self._whole = 0

    @property
    def bar(self) -> Bar | None:
        """Return the bar under the cursor; None where there is none."""
        return self._bars[self.cursor_row] if self._bars else None

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these; the cursor stays on its bar. Draw nothing if they are the same."""
        if bars == self._bars:
            return
        was, row = self.bar, self.cursor_row
        row = next((at for at, bar in enumerate(bars) if was and bar.key == was.key), row)
        self._bars = bars
        self._longest = max((bar.count for bar in bars if bar.filter), default=0)
        self._whole = sum(bar.count for bar in bars)
        self.set_rows(len(bars), max(0, min(row, len(bars) - 1)), self.top_row)
        self.show_cursor()

    @property
    def needs(self) -> Fit:
        """Return what labels and numbers need where there is room."""
        return Fit(
            max((width_of(bar.label) for bar in self._bars[:DECIDING]), default=0),
            max((len(f"{bar.count:,}") for bar in self._bars), default=0),
            SHARE_WIDTH if self._has_shares else 0,
        )

    def show_fit(self, shared: Fit) -> None:
        """Draw what is beside the bars as wide as this."""
        if shared != self._fit:
            self._fit = shared
            self.refresh()

    def row_opened(self) -> None:
        self.post_message(self.Opened())

    def on_focus(self) -> None:
        """Draw the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw no cursor."""
        self.refresh()

    # Drawing.

    def draw_header_line(self) -> Strip:
        text = fit(" " * INDENT + self._title, self.row_width)
        return Strip([Segment(text, self.style("title"))], self.row_width)

    def draw_row_line(self, row: int) -> Strip:
        bar, width, number = self._bars[row], self.row_width, self._fit.number
        shares = self._fit.share if width >= SHARES_FROM else 0
        share = self._share(bar) if shares else ""
        room = width - 2 * INDENT - number - 2 * GAP - shares - width // 5
        label = fit(bar.label, max(0, min(self._fit.label, MOST_LABEL, room)))
        text = f"{'':{INDENT}}{label}{'':{GAP}}{bar.count:>{number},} "
        cells = width - width_of(text) - 1 - INDENT - len(share)
        blocks = f" {self._blocks(bar, cells):{cells}}"
        if row == self.cursor_row and self.has_focus:
            text_style = self.style("cursor")
        else:
            text_style = self.style("label" if bar.count and bar.filter else "muted")
        bar_style = self.style("soon" if bar.is_soon else "bar")
        segments = [Segment(text, text_style), Segment(blocks, bar_style)]
        if share:
            segments.append(Segment(share, self.style("label" if bar.filter else "muted")))
        return Strip(segments).adjust_cell_length(width, self.style("bar"))

    def draw_empty_line(self, line: int) -> Strip:
        return Strip([Segment(" " * self.row_width, self.style("muted"))], self.row_width)

    def _share(self, bar: Bar) -> str:
        share = share_text(bar.count / self._whole) if self._has_shares and self._whole else ""
        return f"{share:>{SHARE_WIDTH}}" if share else ""

    def _blocks(self, bar: Bar, room: int) -> str:
        """Return the bar; the longest takes all the room, the shortest is still seen."""
        if not (bar.count and bar.filter):
            return ""
        halves = max(1, round(2 * room * bar.count / self._longest))
        return _BLOCK * (halves // 2) + _HALF * (halves % 2)
