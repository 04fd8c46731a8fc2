"""The table of sessions: its columns, cursor by id, countdowns, ranges of rows.

    table = SessionTable(server_now=lambda: clock.now() + sessions.offset, ui=config.ui)
    table.show(sessions, order, marks)  # a new list; cursor and window stay on their sessions
    table.show_order(order)             # the same list, filtered or sorted differently
    table.show_sort(Sort(SortKey.CREATED, descending=True))
    table.tick()                        # once a second

`order` holds positions of the list in the order shown, each once; the caller pins the current
session first. The table binds the keys that move the cursor, and enter.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Session
from qiscus_tui.query.sorting import SortKey
from qiscus_tui.service.list_settings import UiConfig
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from qiscus_tui.tui.listed.marks import Marks
from qiscus_tui.tui.listed.texts import client_text, client_words
from qiscus_tui.tui.widgets.cells import (
    COUNTDOWN_WIDTH,
    MARK,
    UNKNOWN,
    Badge,
    countdown_cell,
    created_cell,
    last_used_cell,
    width_of,
)
from qiscus_tui.tui.widgets.table import UNBOUND, Column, Table

WIDE = 150
"""Columns of a terminal from which the list has a preview."""
IN_RANGE = "▌"
"""At the left edge of the rows that are about to be marked."""

_OURS_WIDTH = len("this session · qiscus-tui")
_BESIDE_PREVIEW = 24
"""The least cells of a client's name where the preview says the rest."""


class SessionRow(Struct, frozen=True):
    """A session of a list, and what decides how its row reads."""

    listed: SessionList
    position: int
    now: float
    """The server's time, epoch seconds."""
    ui: UiConfig
    """Among them, from when on a session expires soon."""
    is_marked: bool = False
    is_in_range: bool = False
    has_cursor: bool = False

    @property
    def session(self) -> Session:
        """Return the session."""
        return self.listed.sessions[self.position]

    @property
    def known(self) -> Known | None:
        """Return the known integration that it belongs to."""
        return self.listed.labels[self.position]

    @property
    def left(self) -> float | None:
        """Return the seconds until it expires; None where that is unknown."""
        at = self.session.expires_at
        return None if at is None else at - self.now

    @property
    def badge(self) -> Badge:
        """Return its state as a sign."""
        if self.left is not None and self.left <= 0:
            return Badge.EXPIRED
        if not self.session.revocable:
            return Badge.NOT_REVOCABLE
        return Badge.PROTECTED if self.known is not None and self.known.protect else Badge.LIVE

    @property
    def style(self) -> str:
        """Return the name of the style of what ticks. It repeats what signs and words say."""
        if self.is_in_range or self.is_marked:
            return "marked"
        if self.left is not None and self.left <= 0:
            return "gone"
        if self.session.current is True:
            return "current"
        return "soon" if self.left is not None and self.left <= self.ui.expiring else "row"

    @property
    def name_style(self) -> str:
        """Return the style of what it is: that of what ticks for our own, and within a range."""
        return self.style if self.is_in_range or self.style == "current" else "row"


def _leading(row: SessionRow, _: int) -> str:
    """Return mark, badge and countdown: all that changes by the second, at the left edge."""
    session = row.session
    countdown = countdown_cell(
        session.expires_at, session.expires_computed, row.now, seconds=row.has_cursor
    )
    signs = f"{IN_RANGE if row.is_in_range else ' '}{MARK if row.is_marked else ' '}"
    return f"{signs} {row.badge.value}{countdown}"


def _last_used(row: SessionRow, _: int) -> str:
    """Return how long ago it was used."""
    return last_used_cell(row.session.last_used_at, row.now)


def _client(row: SessionRow, cells: int) -> str:
    """Return what it is; its sign says that it is protected, where there is no room for that."""
    words, known = client_text(row.listed, row.position), row.known
    if known is None or width_of(words) <= cells:
        return words
    return words.replace(f"{known.label}, protected", known.label)


_name, _state = attrgetter("name_style"), attrgetter("style")

