"""The columns of the session table, and which of them fit a width."""

import enum
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session
from qiscus_tui.query.sorting import SortKey
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.widgets.cells import (
    COUNTDOWN_WIDTH,
    created_cell,
    created_cell_short,
    last_used_cell,
)

GAP = 2
"""Cells between two columns."""

LEADING_WIDTH = 4 + COUNTDOWN_WIDTH
"""Cells of the leading segment: mark, badge and countdown, which change together."""

CREATED_FULL = 17

WIDE = 150
"""Columns of a terminal from which the user agent has a column: also beside a preview."""


class Cell(Struct, frozen=True):
    """What a cell's text is made of."""

    listed: SessionList
    position: int
    """Of the session in the list."""
    now: float
    """The server's time, epoch seconds."""
    width: int
    """Cells of the column."""

    @property
    def session(self) -> Session:
        """Return the session of the row."""
        return self.listed.sessions[self.position]


def client_words(client: str, known: Known | None, *, current: bool, new: bool) -> str:
    """Return what a session is, in words: ours, a known integration, protected, new, its client.

    `client` is a safe form; the label is the admin's own configuration.
    """
    words: list[str] = []
    if current:
        words.append("this session")
    if known is not None:
        words.append(f"{known.label}, protected" if known.protect else known.label)
    if new:
        words.append("new")
    return " · ".join((*words, client or "no client named"))


def _client(cell: Cell) -> str:
    listed, at = cell.listed, cell.position
    current, new = cell.session.current is True, bool(listed.new[at])
    return client_words(listed.clients[at], listed.labels[at], current=current, new=new)


def _created(cell: Cell) -> str:
    full = cell.width >= CREATED_FULL
    return (created_cell if full else created_cell_short)(cell.session.created_at, cell.now)


class _Spec(Struct, frozen=True):
    title: str
    text: Callable[[Cell], str]
    """The cell's text, of safe forms alone; it is cut to the column's width."""
    sort: SortKey | None
    """What a click on the title sorts by; None: nothing."""
    least: int
    """The narrowest width."""
    ideal: int = 0
    """The width where there is room."""
    most: int = 0
    """The width when the other columns have their ideal."""
    priority: int = 0
    """Where room is scarce, the highest is shown first. 0 is always shown."""
    grows_whole: bool = False
    """Whether it has its least or its ideal width, and none between."""
    comes_first_sorted: bool = True
    """Whether it comes before all others where the list is sorted by it."""
    needs_wide: bool = False
    """Whether it is offered in wide terminals only."""


class Column(enum.Enum):
    """The columns, from left to right.

    All tokens have the same lifetime, so CREATED says little that EXPIRES IN does not; LAST USED
    decides what is safe to revoke.
    """

    EXPIRES = _Spec("EXPIRES IN", lambda _: "", SortKey.EXPIRES, LEADING_WIDTH)
    """Drawn by itself, with mark and badge: it ticks."""
    ID = _Spec("ID", lambda cell: cell.session.id[:8], SortKey.ID, 8)
    CLIENT = _Spec("CLIENT", _client, SortKey.CLIENT, 12, 25, 48)
    CREATED = _Spec(
        "CREATED",
        _created,
        SortKey.CREATED,
        12,
        CREATED_FULL,
        priority=1,
        grows_whole=True,
        comes_first_sorted=False,
    )
    LAST_USED = _Spec(
        "LAST USED",
        lambda cell: last_used_cell(cell.session.last_used_at, cell.now),
        SortKey.LAST_USED,
        11,
        priority=4,
    )
    IP = _Spec("IP", lambda cell: cell.session.safe_ip or "unknown", SortKey.IP, 15, 39, priority=5)
    USER = _Spec("USER", lambda cell: cell.session.safe_user, SortKey.USER, 14, 32, priority=3)
    USER_AGENT = _Spec(
        "USER AGENT",
        lambda cell: cell.session.safe_agent,
        None,
        20,
        80,
        400,
        priority=2,
        needs_wide=True,
    )

    @property
    def title(self) -> str:
        """Return what is shown over the column."""
        return self.value.title

    @property
    def sort_key(self) -> SortKey | None:
        """Return what the list is sorted by when the title is clicked."""
        return self.value.sort

    def text(self, cell: Cell) -> str:
        """Return the text of one cell."""
        return self.value.text(cell)


