"""The one table: a header over rows of one line each, with one row under the cursor.

    table = Table(COLUMNS, id="plans")
    table.show_rows(plans)

A column is a row of data. Only the lines in the window are drawn, so a hundred thousand rows cost
no more than ten: a subclass may make a row when it is drawn (`row_at`). Scrolling is not animated,
and the scrollbar is always shown. Texts are safe already, and never parsed as markup.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, cast

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from qiscus_tui.model.text import safe
from qiscus_tui.tui.widgets.cells import fit, width_of

HEADER_LINES = 1
MEASURED = 300
"""Rows whose texts decide how wide the columns are."""
UNBOUND = 1_000
"""The most cells of a column that may be as wide as its texts."""

Row = TypeVar("Row")


class Column(Struct, Generic[Row], frozen=True):
    """A column. Widths are in cells; it is never wider than its longest text and its title."""

    title: str
    text: Callable[[Row, int], str]
    """The safe text of a row in so many cells; it is cut to them."""
    wanted: int
    """The width where there is room."""
    priority: int = 0
    """Where room is scarce, the highest is shown first, and gets its wanted width first."""
    least: int = 0
    """The narrowest width; 0: it is shown as wide as wanted or not at all."""
    most: int = 0
    """The width where all others have the one they want; 0: as wanted."""
    stays: bool = False
    """Whether it is shown however narrow the table is."""
    is_stepped: bool = False
    """Whether it has its least or its wanted width, and none between."""
    is_number: bool = False
    """Whether its texts stand at the right."""
    gap: int = 2
    """Cells before it."""
    style: str | Callable[[Row], str] = "row"
    """The name of the style of its texts, or what names it for a row."""
    sort: object = None
    """What a click on its title sorts by; None: nothing."""


class PlacedColumn(Struct, Generic[Row], frozen=True):
    """A column that is shown, its first cell and its width."""

    column: Column[Row]
    start: int
    cells: int


class Sort(Struct, frozen=True):
    """What the rows are sorted by: the `sort` of a column."""

    key: object
    descending: bool


class Place(Struct, frozen=True):
    """Where cursor and window are, and among which rows."""

    rows: Any
    count: int
    row: int
    """The row under the cursor."""
    top: int
    """The first row in the window."""


NOWHERE = Place((), 0, 0, 0)
"""Among no rows."""


def fit_columns(
    columns: Sequence[Column[Row]], longest: Sequence[int], width: int
) -> tuple[PlacedColumn[Row], ...]:
    """Return which columns are shown in `width` cells, and where.

    `longest`: cells of the longest text of each. Columns come in order of priority while there is
    room for their least widths. What is left widens them: to the width they want in the same order,
    then to the most from the right, but for one cell beside the scrollbar. One without title and
    texts is left out.
    """
    numbers = range(len(columns))
    titles = [
        width_of(one.title) + (2 if one.sort is not None and not one.is_number else 0)
        for one in columns
    ]
    needed = [max(title, text) for title, text in zip(titles, longest, strict=True)]
    wanted = [min(columns[at].wanted, needed[at]) for at in numbers]
    most = [max(wanted[at], min(columns[at].most, needed[at])) for at in numbers]
    least = [min(columns[at].least or wanted[at], wanted[at]) for at in numbers]
    by_priority = sorted(filter(wanted.__getitem__, numbers), key=lambda at: -columns[at].priority)
    cells: dict[int, int] = {}
    spare = width

    def widen(order: Iterable[int], widths: Sequence[int], kept: int) -> None:
        nonlocal spare
        for at in order:
            more = min(widths[at] - cells.get(at, widths[at]), spare - kept)
            if more > 0 and (not columns[at].is_stepped or cells[at] + more == widths[at]):
                cells[at] += more
                spare -= more

    for at in sorted(by_priority, key=lambda at: not columns[at].stays):
        taken = columns[at].gap + least[at]
        if taken <= spare or columns[at].stays:
            cells[at] = least[at]
            spare -= taken
    widen(by_priority, wanted, 0)
    widen(reversed(numbers), most, 1)
    placed: list[PlacedColumn[Row]] = []
    start = 0
    for at in sorted(cells):
        start += columns[at].gap
        placed.append(PlacedColumn(columns[at], start, cells[at]))
        start += cells[at]
    return tuple(placed)


def title_parts(
    placed: Iterable[PlacedColumn[Row]], sort: Sort | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the titles, each with its style; the rows are sorted by `sort`."""
    end = 0
    for one in placed:
        title, name = one.column.title, "header"
        title = title.rjust(one.cells) if one.column.is_number else title
        if sort is not None and sort.key is one.column.sort:
            name = "sorted"
            between = " " if width_of(title) + 2 <= one.cells else ""
            title += f"{between}{'▼' if sort.descending else '▲'}"
        elif width_of(title) > one.cells:
            title = fit(title, one.cells)
        yield " " * (one.start - end), "header"
        yield title, name
        end = one.start + width_of(title)


