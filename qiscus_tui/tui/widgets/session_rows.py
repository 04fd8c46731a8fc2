"""The rows of the session table: cursor by id, ticking countdowns, columns that give way.

What is drawn is made of safe forms alone, put into segments and never parsed as markup.
"""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.session_list import Current, SessionList
from qiscus_tui.tui.widgets import table_messages
from qiscus_tui.tui.widgets.cells import fit
from qiscus_tui.tui.widgets.columns import LEADING_WIDTH, Layout, Needs, Sort, lay_out
from qiscus_tui.tui.widgets.following import Rows, Window, follow
from qiscus_tui.tui.widgets.line_list import HEADER_LINES, LineList
from qiscus_tui.tui.widgets.row_render import (
    RowStyles,
    RowText,
    Scene,
    Tone,
    draw_header,
    draw_row,
    row_text,
)

NO_SESSIONS = SessionList((), (), (), b"", Current.NONE, 0, 0.0, 0.0)


class SessionRows(LineList):
    """Sessions, one a row, without marks."""

    DEFAULT_CSS = """
    SessionRows {
        background: $background;
        & > .session-table--header { color: $text-muted; }
        & > .session-table--sorted { color: $foreground; text-style: bold; }
        & > .session-table--main { color: $foreground; }
        & > .session-table--rest { color: $text-muted; }
        & > .session-table--plain { color: $foreground; }
        & > .session-table--marked { color: $accent; text-style: bold; }
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

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "session-table--header",
        "session-table--sorted",
        "session-table--main",
        "session-table--rest",
        "session-table--cursor",
        "session-table--plain",
        "session-table--marked",
        "session-table--current",
        "session-table--soon",
        "session-table--gone",
    }

    CursorMoved = table_messages.CursorMoved
    SortRequested = table_messages.SortRequested
    Opened = table_messages.Opened

    _styles_drawn: RowStyles | None = None

    def __init__(
        self,
        *,
        server_now: Callable[[], float],
        expiring: float = DAY,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`server_now`: the server's time in epoch seconds; `expiring`: seconds that are soon."""
        super().__init__(id=id, classes=classes)
        self._server_now = server_now
        self._expiring = expiring
        self._now = server_now()
        self._sessions = NO_SESSIONS
        self._order: Sequence[int] = ()
        self._needs = Needs()
        self._wanted: str | None = None
        self._moved_to: str | None = None
        """Id of the session that the cursor was moved to."""
        self._told: str | None = None
        self._sort: Sort | None = None
        self._notice: tuple[str, ...] = ()
        self._layout_drawn: Layout | None = None
        self._drawn: dict[int, RowText] = {}

    # What is shown.

    @property
    def sessions(self) -> SessionList:
        """The snapshot shown."""
        return self._sessions

    @property
    def order(self) -> Sequence[int]:
        """Positions of the rows shown."""
        return self._order

    def show(self, sessions: SessionList, order: Sequence[int]) -> None:
        """Show another snapshot."""
        self._needs = Needs(
            has_users=any(session.safe_user for session in sessions.sessions),
            widest_ip=max((len(session.safe_ip) for session in sessions.sessions), default=0),
        )
        self._layout_drawn = None
        self._now = self._server_now()
        self._take(sessions, order)

    def show_order(self, order: Sequence[int]) -> None:
        """Show other rows of the same snapshot, or the same in another order."""
        self._take(self._sessions, order)

    def show_sorted(self, order: Sequence[int]) -> None:
        """Show the rows in an order that the user asked for.

        The cursor stays on its session if it was moved there, else the first row is shown.
        """
        was_moved = self._moved_to is not None and self._moved_to == self.cursor_id
        self.show_order(order)
        if not was_moved:
            self.set_rows(len(order), 0, 0)
            self._tell_cursor()

    def show_partial(self, order: Sequence[int]) -> None:
        """Show the first hits of a filter that still runs.

        If they lack the cursor's session, the cursor finds back to it with the next
        `show_order`, unless it was moved meanwhile.
        """
        wanted = self._wanted or self.cursor_id
        self._take(self._sessions, order)
        self._wanted = wanted

    def show_sort(self, sort: Sort | None) -> None:
        """Name in the header what the list is sorted by. Sorting itself is the caller's."""
        self._sort = sort
        self._layout_drawn = None
        self.refresh()

    def show_notice(self, *lines: str) -> None:
        """What stands where no rows are: loading, empty, no match. Plain text, made safe."""
        self._notice = lines
        if not self._order:
            self.refresh()

    def tick(self) -> None:
        """Let time pass: draws the cells in the window whose text changed, and no others."""
        self._now = self._server_now()
        changed: list[Region] = []
        for y, old in self._drawn.items():
            row = self.top_row + y - HEADER_LINES
            if row >= len(self._order) or y >= self.size.height:
                continue
            new = self._text(row)
            if (new.main, new.rest) != (old.main, old.rest):
                changed.append(Region(0, y, self.row_width, 1))
            elif new != old:
                changed.append(Region(0, y, LEADING_WIDTH, 1))
        if changed:
            self.refresh(*changed)

    def is_marked(self, position: int) -> bool:
        """Whether the session at this position of the snapshot is drawn as marked."""
        return False

    # The cursor.

    @property
    def cursor_session(self) -> Session | None:
        """The session under the cursor, None where no row is shown."""
        return self._sessions.sessions[self._order[self._row]] if self._order else None

    @property
    def cursor_id(self) -> str | None:
        """Its id."""
        session = self.cursor_session
        return None if session is None else session.id

    def move_to_session(self, session_id: str) -> bool:
        """Put the cursor on a session. False where it is not shown."""
        position = self._sessions.positions.get(session_id)
        if position is None or position not in self._order:
            return False
        self.move_to(self._order.index(position))
        return True

    def cursor_moved(self) -> None:
        self._wanted = None
        self._moved_to = self.cursor_id
        self._tell_cursor()

    def row_opened(self) -> None:
        if self.cursor_id is not None:
            self.post_message(self.Opened(self.cursor_id))

    def header_clicked(self, x: int) -> None:
        column = self._layout().column_at(x)
        if column is not None and column.sort_key is not None:
            self.post_message(self.SortRequested(column.sort_key))

    def notify_style_update(self) -> None:
        self._styles_drawn = None
        super().notify_style_update()

    def draw_header_line(self) -> Strip:
        return draw_header(self._layout(), self._sort, self._row_styles())

    def draw_row_line(self, row: int) -> Strip:
        text = self._text(row)
        self._drawn[row - self.top_row + HEADER_LINES] = text
        return draw_row(text, self.row_width, self._row_styles())

    def draw_empty_line(self, line: int) -> Strip:
        styles, width = self._row_styles(), self.row_width
        notice = () if self._order else tuple(_wrapped(self._notice, width - 6))
        # The notice stands under the header's first title, one line below it.
        at = line - 1
        text, is_first = notice[at] if 0 <= at < len(notice) else ("", False)
        style = styles.main if is_first else styles.rest
        return Strip([Segment(fit(f"     {text}", width), style)], width)

    # Inside.

    def _take(self, sessions: SessionList, order: Sequence[int]) -> None:
        old, new = Rows(self._sessions, self._order), Rows(sessions, order)
        window = Window(self._row, self.top_row, self.page_rows)
        row, top = follow(old, window, new, self._wanted)
        # Where no row is left, the session is remembered until rows come back.
        self._wanted = None if order else self._wanted or self.cursor_id
        self._sessions, self._order = sessions, order
        self._drawn.clear()
        self.set_rows(len(order), row, top)
        self._tell_cursor()

    def _tell_cursor(self) -> None:
        if self.cursor_id != self._told:
            self._told = self.cursor_id
            self.post_message(self.CursorMoved(self._told))

    def _text(self, row: int) -> RowText:
        position = self._order[row]
        scene = Scene(self._sessions, self._layout(), self._now, self._expiring)
        return row_text(scene, position, marked=self.is_marked(position), cursor=row == self._row)

    def _layout(self) -> Layout:
        width = self.row_width
        if self._layout_drawn is None or self._layout_drawn.width != width:
            key = None if self._sort is None else self._sort.key
            self._layout_drawn = lay_out(width, self._needs, key)
        return self._layout_drawn

    def _row_styles(self) -> RowStyles:
        if self._styles_drawn is None:
            style = self.get_component_rich_style
            self._styles_drawn = RowStyles(
                tones={tone: style(f"session-table--{tone.value}") for tone in Tone},
                main=style("session-table--main"),
                rest=style("session-table--rest"),
                header=style("session-table--header"),
                sorted_header=style("session-table--sorted"),
                cursor=style("session-table--cursor"),
            )
        return self._styles_drawn


def _wrapped(notice: Sequence[str], width: int) -> Iterator[tuple[str, bool]]:
    """Its lines, and whether they are the first sentence's."""
    for sentence in notice:
        for line in textwrap.wrap(safe(sentence), max(1, width)):
            yield line, sentence is notice[0]
