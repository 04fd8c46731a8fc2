"""The table of sessions: cursor and marks by id, ticking countdowns, columns that give way.

    table = SessionTable(server_now=lambda: clock.now() + sessions.offset)
    table.show(sessions, order)         # a new list; cursor, window and marks are kept by id
    table.grow(sessions, order)         # more of a list that arrives
    table.show_order(order)             # the same list, filtered or sorted differently
    table.show_sort(Sort(SortKey.CREATED, descending=True))
    table.tick()                        # once a second

`order` holds positions of the list in the order shown, each once; the caller pins the current
session first. The table binds the keys that move the cursor, and enter; marks are changed by
the methods below, which the screen's actions call. Only safe text is drawn, never as markup.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from msgspec.structs import replace
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.session import Session
from qiscus_tui.query.sorting import SortKey
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.cursor_position import Rows, Window, cursor_and_top
from qiscus_tui.tui.sessions.column_needs import Needs
from qiscus_tui.tui.sessions.columns import LEADING_WIDTH, Layout, Sort, lay_out
from qiscus_tui.tui.sessions.marked_list import MarkedList
from qiscus_tui.tui.sessions.row_render import (
    STYLE_NAMES,
    RowMarks,
    RowText,
    Scene,
    draw_header,
    draw_notice,
    draw_row,
    row_text,
)
from qiscus_tui.tui.sessions.session_cells import Alike
from qiscus_tui.tui.widgets.line_list import HEADER_LINES


class SessionTable(MarkedList):
    """Sessions, one a row, to be marked. The module says how it is fed."""

    STYLES = "session-table"
    DEFAULT_CSS = """
    SessionTable {
        background: $background;
        & > .session-table--header { color: $text-muted; }
        & > .session-table--sorted { color: $foreground; text-style: bold; }
        & > .session-table--main { color: $foreground; }
        & > .session-table--rest { color: $text-muted; }
        & > .session-table--plain { color: $foreground; }
        & > .session-table--marked, & > .session-table--range { color: $accent; text-style: bold; }
        & > .session-table--current { color: $success; }
        & > .session-table--soon { color: $warning; }
        & > .session-table--gone { color: $text-disabled; }
        &:ansi > .session-table--current, &:ansi > .session-table--soon { text-style: bold; }
        & > .session-table--cursor {
            color: $block-cursor-blurred-background;
            background: $block-cursor-blurred-foreground;
            text-style: reverse;
        }
        &:focus > .session-table--cursor {
            color: $block-cursor-background;
            background: $block-cursor-foreground;
        }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"session-table--{name}" for name in STYLE_NAMES}

    @dataclass
    class SortRequested(Message):
        """The title of a column was clicked."""

        key: SortKey

    class CursorMoved(Message):
        """The cursor is on another session."""

    @dataclass
    class Opened(Message):
        """Enter, or a double click, on a session."""

        session_id: str

    def __init__(
        self, *, server_now: Callable[[], float], expiring: float = DAY, id: str | None = None
    ) -> None:
        """`server_now` returns epoch seconds; `expiring`: up to so many seconds is soon."""
        super().__init__(id=id)
        self.alike: Alike | None = None
        """Where it is set, there is a column for it."""
        self._server_now = server_now
        self._expiring = expiring
        self._now = server_now()
        self._needs = Needs()
        self._wanted: str | None = None
        """Id of the session that the cursor returns to once it is shown."""
        self._moved_to: str | None = None
        """Id of the session that the user moved the cursor to."""
        self._sort: Sort | None = None
        self._notice: tuple[str, ...] = ()
        self._layout_drawn: Layout | None = None
        self._drawn: dict[int, RowText] = {}

    # What is shown.

    def show(self, sessions: SessionList, order: Sequence[int]) -> None:
        """Show another snapshot. Marks of sessions that it does not list are gone."""
        self.marks = self.marks.carried_over(self.sessions, sessions)
        self._needs = Needs.of(sessions)
        self._layout_drawn = None
        self._now = self._server_now()
        self._show(Rows(sessions, order))

    def show_whole(self, sessions: SessionList, order: Sequence[int]) -> None:
        """Show a list whose beginning was shown with `grow`.

        The cursor stays on its session if it was moved there, else the first row is shown.
        """
        was_moved = self._was_moved
        self.show(sessions, order)
        if not was_moved:
            self.set_rows(len(order), 0, 0)

    def grow(self, sessions: SessionList, order: Sequence[int]) -> None:
        """Show more of a list that arrives, or of what a filter leaves of it.

        What was shown keeps its rows; only if it is less than before, it is read again.
        """
        old = self.sessions
        if len(sessions) < len(old) or not old or self._wanted is not None:
            self.show(sessions, order)
            return
        before, self._layout_drawn = self._layout_drawn, None
        self._needs = self._needs.with_more(sessions, len(old))
        if before is not None and before.columns == self._layout().columns:
            self._layout_drawn = before  # no column moves while the list arrives
        else:
            self.refresh()
        self.marks = self.marks.carried_over(old, sessions)
        self.extend(Rows(sessions, order))
        self.count_marks()

    def show_order(self, order: Sequence[int]) -> None:
        """Show other rows of the same snapshot, or the same in another order."""
        self._show(Rows(self.sessions, order))

    def show_sorted(self, order: Sequence[int]) -> None:
        """Show the rows in an order that the user asked for.

        The cursor stays on its session if it was moved there, else the first row is shown.
        """
        self.drop_range()
        was_moved, is_same = self._was_moved, len(order) == len(self.order)
        self._show_rows(Rows(self.sessions, order), from_top=not was_moved)
        if not is_same:  # else as many of them are marked as before: to count sorts all of them
            self.count_marks()

    def show_partial(self, order: Sequence[int]) -> None:
        """Show the first hits of a filter that still runs; marks are counted at its end.

        If they lack the cursor's session, the cursor returns to it with the next
        `show_order`, unless it was moved meanwhile.
        """
        wanted = self._wanted or self.cursor_id
        self._show_rows(Rows(self.sessions, order))
        self._wanted = wanted

    def show_sort(self, sort: Sort | None) -> None:
        """Name in the header what the list is sorted by. Sorting itself is the caller's.

        Rows are drawn again only where columns move: mostly they have another order soon.
        """
        if sort == self._sort:
            return
        before = self._layout_drawn
        self._sort = sort
        self._layout_drawn = None
        if before is not None and before == self._layout():
            self.refresh(Region(0, 0, self.row_width, HEADER_LINES))
        else:
            self.refresh()

    def show_notice(self, *lines: str) -> None:
        """Say something in place of rows: loading, empty, no match. Plain text, made safe."""
        if lines != self._notice:
            self._notice = lines
            if not self.order:
                self.refresh()

    def tick(self) -> None:
        """Let time pass: draw the cells in the window whose text changed, and no others."""
        self._now = self._server_now()
        changed: list[Region] = []
        for y, old in self._drawn.items():
            row = self.top_row + y - HEADER_LINES
            if row >= len(self.order) or y >= self.size.height:
                continue
            new = self._row_text(row)
            if (new.main, new.rest, new.state) != (old.main, old.rest, old.state):
                changed.append(Region(0, y, self.row_width, 1))
            elif new != old:
                changed.append(Region(0, y, LEADING_WIDTH, 1))
        if changed:
            self.refresh(*changed)

    @property
    def is_drawn(self) -> bool:
        """Whether the rows of `show` are on screen, or there are none."""
        return bool(self._drawn) or not self.order

    # The cursor.

    @property
    def cursor_session(self) -> Session | None:
        """Return the session under the cursor, None where no row is shown."""
        return self.sessions.sessions[self.order[self.cursor_row]] if self.order else None

    @property
    def cursor_id(self) -> str | None:
        """Return its id."""
        return session.id if (session := self.cursor_session) is not None else None

    def move_to_session(self, session_id: str) -> bool:
        """Put the cursor on a session. Return False where it is not shown."""
        row = self._rows.row_of(session_id)
        if row is not None:
            self.move_to(row)
        return row is not None

    def cursor_moved(self, was: int) -> None:
        self._wanted = None
        self._moved_to = self.cursor_id
        super().cursor_moved(was)
        self.post_message(self.CursorMoved())

    def row_opened(self) -> None:
        if self.cursor_id is not None:
            self.post_message(self.Opened(self.cursor_id))

    def header_clicked(self, x: int) -> None:
        column = self._layout().column_at(x)
        if column is not None and column.sort_key is not None:
            self.post_message(self.SortRequested(column.sort_key))

    # Drawing.

    def draw_header_line(self) -> Strip:
        return draw_header(self._layout(), self._sort, self.style)

    def draw_row_line(self, row: int) -> Strip:
        text = self._row_text(row)
        self._drawn[row - self.top_row + HEADER_LINES] = text
        return draw_row(text, self.row_width, self.style)

    def draw_empty_line(self, line: int) -> Strip:
        return draw_notice(() if self.order else self._notice, line, self.row_width, self.style)

    # Inside.

    @property
    def _was_moved(self) -> bool:
        """Whether the user moved the cursor to its session."""
        return self._moved_to is not None and self._moved_to == self.cursor_id

    def _show(self, rows: Rows) -> None:
        self._show_rows(rows)
        self.count_marks()

    def _show_rows(self, rows: Rows, *, from_top: bool = False) -> None:
        row = top = 0
        if not from_top:
            window = Window(self.cursor_row, self.top_row, self.page_rows)
            row, top = cursor_and_top(self._rows, window, rows, self._wanted)
        # Where no row is left, the session is remembered until rows come back.
        self._wanted = None if rows.order else self._wanted or self.cursor_id
        self._drawn.clear()
        self.take(rows, row, top)

    def _row_text(self, row: int) -> RowText:
        position = self.order[row]
        scene = Scene(self.sessions, self._layout(), self._now, self._expiring, self.alike)
        marked, in_range = position in self.marks, row in self.rows_in_range
        return row_text(scene, position, RowMarks(marked, in_range, row == self.cursor_row))

    def _layout(self) -> Layout:
        width = self.row_width
        if self._layout_drawn is None or self._layout_drawn.width != width:
            key = None if self._sort is None else self._sort.key
            screen, has_alike = self.screen.size.width, self.alike is not None
            needs = replace(self._needs, screen=screen, has_alike=has_alike)
            self._layout_drawn = lay_out(width, needs, key)
        return self._layout_drawn
