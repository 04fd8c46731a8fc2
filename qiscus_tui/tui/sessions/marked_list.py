"""A list of sessions whose rows can be marked: one by one, all, or a range begun at the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from qiscus_tui.tui.listed.cursor_position import Rows
from qiscus_tui.tui.listed.marks import NO_RANGE, MarkCounts, Marks, RowRange
from qiscus_tui.tui.widgets.line_list import LineList


class MarkedList(LineList):
    """Rows of sessions, and which of them are marked. A subclass draws them."""

    @dataclass
    class MarksChanged(Message):
        """Other sessions are marked, or others of them are hidden."""

        counts: MarkCounts

    @dataclass
    class RangeChanged(Message):
        """The range to be marked has other rows, or ended."""

        count: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = Rows(NO_SESSIONS, ())
        self.marks = Marks()
        """To read; they are changed by the methods below."""
        self._counts = MarkCounts()
        self._range = NO_RANGE

    @property
    def sessions(self) -> SessionList:
        """Return the snapshot shown."""
        return self._rows.sessions

    @property
    def order(self) -> Sequence[int]:
        """Return the positions of the rows shown."""
        return self._rows.order

    @property
    def mark_counts(self) -> MarkCounts:
        """Return how many are marked, and how many of them the filter hides."""
        return self._counts

    @property
    def rows_in_range(self) -> range:
        """Return the rows of the range to be marked; none where none was begun."""
        return self._range.rows(self.cursor_row)

    def toggle_mark(self, move: int = 1) -> None:
        """Mark the range; without one mark or unmark the row under the cursor, and move on."""
        if self.rows_in_range:
            self.mark_range()
        elif self.order:
            self.marks.toggle(self.order[self.cursor_row])
            self._row_marked(move)

    def mark_and_move(self, rows: int) -> None:
        """Mark the row under the cursor, and move by so many rows. Ends a range."""
        self.drop_range()
        if self.order:
            self.marks.add((self.order[self.cursor_row],))
            self._row_marked(rows)

    def mark_range(self) -> None:
        """Mark the range, or begin one at the cursor."""
        if rows := self.rows_in_range:
            self.marks.add(self.order[rows.start : rows.stop])
            self._marks_changed()
        elif self.order:
            self._range = RowRange(self.cursor_row)
            self.refresh_row(self.cursor_row)
            self._tell_range()

    def drop_range(self) -> bool:
        """End the range without marking it. Return whether there was one."""
        had = bool(self.rows_in_range)
        if had:
            self._range = NO_RANGE
            self.refresh()
            self._tell_range()
        return had

    def mark(self, positions: Sequence[int], *, marked: bool) -> None:
        """Mark or unmark these, shown or not."""
        (self.marks.add if marked else self.marks.remove)(positions)
        self._marks_changed()

    def mark_shown(self) -> None:
        """Mark every row shown; hidden ones stay as they are."""
        self.marks.add(self.order)
        self._marks_changed()

    def invert_shown(self) -> None:
        """Mark the rows shown that are not, unmark those that are."""
        self.marks.invert(self.order)
        self._marks_changed()

    def unmark_all(self) -> None:
        """Take all marks away, hidden ones too."""
        self.marks.clear()
        self._marks_changed()

    # For the subclass.

    def take(self, rows: Rows, cursor: int, top: int) -> None:
        """Go on with these rows. A range ends unless its sessions stand together as before."""
        had = bool(self.rows_in_range)
        self._range = self._range.carried_over(self._rows, self.cursor_row, rows, cursor)
        self._rows = rows
        self.set_rows(len(rows.order), cursor, top)
        if had and not self.rows_in_range:
            self._tell_range()

    def extend(self, rows: Rows) -> None:
        """Go on with these rows, of which the first are those there were."""
        self._rows = rows
        self.extend_rows(len(rows.order))

    def count_marks(self) -> None:
        """Count the marks among the rows shown."""
        self._set_counts(self.marks.counts(self.order))

    def cursor_moved(self, was: int) -> None:
        if self.rows_in_range:
            if abs(was - self.cursor_row) > 1:
                self.refresh()
            self._tell_range()

    # Inside.

    def _row_marked(self, rows: int) -> None:
        """Draw the row under the cursor, which was marked or unmarked, and move on."""
        self._set_counts(MarkCounts(self.marks.total, self._counts.hidden))
        self.refresh_row(self.cursor_row)
        self.move_to(self.cursor_row + rows)

    def _marks_changed(self) -> None:
        self.drop_range()
        self.count_marks()
        self.refresh()

    def _tell_range(self) -> None:
        self.post_message(self.RangeChanged(len(self.rows_in_range)))

    def _set_counts(self, counts: MarkCounts) -> None:
        if counts != self._counts:
            self._counts = counts
            self.post_message(self.MarksChanged(counts))
