"""A table of plain rows: for what is short and does not tick.

Every cell is safe text already, and never parsed as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from qiscus_tui.tui.widgets.cells import fit, width_of
from qiscus_tui.tui.widgets.line_list import LineList

GAP = 2
"""Cells between columns."""
INDENT = 1


EXTRA = 10
"""Columns of less importance are shown only where no other is cut for them."""


class TextColumn(Struct, frozen=True):
    """A column as wide as its cells, within bounds."""

    title: str
    most: int
    """The most cells that it takes."""
    importance: int
    """The least important is left out first where the width is short."""
    least: int = 0
    """Cells that it can be narrowed to; 0: it is shown whole or not at all."""
    gap: int = GAP
    """Cells before it, unless it is the first."""
    good: int = 0
    """Cells that it has before less important columns are shown, as far as its texts need them."""
    fit: Callable[[str, int], str] = fit
    """Cuts a text that is too long for it."""


class TextRow(Struct, frozen=True):
    """One row."""

    cells: tuple[str, ...]
    """Safe texts, one a column."""
    is_muted: bool = False


class TextTable(LineList):
    """Rows of text; enter or a double click opens one."""

    STYLES = "text-table"
    DEFAULT_CSS = """
    TextTable {
        background: $background;
        & > .text-table--header { color: $text-muted; }
        & > .text-table--row { color: $foreground; }
        & > .text-table--muted { color: $text-muted; }
        & > .text-table--cursor {
            color: $block-cursor-blurred-background;
            background: $block-cursor-blurred-foreground;
            text-style: reverse;
        }
        &:focus > .text-table--cursor {
            color: $block-cursor-background;
            background: $block-cursor-foreground;
        }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"text-table--{name}" for name in ("header", "row", "muted", "cursor")
    }

    @dataclass
    class Opened(Message):
        """A row was opened."""

        table: TextTable
        row: int

        @property
        def control(self) -> TextTable:
            """Return the table, so that handlers can select it."""
            return self.table

    class Moved(Message):
        """The cursor is on another row."""

    def __init__(self, columns: Sequence[TextColumn], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._rows: Sequence[TextRow] = ()
        self._notice: tuple[str, ...] = ()
        self._measured_in = -1
        self._found: list[int] = []

    def show_rows(self, rows: Sequence[TextRow], cursor: int = 0) -> None:
        """Show these rows, with the cursor on one of them."""
        self._rows = rows
        self._measured_in = -1
        self.set_rows(len(rows), max(0, min(cursor, len(rows) - 1)), self.top_row)
        self.show_cursor()

    def show_notice(self, *lines: str) -> None:
        """Show these lines while there are no rows."""
        self._notice = lines
        self.refresh()

    def cuts(self, row: int) -> bool:
        """Return whether a cell of this row is not shown whole."""
        pairs = zip(self._rows[row].cells, self._widths(), strict=True)
        return any(width_of(cell) > width for cell, width in pairs)

    def cursor_moved(self, was: int) -> None:
        self.post_message(self.Moved())

    def row_opened(self) -> None:
        self.post_message(self.Opened(self, self.cursor_row))

    def draw_header_line(self) -> Strip:
        titles = tuple(column.title for column in self._columns)
        return self._drawn(titles, self.style("header"))

    def draw_row_line(self, row: int) -> Strip:
        shown = self._rows[row]
        name = "cursor" if row == self.cursor_row else "muted" if shown.is_muted else "row"
        return self._drawn(shown.cells, self.style(name))

    def draw_empty_line(self, line: int) -> Strip:
        words = self._notice[line - 1] if not self._count and 0 < line <= len(self._notice) else ""
        text = fit(f"   {words}", self.row_width)
        return Strip([Segment(text, self.style("muted"))], self.row_width)

    def _drawn(self, cells: Sequence[str], style: Style) -> Strip:
        widths = self._widths()
        places = zip(self._columns, cells, widths, strict=True)
        shown = [column.fit(cell, width) for column, cell, width in places if width]
        text = " " * INDENT + (" " * GAP).join(shown)
        return Strip([Segment(fit(text, self.row_width), style)], self.row_width)

    def _widths(self) -> list[int]:
        """Return the cells of each column now; 0 where it is not shown."""
        room = self.row_width - INDENT
        if self._measured_in != room:
            self._measured_in = room
            self._found = column_widths(self._columns, self._rows, room)
        return self._found


def column_widths(columns: Sequence[TextColumn], rows: Sequence[TextRow], room: int) -> list[int]:
    """Return the cells of each column, 0 for those that do not fit into `room`."""
    wanted = [
        min(
            column.most,
            max([width_of(column.title), *(width_of(row.cells[at]) for row in rows)]),
        )
        for at, column in enumerate(columns)
    ]
    return fitted_widths(columns, wanted, room)


def fitted_widths(columns: Sequence[TextColumn], wanted: Sequence[int], room: int) -> list[int]:
    """Return the cells of columns that want these widths, 0 for those that do not fit."""
    least = [min(one.least or width, width) for one, width in zip(columns, wanted, strict=True)]
    good = [
        max(cells, min(one.good, width))
        for one, cells, width in zip(columns, least, wanted, strict=True)
    ]
    most_important_first = sorted(range(len(columns)), key=lambda at: -columns[at].importance)
    shown: set[int] = set()
    for at in most_important_first:
        is_extra = columns[at].importance < EXTRA
        cells = wanted if is_extra else [*good[:at], least[at], *good[at + 1 :]]
        if not shown or _taken(columns, cells, {*shown, at}) <= room:
            shown.add(at)
    widths = [width if at in shown else 0 for at, width in enumerate(wanted)]
    for at in reversed(most_important_first):
        if at not in shown:
            continue
        over = _taken(columns, widths, shown) - room
        if over > 0:
            widths[at] = max(least[at], widths[at] - over)
    return widths


def _taken(columns: Sequence[TextColumn], widths: Sequence[int], shown: set[int]) -> int:
    return sum(widths[at] + columns[at].gap for at in shown) - columns[min(shown)].gap