EXPIRES: Column[SessionRow] = Column(
    "     EXPIRES IN", _leading, 4 + COUNTDOWN_WIDTH,
    stays=True, gap=0, sort=SortKey.EXPIRES, style=_state,
)  # fmt: skip
ID: Column[SessionRow] = Column(
    "ID", lambda row, _: row.session.id[:8], 8, stays=True, sort=SortKey.ID, style=_name
)
CLIENT: Column[SessionRow] = Column(
    "CLIENT", _client, _OURS_WIDTH,
    45, least=12, most=48, stays=True, sort=SortKey.CLIENT, style=_name,
)  # fmt: skip
CREATED: Column[SessionRow] = Column(
    "CREATED", lambda row, _: created_cell(row.session.created_at, row.now), 17,
    20, sort=SortKey.CREATED, style="muted",
)  # fmt: skip
LAST_USED: Column[SessionRow] = Column(
    "LAST USED", _last_used, 11, 40, sort=SortKey.LAST_USED, style="muted"
)
IP: Column[SessionRow] = Column(
    "IP", lambda row, _: row.session.safe_ip or UNKNOWN, 39,
    50, least=15, is_stepped=True, sort=SortKey.IP, style="muted",
)  # fmt: skip
USER: Column[SessionRow] = Column(
    "USER", lambda row, _: row.session.safe_user, 32,
    30, least=14, sort=SortKey.USER, style="muted",
)  # fmt: skip
COLUMNS = (EXPIRES, ID, CLIENT, CREATED, LAST_USED, IP, USER)
"""From left to right. All tokens have the same lifetime, so CREATED says little that EXPIRES IN
does not; LAST USED decides what is safe to revoke. An address is whole before other columns are
wider than they need: a part of it names others too."""

_NOTHING_USED = 5
"""The priority of LAST USED where no session has one."""
_SORTED_BY = 60
"""The priority of the column that the list is sorted by, but for CREATED, which is the usual."""


def longest_texts(listed: SessionList) -> dict[str, int]:
    """Return the cells of the longest text, by title, of columns whose texts decide their width.

    0 for LAST USED where no session has one.
    """
    sessions, known = listed.sessions, {id(one): one for one in listed.labels}
    clients = {*zip(listed.clients, map(id, listed.labels), listed.new, strict=True)}
    texts: dict[str, Iterable[str]] = {
        "USER": {*map(attrgetter("safe_user"), sessions)},
        "IP": [ip or UNKNOWN for ip in {*map(attrgetter("safe_ip"), sessions)}],
        "CLIENT": [
            client_words(client, known[label], current=False, new=bool(new))
            for client, label, new in clients
        ],
    }
    longest = {title: max(map(width_of, found), default=0) for title, found in texts.items()}
    longest["CLIENT"] = max(_OURS_WIDTH, longest["CLIENT"])
    is_used = any(session.last_used_at is not None for session in sessions)
    return {**longest, "LAST USED": LAST_USED.wanted if is_used else 0}


def offered_columns(
    longest: Mapping[str, int],
    *,
    has_preview: bool = False,
    sorted_by: object = None,
) -> list[Column[SessionRow]]:
    """Return the columns that a list has, by its longest texts.

    `has_preview`: it stands beside them.
    """
    offered = [*COLUMNS]
    if not longest.get("USER"):
        offered.remove(USER)
    if has_preview:
        offered[offered.index(CLIENT)] = replace(CLIENT, least=_BESIDE_PREVIEW)
    for at, column in enumerate(offered):
        if column is LAST_USED and longest.get("LAST USED") == 0:
            offered[at] = replace(column, priority=_NOTHING_USED)
        elif sorted_by is not None and column.sort is sorted_by and column is not CREATED:
            offered[at] = replace(column, priority=_SORTED_BY)
    return offered


class ShownRows:
    """What is shown of a list: positions in the order of the rows."""

    def __init__(self, sessions: SessionList, order: Sequence[int]) -> None:
        self.sessions = sessions
        self.order = order

    @cached_property
    def _positions(self) -> Container[int]:
        return self.order if isinstance(self.order, range) else {*self.order}

    def id_at(self, row: int) -> str:
        """Return the id of the session on a row."""
        return self.sessions.sessions[self.order[row]].id

    def row_of(self, session_id: str | None) -> int | None:
        """Return the row of a session, None where it is not shown."""
        position = self.sessions.positions.get(session_id or "", -1)
        return self.order.index(position) if position in self._positions else None

    def shows_same(self, first: int, old: ShownRows, rows: range) -> bool:
        """Return whether the rows from `first` on show the sessions of these old rows."""
        ours, theirs = self.order[first : first + len(rows)], old.order[rows.start : rows.stop]
        mine, others = self.sessions.sessions, old.sessions.sessions
        return (
            first >= 0
            and len(ours) == len(theirs)
            and all(
                mine[one].id == others[other].id and mine[one].is_same_as(others[other])
                for one, other in zip(ours, theirs, strict=True)
            )
        )


