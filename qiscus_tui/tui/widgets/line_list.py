"""A list that draws only the lines in its window: header, rows, cursor, keys and mouse.

A subclass draws the rows; this part knows only their number, so a hundred thousand cost no more
than ten. Scrolling is not animated, and the scrollbar is always shown.
"""

from typing import ClassVar, cast

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

HEADER_LINES = 1


class LineList(ScrollView, can_focus=True, inherit_bindings=False):
    """A header line over rows of one line each, with one row under the cursor."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    LineList {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    STYLES: ClassVar[str]
    """What the names of its component classes begin with: `STYLES--name`."""

    _count = 0
    _row = 0

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._styles_by_name: dict[str, Style] = {}

    # For the subclass to define.

    def draw_header_line(self) -> Strip:
        """Return the line over the rows."""
        raise NotImplementedError

    def draw_row_line(self, row: int) -> Strip:
        """Return the line of a row that exists."""
        raise NotImplementedError

    def draw_empty_line(self, line: int) -> Strip:
        """Return a line below the last row; the first of them is line 0."""
        raise NotImplementedError

    def cursor_moved(self, was: int) -> None:
        """React to the cursor being on another row than `was`."""

    def row_opened(self) -> None:
        """React to enter, or a double click, on the row under the cursor."""

    def header_clicked(self, x: int) -> None:
        """React to a click on the header, at cell `x`."""

    # Rows and window.

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

    def set_rows(self, count: int, cursor: int, top: int) -> None:
        """Set the number of rows, the row under the cursor and the row at the top.

        Without a layout: it would lay out the whole screen at every key of a filter.
        """
        self._count = count
        self._row = cursor
        size = Size(self.row_width, count + HEADER_LINES)
        self.set_reactive(cast("Reactive[Size]", Widget.virtual_size), size)
        if self.is_mounted:
            self.vertical_scrollbar.window_virtual_size = size.height
            self.scroll_to(y=top)
        self.refresh()

    def extend_rows(self, count: int) -> None:
        """Set a greater number of rows. Those that are shown stay, and are not drawn again."""
        was, self._count = self._count, count
        size = Size(self.row_width, count + HEADER_LINES)
        self.set_reactive(cast("Reactive[Size]", Widget.virtual_size), size)
        if self.is_mounted:
            self.vertical_scrollbar.window_virtual_size = size.height
        if was < self.top_row + self.page_rows:
            self.refresh()

    def move_to(self, row: int) -> None:
        """Put the cursor on a row (the nearest that exists) and show it."""
        row = max(0, min(row, self._count - 1))
        if row == self._row:
            self.show_cursor()
            return
        was, self._row = self._row, row
        self.refresh_row(was)
        self.refresh_row(row)
        self.show_cursor()
        self.cursor_moved(was)

    def show_cursor(self) -> None:
        """Scroll as little as it takes to show the cursor."""
        if self._row < self.top_row:
            self.scroll_to(y=self._row)
        elif self._row >= self.top_row + self.page_rows:
            self.scroll_to(y=self._row - self.page_rows + 1)

    def refresh_row(self, row: int) -> None:
        """Draw a row again, if it is in the window."""
        y = row - self.top_row + HEADER_LINES
        if HEADER_LINES <= y < self.size.height:
            self.refresh(Region(0, y, self.row_width, 1))

    def scroll_to(self, x: float | None = None, y: float | None = None, **_options: object) -> None:
        """Scroll without animation: a page is 4 KB, and 65 KB animated."""
        if self.is_mounted:
            super().scroll_to(x, y, animate=False)

    def render_line(self, y: int) -> Strip:
        if y < HEADER_LINES:
            return self.draw_header_line()
        row = self.top_row + y - HEADER_LINES
        if row < self._count:
            return self.draw_row_line(row)
        return self.draw_empty_line(row - self._count)

    def style(self, name: str) -> Style:
        """Return the style of the component class `STYLES--name`."""
        if name not in self._styles_by_name:
            style = self.get_component_rich_style(f"{self.STYLES}--{name}")
            self._styles_by_name[name] = style
        return self._styles_by_name[name]

    def notify_style_update(self) -> None:
        self._styles_by_name.clear()
        super().notify_style_update()

    # Keys and mouse.

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
            self.row_opened()

    def on_click(self, event: events.Click) -> None:
        """Move the cursor, open by a double click, sort by the header."""
        event.stop()
        if event.y < HEADER_LINES:
            self.header_clicked(event.x)
            return
        row = self.top_row + event.y - HEADER_LINES
        if row >= self._count:
            return
        if event.chain == 2 and row == self._row:
            self.row_opened()
        else:
            self.move_to(row)

    def on_resize(self) -> None:
        """Keep the cursor in the window."""
        self.show_cursor()
