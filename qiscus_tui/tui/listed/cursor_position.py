"""Where cursor and window go when the rows change: with their sessions, by id."""

from collections.abc import Sequence

from msgspec import Struct

from qiscus_tui.service.sessions.session_list import SessionList


class Window(Struct, frozen=True):
    """What was on screen: the cursor's row, the first row and how many fit."""

    cursor: int
    top: int
    rows: int

    @property
    def shows_cursor(self) -> bool:
        """Return whether the cursor is in it (the wheel can leave it behind)."""
        return self.top <= self.cursor < self.top + self.rows


class Rows(Struct, frozen=True):
    """A list and the positions shown of it."""

    sessions: SessionList
    order: Sequence[int]

    def row_of(self, session_id: str) -> int | None:
        """Return the row that shows this session, None where it is hidden or gone."""
        position = self.sessions.positions.get(session_id)
        if position is None:
            return None
        try:
            return self.order.index(position)
        except ValueError:
            return None

    def id_at(self, row: int) -> str:
        """Return the id of the session on this row."""
        return self.sessions.sessions[self.order[row]].id

    def shows_same(self, first: int, old: "Rows", rows: range) -> bool:
        """Return whether the rows from `first` on show the sessions of these old rows."""
        if first < 0:
            return False
        ours, theirs = self.order[first : first + len(rows)], old.order[rows.start : rows.stop]
        if self.sessions is old.sessions:
            return list(ours) == list(theirs)
        mine, others = self.sessions.sessions, old.sessions.sessions
        return len(ours) == len(theirs) and all(
            mine[one].id == others[other].id and mine[one].is_same_as(others[other])
            for one, other in zip(ours, theirs, strict=True)
        )


def cursor_and_top(
    old: Rows, window: Window, new: Rows, wanted: str | None = None
) -> tuple[int, int]:
    """Return the cursor's row and the top row among the new rows.

    The cursor goes to `wanted` if that is shown, else stays on its session, else goes to the
    row that took its place. It keeps its line on the screen; a window at the very top stays
    there while the cursor fits in, so that new rows are seen; a window without the cursor
    keeps its first session.
    """
    if not new.order:
        return 0, 0
    row = None if wanted is None else new.row_of(wanted)
    if not old.order:
        row = row or 0
        return row, max(0, row - window.rows // 2)
    if row is None:
        row = _row_or_next(old, window.cursor, new)
    if window.top == 0 and row < window.rows:
        return row, 0
    if window.shows_cursor:
        return row, max(0, row - (window.cursor - window.top))
    return row, _row_or_next(old, window.top, new)


def _row_or_next(old: Rows, row: int, new: Rows) -> int:
    """Return where an old row's session is now, or the nearest below it that is still shown."""
    row = min(row, len(old.order) - 1)
    found = new.row_of(old.id_at(row))
    if found is not None:
        return found
    shown, places, same = set(new.order), new.sessions.positions, old.sessions is new.sessions
    for below in range(row + 1, len(old.order)):
        position = old.order[below]
        place = position if same else places.get(old.sessions.sessions[position].id)
        if place is not None and place in shown:
            return new.order.index(place)
    return min(row, len(new.order) - 1)