class Sort(Struct, frozen=True):
    """How the list shown is sorted."""

    key: SortKey
    descending: bool


class Needs(Struct, frozen=True):
    """What of a list the choice of columns depends on."""

    has_users: bool = False
    """Some entry names a user."""
    widest_ip: int = 15
    has_last_used: bool = True
    """Some entry says when it was used."""
    screen: int = 0
    """Columns of the terminal, where a row takes only a part of them."""

    @classmethod
    def of(cls, listed: SessionList) -> "Needs":
        """Return what this list needs."""
        return cls._of(listed.sessions)

    @classmethod
    def _of(cls, sessions: Sequence[Session]) -> "Needs":
        return cls(
            has_users=any(session.safe_user for session in sessions),
            widest_ip=max(map(len, {session.safe_ip for session in sessions}), default=0),
            has_last_used=any(session.last_used_at is not None for session in sessions),
        )

    def with_more(self, added: Sequence[Session]) -> "Needs":
        """Return what the same list needs with more sessions behind it."""
        more = self._of(added)
        return Needs(
            self.has_users or more.has_users,
            max(self.widest_ip, more.widest_ip),
            self.has_last_used or more.has_last_used,
        )


class Layout(Struct, frozen=True):
    """Where each shown column is, left to right."""

    width: int
    """Cells of a whole row."""
    places: tuple[tuple[Column, int, int], ...]
    """Column, its first cell and its width."""

    def __iter__(self) -> Iterator[tuple[Column, int, int]]:
        return iter(self.places)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns shown."""
        return tuple(column for column, _, _ in self.places)

    def width_of(self, wanted: Column) -> int:
        """Return the cells of a column, 0 where it is not shown."""
        return next((width for column, _, width in self.places if column is wanted), 0)

    def column_at(self, x: int) -> Column | None:
        """Return the column whose title is at cell `x`, with the gap behind it."""
        if not 0 <= x < self.width:
            return None
        return [column for column, start, _ in self.places if start <= x][-1]


def lay_out(width: int, needs: Needs, sorted_by: SortKey | None = None) -> Layout:
    """Return the columns for rows of `width` cells.

    Expiry, id and client always stay; the column that the list is sorted by comes next, then
    the others while there is room; what is left widens them.
    """
    is_wide = max(needs.screen, width + 1) >= WIDE  # 1: the scrollbar's
    offered = [
        column
        for column in Column
        if (is_wide or not column.value.needs_wide)
        and (column is not Column.USER or needs.has_users)
    ]
    offered.sort(key=lambda column: _rank(column, needs, sorted_by))
    widths: dict[Column, int] = {}
    spare = width + GAP
    for column in offered:
        cells = column.value.least + GAP
        if cells <= spare or not column.value.priority:
            widths[column] = column.value.least
            spare -= cells
    for column in Column:
        ideal = (
            min(column.value.ideal, needs.widest_ip) if column is Column.IP else column.value.ideal
        )
        spare -= _widen(widths, column, ideal, spare)
    for column in Column:
        spare -= _widen(widths, column, column.value.most, spare)
    return Layout(width, tuple(_placed(widths)))


def _rank(column: Column, needs: Needs, sorted_by: SortKey | None) -> tuple[bool, bool, int]:
    spec = column.value
    is_sorted = sorted_by is not None and spec.sort is sorted_by and spec.comes_first_sorted
    says_nothing = column is Column.LAST_USED and not needs.has_last_used
    return bool(spec.priority), not is_sorted, 0 if says_nothing else -spec.priority


def _widen(widths: dict[Column, int], column: Column, most: int, spare: int) -> int:
    """Widen a column within the spare cells, and return by how many."""
    more = min(most - widths.get(column, most), spare)
    if more <= 0 or (column.value.grows_whole and widths[column] + more < most):
        return 0
    widths[column] += more
    return more


def _placed(widths: dict[Column, int]) -> Iterator[tuple[Column, int, int]]:
    start = 0
    for column in Column:
        if column in widths:
            yield column, start, widths[column]
            start += widths[column] + GAP