class SessionTable(Table[SessionRow]):
    """Sessions, one a row, to be marked. The module says how it is fed."""

    def __init__(
        self, *, server_now: Callable[[], float], ui: UiConfig, id: str | None = None
    ) -> None:
        """`server_now` returns epoch seconds; `ui`: how rows are drawn."""
        super().__init__(id=id)
        self._marks = Marks()
        self._server_now = server_now
        self._ui = ui
        self._now = server_now()
        self._shown = ShownRows(NO_SESSIONS, ())
        self._longest: Mapping[str, int] = {}
        self._range_begin: int | None = None
        self._moved_to: str | None = None
        """Id of the session that the user moved the cursor to."""

    # What is shown.

    @property
    def rows(self) -> ShownRows:
        return self._shown

    @property
    def sessions(self) -> SessionList:
        """Return the snapshot shown."""
        return self._shown.sessions

    @property
    def order(self) -> Sequence[int]:
        """Return the positions of the rows shown."""
        return self._shown.order

    def show(
        self,
        sessions: SessionList,
        order: Sequence[int],
        marks: Marks,
        longest: Mapping[str, int] | None = None,
    ) -> None:
        """Show another snapshot; `longest`: its `longest_texts`, where they were found already."""
        self._marks = marks
        self._longest = longest_texts(sessions) if longest is None else longest
        self._now = self._server_now()
        self._show(ShownRows(sessions, order))

    def show_order(self, order: Sequence[int]) -> None:
        """Show other rows of the same snapshot, or the same in another order."""
        self._show(ShownRows(self.sessions, order))

    def show_sorted(self, order: Sequence[int]) -> None:
        """Show the rows in an order that the user asked for, from the top.

        The cursor stays on its session if it was moved there, else it goes to the first row.
        """
        self.drop_range()
        was_moved = self._moved_to is not None and self._moved_to == self.cursor_id
        self._show(ShownRows(self.sessions, order))
        self.set_rows(len(order), self.cursor_row if was_moved else 0, 0)

    def tick(self) -> None:
        """Let time pass."""
        self._now = self._server_now()
        self.refresh()

    def _show(self, listed: ShownRows) -> None:
        """Go on with these rows. A range ends unless its sessions stand together as before."""
        rows, old, was = self.rows_in_range, self._shown, self.cursor_row
        place = self.place
        self._shown = listed
        self.replace_rows(
            place, len(listed.order), lambda row: listed.row_of(place.rows.id_at(row))
        )
        if self._range_begin is not None:
            moved = self.cursor_row - was
            is_same = listed.shows_same(rows.start + moved, old, rows)
            self._range_begin = self._range_begin + moved if is_same else None

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
        row = self._shown.row_of(session_id)
        if row is not None:
            self.move_to(row)
        return row is not None

    def cursor_moved(self) -> None:
        self._moved_to = self.cursor_id
        super().cursor_moved()

    # A range of rows that is about to be marked.

    @property
    def rows_in_range(self) -> range:
        """Return its rows, from where it began to the cursor; none where none was begun."""
        if self._range_begin is None:
            return range(0)
        ends = self._range_begin, self.cursor_row
        return range(min(ends), max(ends) + 1)

    def begin_range(self) -> None:
        """Begin a range at the cursor."""
        if self.order:
            self._range_begin = self.cursor_row
            self.refresh()

    def drop_range(self) -> None:
        """End the range without marking it."""
        if self._range_begin is not None:
            self._range_begin = None
            self.refresh()

    # Drawing.

    def row_at(self, row: int) -> SessionRow:
        position = self.order[row]
        return SessionRow(
            self.sessions,
            position,
            self._now,
            self._ui,
            is_marked=position in self._marks,
            is_in_range=row in self.rows_in_range,
            has_cursor=row == self.cursor_row,
        )

    def offered_columns(self) -> Sequence[Column[SessionRow]]:
        has_preview = self.screen.size.width >= WIDE
        sorted_by = self.sort and self.sort.key
        return offered_columns(self._longest, has_preview=has_preview, sorted_by=sorted_by)

    def longest(self, column: Column[SessionRow]) -> int:
        return self._longest.get(column.title, UNBOUND)