def row_parts(placed: Iterable[PlacedColumn[Row]], row: Row) -> list[tuple[str, str]]:
    """Return the texts of a row, each in its cells and with its style."""
    parts: list[tuple[str, str]] = []
    end = 0
    for one in placed:
        text, style = one.column.text(row, one.cells), one.column.style
        if one.column.is_number:
            text = text.rjust(one.cells)
        name = style if isinstance(style, str) else style(row)
        parts.append((" " * (one.start - end) + fit(text, one.cells), name))
        end = one.start + one.cells
    return parts


class Table(ScrollView, Generic[Row], can_focus=True, inherit_bindings=False):
    """Rows under titles; enter or a double click opens one."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Table {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        background: $background;
        & > .table--header, & > .table--muted { color: $text-muted; }
        & > .table--sorted { color: $foreground; text-style: bold; }
        & > .table--row { color: $foreground; }
        & > .table--bar { color: $primary; }
        & > .table--marked { color: $accent; text-style: bold; }
        & > .table--current { color: $success; }
        & > .table--soon { color: $warning; }
        & > .table--gone { color: $text-disabled; }
        &:ansi > .table--current, &:ansi > .table--soon { text-style: bold; }
        & > .table--cursor {
            color: $block-cursor-blurred-background;
            background: $block-cursor-blurred-foreground;
            text-style: reverse;
        }
        &:focus > .table--cursor {
            color: $block-cursor-background;
            background: $block-cursor-foreground;
        }
        & > .table--cursor-bar {
            color: $block-cursor-blurred-background;
            background: $primary;
            text-style: reverse;
        }
        &:focus > .table--cursor-bar {
            color: $block-cursor-background;
            background: $input-selection-background;
        }
        &:ansi > .table--cursor-bar { background: $block-cursor-foreground; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"table--{name}"
        for name in (
            *("header", "sorted", "row", "muted", "bar", "marked", "current", "soon", "gone"),
            *("cursor", "cursor-bar"),
        )
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    class Opened(Message):
        """The row under the cursor was opened."""

    class Moved(Message):
        """The cursor is on another row."""

    @dataclass
    class SortRequested(Message):
        """The title of a column was clicked."""

        key: Any

    def __init__(self, columns: Sequence[Column[Row]] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = columns
        self._rows: Sequence[Row] = ()
        self._count = self._row = 0
        self._held: Place | None = None
        self._keeps_held = False
        self.sort: Sort | None = None
        self._notice: tuple[str, ...] = ()
        self._layout_now: tuple[PlacedColumn[Row], ...] = ()
        self._laid_out_in = -1
        self._styles_by_name: dict[str, Style] = {}

    # Rows.

    def show_rows(self, rows: Sequence[Row], cursor: int | None = None) -> None:
        """Show these rows, with the cursor on one of them; None: where it is."""
        self._rows = rows
        self.set_rows(len(rows), self._row if cursor is None else cursor, self.top_row)
        self.show_cursor()

    def row_at(self, row: int) -> Row:
        """Return what the columns' texts are made of."""
        return self._rows[row]

    def set_rows(self, count: int, cursor: int, top: int) -> None:
        """Set the number of rows, the row under the cursor, and the one at the top.

        Without a layout: it would lay out the whole screen at every key of a filter.
        """
        self._count = count
        self._row = max(0, min(cursor, count - 1))
        self._laid_out_in = -1
        size = Size(self.row_width, count + HEADER_LINES)
        self.set_reactive(cast("Reactive[Size]", Widget.virtual_size), size)
        self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_to(y=top)
        self.refresh()

    @property
    def rows(self) -> Any:
        """Return what the rows that are shown are found in."""
        return self._rows

    @property
    def place(self) -> Place:
        """Return where cursor and window are, or what is held of it."""
        return self._held or Place(self.rows, self._count, self._row, self.top_row)

    def hold(self) -> None:
        """Place all that is shown from now on by the present rows.

        While a filter is typed, what half a word leaves moves the cursor for a moment only.
        """
        self._held, self._keeps_held = self.place, True

    def release(self) -> None:
        """Go on from the rows that are shown, or from those that were, once there are any."""
        self._keeps_held = False
        if self._count:
            self._held = None

    def replace_rows(
        self,
        place: Place,
        count: int,
        now_at: Callable[[int], int | None],
    ) -> None:
        """Set other rows; the cursor stays on its own of `place`.

        `now_at` returns where a row of `place` is now; None: it is gone. Where the cursor's is, it
        goes to the one that took its place. It keeps its line on the screen; a window at the very
        top stays there while the cursor fits in, so that new rows are seen; a window without the
        cursor keeps its first row.
        """

        def now_or_next(row: int) -> int:
            below = map(now_at, range(min(row, place.count - 1), place.count))
            found = next((now for now in below if now is not None), None)
            return min(row, count - 1) if found is None else found

        if not self._keeps_held:
            self._held = None if count else place
        page, top = self.page_rows, place.top
        if not count or not place.count:
            row = top = 0
        else:
            row = now_or_next(place.row)
            if top <= place.row < top + page:
                top = 0 if top == 0 and row < page else top + row - place.row
            elif top or row >= page:
                top = now_or_next(top)
        self.set_rows(count, row, max(0, top))

    def show_sort(self, sort: Sort | None) -> None:
        """Name in the header what the rows are sorted by. Sorting itself is the caller's."""
        if sort != self.sort:
            self.sort = sort
            self.lay_out_again()

    def show_notice(self, *lines: str) -> None:
        """Say something in place of rows. Plain text, made safe."""
        if lines != self._notice:
            self._notice = lines
            if not self._count:
                self.refresh()

    # Cursor and window.

    @property
    def cursor_row(self) -> int:
        """Return the row under the cursor, from 0; 0 where there are none."""
        return self._row

    @property
    def top_row(self) -> int:
        """Return the first row in the window."""
        return self.scroll_offset.y

    @property
    def page_rows(self) -> int:
        """Return how many rows fit in the window, at least 1."""
        return max(1, self.size.height - HEADER_LINES)

    @property
    def row_width(self) -> int:
        """Return the cells of a row: all but the scrollbar's."""
        return self.scrollable_content_region.width

    @property
    def shows_cursor(self) -> bool:
        """Return whether the row under the cursor is drawn as that."""
        return True

    def move_to(self, row: int) -> None:
        """Put the cursor on a row (the nearest that exists) and show it."""
        row = max(0, min(row, self._count - 1))
        was, self._row = self._row, row
        self.show_cursor()
        if row != was:
            self.refresh()
            self.cursor_moved()

    def cursor_moved(self) -> None:
        """React to the cursor being on another row."""
        self.post_message(self.Moved())

    def show_cursor(self) -> None:
        """Scroll as little as it takes to show the cursor, once the rows have a place."""
        if not self.size.height:
            return
        if self._row < self.top_row:
            self.scroll_to(y=self._row)
        elif self._row >= self.top_row + self.page_rows:
            self.scroll_to(y=self._row - self.page_rows + 1)

    def scroll_to(self, x: float | None = None, y: float | None = None, **_options: object) -> None:
        """Scroll without animation: a page is 4 KB, and 65 KB animated."""
        super().scroll_to(x, y, animate=False)

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.move_to(self._row + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor and the window by a page."""
        rows = pages * self.page_rows
        if 0 <= self._row + rows < self._count:
            self.scroll_to(y=self.top_row + rows)
        self.move_to(self._row + rows)

    def action_first(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.move_to(self._count - 1)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self._count:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Move the cursor, open by a double click, sort by the header."""
        event.stop()
        row = self.top_row + event.y - HEADER_LINES
        if event.y < HEADER_LINES:
            column = self.column_at(event.x)
            if column is not None and column.sort is not None:
                self.post_message(self.SortRequested(column.sort))
        elif event.chain == 2 and row == self._row:
            self.action_open()
        elif row < self._count:
            self.move_to(row)

    def on_resize(self) -> None:
        """Keep the cursor in the window."""
        self.show_cursor()

    # Columns.

    @property
    def shown_columns(self) -> tuple[PlacedColumn[Row], ...]:
        """Return the columns that are shown now, from left to right."""
        if self._laid_out_in != self.row_width:
            self._laid_out_in = self.row_width
            offered = self.offered_columns()
            self._layout_now = fit_columns(
                offered, [*map(self.longest, offered)], self._laid_out_in
            )
        return self._layout_now

    def offered_columns(self) -> Sequence[Column[Row]]:
        """Return the columns of which those are shown that fit."""
        return self.columns

    def longest(self, column: Column[Row]) -> int:
        """Return the cells of its longest text."""
        rows = range(min(MEASURED, self._count))
        room = max(column.wanted, column.most)
        texts = (column.text(self.row_at(row), room).rstrip() for row in rows)
        return max(map(width_of, texts), default=0)

    def lay_out_again(self) -> None:
        """Draw all, with columns as wide as their texts need now."""
        self._laid_out_in = -1
        self.refresh()

    def column_at(self, x: int) -> Column[Row] | None:
        """Return the column whose title is at cell `x`, with the gap behind it."""
        if x >= self.row_width:
            return None
        return next((one.column for one in reversed(self.shown_columns) if one.start <= x), None)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        row = self.top_row + y - HEADER_LINES
        if y < HEADER_LINES:
            parts = self._header_parts()
        elif row < self._count:
            parts = self._row_parts(row)
        else:
            parts = self._notice_parts(row - self._count)
        segments = [Segment(text, self.style(name)) for text, name in parts if text]
        return Strip(segments).simplify().adjust_cell_length(self.row_width, self.style("muted"))

    def _header_parts(self) -> Iterable[tuple[str, str]]:
        return title_parts(self.shown_columns, self.sort)

    def _row_parts(self, row: int) -> Iterable[tuple[str, str]]:
        parts = row_parts(self.shown_columns, self.row_at(row))
        if row != self._row or not self.shows_cursor:
            return parts
        rest = self.row_width - sum(width_of(text) for text, _ in parts)
        return [
            *((text, "cursor-bar" if name == "bar" else "cursor") for text, name in parts),
            (" " * rest, "cursor"),
        ]

    def _notice_parts(self, line: int) -> Iterable[tuple[str, str]]:
        """Return a line of the notice; its first sentence is highlighted."""
        lines = [
            (f"     {text}", "row" if sentence is self._notice[0] else "muted")
            for sentence in (() if self._count else self._notice)
            for text in textwrap.wrap(safe(sentence), max(1, self.row_width - 6))
        ]
        return lines[line - 1 : line] if line else ()

    def style(self, name: str) -> Style:
        """Return one of the styles of a table."""
        if name not in self._styles_by_name:
            self._styles_by_name[name] = self.get_component_rich_style(f"table--{name}")
        return self._styles_by_name[name]

    def notify_style_update(self) -> None:
        self._styles_by_name.clear()
        super().notify_style_update()
