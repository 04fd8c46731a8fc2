"""The table of sessions: cursor and marks by id, ticking countdowns, columns that give way.

    table = SessionTable(server_now=lambda: clock.now() + sessions.offset)
    table.show(sessions, order)         # a new list; cursor, window and marks are kept by id
    table.show_order(order)             # the same list, filtered or sorted differently
    table.show_sort(Sort(SortKey.CREATED, descending=True))
    table.tick()                        # once a second

`order` holds positions of the list in the order shown, each once; the caller pins the current
session first. The table binds the keys that move the cursor, and enter; marks are changed by
the methods below, which the screen's actions call.
"""

from collections.abc import Callable, Sequence

from qiscus_tui.model.durations import DAY
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.widgets import table_messages
from qiscus_tui.tui.widgets.marks import MarkCounts, Marks
from qiscus_tui.tui.widgets.session_rows import SessionRows


class SessionTable(SessionRows):
    """Sessions, one a row, to be marked. The module says how it is fed."""

    MarksChanged = table_messages.MarksChanged

    def __init__(
        self,
        *,
        server_now: Callable[[], float],
        expiring: float = DAY,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`server_now`: the server's time in epoch seconds; `expiring`: seconds that are soon."""
        super().__init__(server_now=server_now, expiring=expiring, id=id, classes=classes)
        self._marks = Marks()
        self._counts = MarkCounts()

    def show(self, sessions: SessionList, order: Sequence[int]) -> None:
        """Show another snapshot. Marks of sessions that it does not list are gone."""
        self._marks = self._marks.carried_over(self.sessions, sessions)
        super().show(sessions, order)
        self._count_marks(self._marks.counts(order))

    def show_order(self, order: Sequence[int]) -> None:
        """Show other rows of the same snapshot, or the same in another order."""
        super().show_order(order)
        self._count_marks(self._marks.counts(order))

    def is_marked(self, position: int) -> bool:
        return position in self._marks

    @property
    def marks(self) -> Marks:
        """The marks, to read."""
        return self._marks

    @property
    def mark_counts(self) -> MarkCounts:
        """How many are marked, and how many of them the filter hides."""
        return self._counts

    @property
    def marked_ids(self) -> tuple[str, ...]:
        """Ids of all marked sessions, hidden ones too, in the list's order."""
        return tuple(self.sessions.sessions[at].id for at in self._marks.positions())

    @property
    def hidden_marked_ids(self) -> tuple[str, ...]:
        """Ids of the marked sessions that the filter hides."""
        if not self._counts.hidden:
            return ()
        shown = set(self.order)
        hidden = (at for at in self._marks.positions() if at not in shown)
        return tuple(self.sessions.sessions[at].id for at in hidden)

    def toggle_mark(self) -> None:
        """Mark or unmark the row under the cursor, and move down."""
        if self.order:
            position = self.order[self.cursor_row]
            self._marks.toggle(position)
            change = 1 if position in self._marks else -1
            self._count_marks(MarkCounts(self._counts.total + change, self._counts.hidden))
            self.refresh_row(self.cursor_row)
            self.move_to(self.cursor_row + 1)

    def mark_shown(self) -> None:
        """Mark every row shown; hidden ones stay as they are."""
        self._marks.add(self.order)
        self._count_marks(self._marks.counts(self.order))
        self.refresh()

    def invert_shown(self) -> None:
        """Mark the rows shown that are not, unmark those that are."""
        self._marks.invert(self.order)
        self._count_marks(self._marks.counts(self.order))
        self.refresh()

    def unmark_all(self) -> None:
        """Take all marks away, hidden ones too."""
        self._marks.clear()
        self._count_marks(MarkCounts())
        self.refresh()

    # Inside.

    def _count_marks(self, counts: MarkCounts) -> None:
        if counts != self._counts:
            self._counts = counts
            self.post_message(self.MarksChanged(counts))
