"""The columns of the session table, and which of them a width has room for."""

import enum
from collections.abc import Iterator

from msgspec import Struct

from qiscus_tui.query.sorting import SortKey
from qiscus_tui.tui.widgets.cells import COUNTDOWN_WIDTH

GAP = 2
"""Cells between two columns."""

LEADING_WIDTH = 4 + COUNTDOWN_WIDTH
"""Cells of the leading segment: mark, badge and countdown, which change together."""


class Column(enum.Enum):
    """A column; the value is what the list is sorted by when its header is clicked."""

    EXPIRES = SortKey.EXPIRES
    ID = SortKey.ID
    CLIENT = SortKey.CLIENT
    CREATED = SortKey.CREATED
    LAST_USED = SortKey.LAST_USED
    IP = SortKey.IP
    USER = SortKey.USER

    @property
    def title(self) -> str:
        """What stands over the column."""
        return "EXPIRES IN" if self is Column.EXPIRES else self.name.replace("_", " ")


class Sort(Struct, frozen=True):
    """How the list shown is sorted."""

    column: Column
    descending: bool


class Needs(Struct, frozen=True):
    """What of a list decides over the columns."""

    has_users: bool = False
    """Some entry names a user."""
    widest_ip: int = 15


class Layout(Struct, frozen=True):
    """Where each shown column stands, left to right."""

    width: int
    """Cells of a whole row."""
    places: tuple[tuple[Column, int, int], ...]
    """Column, its first cell and its width."""

    def __iter__(self) -> Iterator[tuple[Column, int, int]]:
        return iter(self.places)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns shown."""
        return tuple(column for column, _, _ in self.places)

    def width_of(self, wanted: Column) -> int:
        """Cells of a column, 0 where it is not shown."""
        return next((width for column, _, width in self.places if column is wanted), 0)

    def column_at(self, x: int) -> Column | None:
        """The column whose header stands at cell `x`, with the gap behind it."""
        if not 0 <= x < self.width:
            return None
        found = Column.EXPIRES
        for column, start, _ in self.places:
            if start <= x:
                found = column
        return found


_CLIENT_MIN, _CLIENT_IDEAL, _CLIENT_MAX = 12, 25, 48
_FIRST_WIDTH = {
    Column.IP: 15,
    Column.LAST_USED: 11,
    Column.USER: 14,
    Column.CREATED: 12,
}
"""The narrowest form of what may give way, the dearest first: all tokens live equally long,
so CREATED says little that EXPIRES IN does not."""

_ORDER = tuple(Column)
CREATED_FULL = 17
_IP_MAX = 39
_USER_MAX = 32


def lay_out(width: int, needs: Needs, sorted_by: Column | None = None) -> Layout:
    """The columns for rows of `width` cells.

    Expiry, id and client always stay; the column that the list is sorted by comes next, then
    the others while there is room; what is left widens them.
    """
    widths = {Column.EXPIRES: LEADING_WIDTH, Column.ID: 8, Column.CLIENT: _CLIENT_MIN}
    spare = width - sum(widths.values()) - 2 * GAP
    wanted = [column for column in _FIRST_WIDTH if column is not Column.USER or needs.has_users]
    wanted.sort(key=lambda column: column is not sorted_by)
    for column in wanted:
        if _FIRST_WIDTH[column] + GAP <= spare:
            widths[column] = _FIRST_WIDTH[column]
            spare -= _FIRST_WIDTH[column] + GAP
    growth = (
        (Column.CLIENT, _CLIENT_IDEAL),
        (Column.CREATED, CREATED_FULL),
        (Column.IP, min(needs.widest_ip, _IP_MAX)),
        (Column.USER, _USER_MAX),
        (Column.CLIENT, _CLIENT_MAX),
    )
    for column, most in growth:
        if column in widths:
            more = max(0, min(most - widths[column], spare))
            if column is Column.CREATED and more < CREATED_FULL - widths[column]:
                continue
            widths[column] += more
            spare -= more
    return Layout(width, tuple(_placed(widths)))


def _placed(widths: dict[Column, int]) -> Iterator[tuple[Column, int, int]]:
    start = 0
    for column in _ORDER:
        if column in widths:
            yield column, start, widths[column]
            start += widths[column] + GAP
