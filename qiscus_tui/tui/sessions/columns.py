"""The columns of the session table, and which of them fit a width."""

import enum
from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec import Struct

from qiscus_tui.query.sorting import SortKey
from qiscus_tui.tui.sessions.column_needs import Needs
from qiscus_tui.tui.sessions.session_cells import (
    ALIKE_WIDTH,
    CREATED_FULL,
    Cell,
    alike_cell,
    client_cell,
    created_text,
    last_used_text,
)
from qiscus_tui.tui.widgets.cells import COUNTDOWN_WIDTH, UNKNOWN

GAP = 2
"""Cells between two columns."""

LEADING_WIDTH = 4 + COUNTDOWN_WIDTH
"""Cells of the leading segment: mark, badge and countdown, which change together."""

OURS_WIDTH = len("this session · qiscus-tui")

WIDE = 150
"""Columns of a terminal from which the list has a preview, and a column for the user agent."""


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
    widest: Callable[[Needs], int] | None = None
    """Cells of its longest text: it is never wider. None: as wide as said here."""
    grows_whole: bool = False
    """Whether it has its least or its ideal width, and none between."""
    comes_first_sorted: bool = True
    """Whether it comes before all others where the list is sorted by it."""
    widens_last: bool = False
    """Whether it has its least width until every other column is there, as wide as is ideal."""
    is_extra: bool = False
    """Whether it is there only where all others have their ideal width."""


class Column(enum.Enum):
    """The columns, from left to right.

    All tokens have the same lifetime, so CREATED says little that EXPIRES IN does not; LAST USED
    decides what is safe to revoke.
    """

    EXPIRES = _Spec("EXPIRES IN", lambda _: "", SortKey.EXPIRES, LEADING_WIDTH)
    """Drawn by itself, with mark and badge: it ticks."""
    ID = _Spec("ID", lambda cell: cell.session.id[:8], SortKey.ID, 8)
    CLIENT = _Spec(
        "CLIENT",
        client_cell,
        SortKey.CLIENT,
        12,
        OURS_WIDTH,
        48,
        widest=lambda needs: max(OURS_WIDTH, needs.widest_client),
    )
    CREATED = _Spec(
        "CREATED",
        created_text,
        SortKey.CREATED,
        12,
        CREATED_FULL,
        priority=2,
        grows_whole=True,
        comes_first_sorted=False,
    )
    LAST_USED = _Spec(
        "LAST USED",
        last_used_text,
        SortKey.LAST_USED,
        11,
        priority=4,
    )
    IP = _Spec(
        "IP",
        lambda cell: cell.session.safe_ip or UNKNOWN,
        SortKey.IP,
        15,
        39,
        priority=5,
        widest=lambda needs: needs.widest_ip,
        grows_whole=True,
    )
    USER = _Spec(
        "USER",
        lambda cell: cell.session.safe_user,
        SortKey.USER,
        14,
        32,
        priority=3,
        widest=lambda needs: needs.widest_user,
    )
    ALIKE = _Spec(
        f"{'LIKE THIS':>{ALIKE_WIDTH}}", alike_cell, None, ALIKE_WIDTH, priority=1, is_extra=True
    )
    """How many sessions have its client and network, and their share of all."""
    USER_AGENT = _Spec(
        "USER AGENT",
        lambda cell: cell.session.safe_agent,
        None,
        12,
        80,
        400,
        priority=1,
        widest=lambda needs: needs.widest_agent,
        widens_last=True,
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


@lru_cache(maxsize=8)
def lay_out(width: int, needs: Needs, sorted_by: SortKey | None = None) -> Layout:
    """Return the columns for rows of `width` cells.

    Expiry, id and client always stay; the column that the list is sorted by comes next, then
    the others while there is room. What is left widens them, up to what the texts need; how many
    are alike is told once nothing else is short of room.
    """
    is_wide = max(needs.screen, width + 1) >= WIDE  # 1: the scrollbar's
    offered = [column for column in Column if _is_offered(column, needs, is_wide=is_wide)]
    offered.sort(key=lambda column: _rank(column, needs, sorted_by))
    widths: dict[Column, int] = {}
    spare = width + GAP
    for is_extra in (False, True):
        for column in offered:
            least = _cells(column, column.value.least, needs)
            is_due = column.value.is_extra is is_extra
            if is_due and (least + GAP <= spare or not column.value.priority):
                widths[column] = least
                spare -= least + GAP
        for column in (*_BEFORE_THE_YEAR, *Column):
            if column.value.widens_last and not is_extra:
                continue
            spare -= _widen(widths, column, _cells(column, column.value.ideal, needs), spare)
        if not all(_has_ideal(widths, column, needs) for column in offered):
            break
    for column in Column:  # the last cell stays free, beside the scrollbar
        spare -= _widen(widths, column, _cells(column, column.value.most, needs), spare - 1)
    return Layout(width, tuple(_placed(widths)))


_BEFORE_THE_YEAR = (Column.IP, Column.CLIENT, Column.USER)
"""They are whole before CREATED has a year, the address first: a part of it names others too."""


def _has_ideal(widths: dict[Column, int], column: Column, needs: Needs) -> bool:
    spec = column.value
    is_last = spec.is_extra or spec.widens_last
    return is_last or widths.get(column, -1) >= _cells(column, spec.ideal, needs)


def _is_offered(column: Column, needs: Needs, *, is_wide: bool) -> bool:
    match column:
        case Column.USER:
            return needs.has_users
        case Column.ALIKE:
            return needs.has_alike
        case Column.USER_AGENT:
            return is_wide
        case _:
            return True


def _rank(column: Column, needs: Needs, sorted_by: SortKey | None) -> tuple[bool, bool, int]:
    spec = column.value
    is_sorted = sorted_by is not None and spec.sort is sorted_by and spec.comes_first_sorted
    says_nothing = column is Column.LAST_USED and not needs.has_last_used
    return bool(spec.priority), not is_sorted, 0 if says_nothing else -spec.priority


def _cells(column: Column, width: int, needs: Needs) -> int:
    """Return the width, or what the longest text and the title need, where that is less."""
    widest = column.value.widest
    if widest is None:
        return width
    return min(width, max(widest(needs), len(column.title) + len(" ▼")))


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
