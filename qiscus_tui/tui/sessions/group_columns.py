"""The columns of the groups, and which of them fit a width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.known import Known
from qiscus_tui.service.sessions.group_order import GroupFact, GroupSort
from qiscus_tui.tui.widgets.cells import (
    SHARE_WIDTH,
    UNKNOWN,
    fit,
    last_used_cell,
    share_text,
    width_of,
)
from qiscus_tui.tui.widgets.text_table import GAP, TextColumn, fitted_widths

if TYPE_CHECKING:
    from qiscus_tui.service.sessions.groups import Group

LEADING_WIDTH = 5
"""Cells of mark and badge, with the spaces around them."""
USUAL_NAME = 18
"""Cells of a name where there is no room for a longer one."""
NUMBERS_WIDTH = 84
"""Cells of the columns before the names, which share the rest."""
LEAST_BAR, USUAL_BAR, MOST_BAR = 5, 9, 60
"""Cells of the longest bar: where room is scarce, and where nothing else needs it."""
_EIGHTHS = "▏▎▍▌▋▊▉█"


class GroupRow(Struct, frozen=True):
    """A group, and what else is shown of it."""

    group: Group
    values: tuple[str | None, ...]
    """Its own, made once."""
    label: Known | None
    """The known integration that all of its sessions belong to."""
    is_revocable: bool
    """Whether any of them can be revoked."""
    has_expired_own: bool = False
    """Whether our own session is in it, and expired."""

    @property
    def has_live_own(self) -> bool:
        """Whether our own session is in it, and lives."""
        return self.group.current is True and not self.has_expired_own

    @property
    def is_own(self) -> bool:
        """Whether it is our own session, and nothing else."""
        return self.group.current is True and self.group.count == 1

    def words(self, key: GroupKey) -> str:
        """Return its value of a key, for people; a safe text."""
        value = self.values[self.group.keys.index(key)]
        if key is GroupKey.CLIENT and self.is_own:
            return "this session"
        if key is GroupKey.CLIENT and self.label is not None:
            return self.label.label
        from qiscus_tui.service.sessions.groups import shown

        return shown(value)

    @property
    def note(self) -> str:
        """Return what keeps sessions of it out of plans."""
        if self.group.current and not self.is_own:
            return "with our own"
        if self.group.protected:
            return "protected"
        return "" if self.is_revocable else "no token"


class GroupColumn(Struct, frozen=True):
    """One column. `text` gives the safe text of a row at the server's time."""

    title: str
    text: Callable[[GroupRow, float], str]
    most: int
    """The most cells that it takes."""
    importance: int
    """The least important is left out first where the width is short."""
    sort: GroupSort | None = None
    """What a click on its title sorts by."""
    least: int = 0
    """Cells that it can be narrowed to; 0: it is shown whole or not at all."""
    is_number: bool = False
    """Whether its texts stand at the right."""
    is_name: bool = False
    """Whether it says which group this is."""
    style: str = "rest"
    """The name of the style of its texts."""
    gap: int = GAP
    """Cells before it; one is enough where texts seldom begin at its left edge."""


def _count(row: GroupRow, _: float) -> str:
    return f"{row.group.count:,}"


def _per_day(row: GroupRow, _: float) -> str:
    return UNKNOWN if row.group.per_day is None else f"{row.group.per_day:,.0f}"


def _newest(row: GroupRow, now: float) -> str:
    return last_used_cell(row.group.newest_at, now)


def _oldest(row: GroupRow, now: float) -> str:
    at = row.group.oldest_at
    return UNKNOWN if at is None else f"{max(0, int((now - at) // DAY)):,} d"


def _last_used(row: GroupRow, now: float) -> str:
    return last_used_cell(row.group.last_used_at, now)


def _expiring(row: GroupRow, _: float) -> str:
    return f"{row.group.expiring:,}"


COUNT = GroupColumn("SESSIONS", _count, 8, 100, GroupFact.COUNT, is_number=True, style="main")
SHARE = GroupColumn(
    "", lambda row, _: share_text(row.group.share), USUAL_BAR + SHARE_WIDTH, 60, least=10, gap=1
)
"""Drawn with the bar before its text."""
EXPIRING = GroupColumn("EXPIRING", _expiring, 8, 40, is_number=True, gap=1)
_FIXED = (
    COUNT,
    SHARE,
    GroupColumn("PER DAY", _per_day, 7, 30, GroupFact.PER_DAY, is_number=True, gap=1),
    GroupColumn("NEWEST", _newest, 10, 20, GroupFact.NEWEST),
    GroupColumn("OLDEST", _oldest, 6, 10, GroupFact.OLDEST, gap=1),
    GroupColumn("LAST USED", _last_used, 10, 90, GroupFact.LAST_USED, style="main"),
    EXPIRING,
)
NOTE_IMPORTANCE = 50
"""What falls before the note has no room behind the last name, and stands before the first."""
NOTE_WIDTH = len("protected")

_NAME_WIDTHS = {GroupKey.CLIENT: (14, 34), GroupKey.NETWORK: (16, 20), GroupKey.USER: (14, 34)}


def columns(keys: Sequence[GroupKey]) -> tuple[GroupColumn, ...]:
    """Return the columns of groups by these keys, from left to right."""
    return (*_FIXED, *map(_name_column, keys))


def _name_column(key: GroupKey) -> GroupColumn:
    least, most = _NAME_WIDTHS.get(key, (12, 24))
    return GroupColumn(
        key.value.upper(),
        lambda row, _: row.words(key),
        most,
        95,
        key,
        least=least,
        is_name=True,
        style="main",
    )


class GroupLayout(Struct, frozen=True):
    """Where each shown column is, left to right."""

    width: int
    """Cells of a whole row."""
    places: tuple[tuple[GroupColumn, int, int], ...]
    """Column, its first cell and its width."""

    def column_at(self, x: int) -> GroupColumn | None:
        """Return the column whose title is at cell `x`, with the gap behind it."""
        return next((one for one, start, _ in reversed(self.places) if start <= x), None)


def lay_out(
    keys: Sequence[GroupKey], rows: Sequence[GroupRow], has_notes: bool, width: int
) -> GroupLayout:
    """Return the columns for rows of `width` cells; names are as wide as the widest of `rows`.

    `has_notes`: a group that is not among these rows may have a note too.
    """
    offered = list(columns(keys))
    for_names = max(0, width - NUMBERS_WIDTH) // max(1, len(keys))
    wanted = [_wanted(one, rows, for_names) for one in offered]
    noted = _noted_width(offered[-1], wanted[-1], rows, has_notes)
    for_note = max(0, noted - wanted[-1])
    note = TextColumn("", for_note, NOTE_IMPORTANCE, gap=0)
    bounds = [
        TextColumn(one.title, one.most, one.importance, one.least, one.gap) for one in offered
    ]
    *widths, with_note = fitted_widths([*bounds, note], [*wanted, for_note], width - LEADING_WIDTH)
    widths[-1] += with_note
    if noted and widths[-1] >= noted:
        offered[-1] = replace(offered[-1], text=_words_then_note(keys[-1], widths[-1]))
    elif noted:
        first = next(at for at, one in enumerate(offered) if one.is_name)
        offered[first] = replace(offered[first], text=_note_then_words(keys[0]))
    shown = [column for column, cells in zip(offered, widths, strict=True) if cells]
    taken = sum(widths) + sum(column.gap for column in shown[1:])
    if SHARE in shown:  # the last cell stays free, beside the scrollbar
        spare = width - LEADING_WIDTH - taken - 1
        widths[offered.index(SHARE)] += max(0, min(spare, MOST_BAR - USUAL_BAR))
    places: list[tuple[GroupColumn, int, int]] = []
    end = LEADING_WIDTH
    for column, cells in zip(offered, widths, strict=True):
        if cells:
            start = end + column.gap if places else end
            places.append((column, start, cells))
            end = start + cells
    return GroupLayout(width, tuple(places))


def _noted_width(last: GroupColumn, most: int, rows: Sequence[GroupRow], has_notes: bool) -> int:
    """Return the cells that the last name's column needs for the notes behind its texts.

    `most`: cells of the longest text.
    """
    noted = [
        min(most, width_of(last.text(row, 0.0))) + GAP + len(row.note) for row in rows if row.note
    ]
    return max([last.least + GAP + NOTE_WIDTH if has_notes and not noted else 0, *noted])


def _words_then_note(key: GroupKey, width: int) -> Callable[[GroupRow, float], str]:
    """Return the text of a name with the note at the right end of its column."""

    def text(row: GroupRow, _: float) -> str:
        words, note = row.words(key), row.note
        return f"{fit(words, width - GAP - len(note))}{' ' * GAP}{note}" if note else words

    return text


def _note_then_words(key: GroupKey) -> Callable[[GroupRow, float], str]:
    return lambda row, _: f"{row.note} · {row.words(key)}" if row.note else row.words(key)


def _wanted(column: GroupColumn, rows: Sequence[GroupRow], for_names: int) -> int:
    if column in _FIXED:
        return column.most
    most = min(column.most, max(USUAL_NAME, for_names)) if column.is_name else column.most
    return min(most, _widest(column, rows))


def _widest(column: GroupColumn, rows: Sequence[GroupRow]) -> int:
    return max([width_of(column.title), *(width_of(column.text(row, 0.0)) for row in rows)])


def bar_text(share: float, largest: float, width: int) -> str:
    """Return the bar of a share (0 to 1) in eighths of a cell, at most `width` cells.

    All groups have the same scale: that of the largest, or one in which a half would fill the bar.
    The smallest is still seen.
    """
    full = min(2 * width + 2, width / largest) if largest else width
    eighths = min(max(1, int(8 * full * share)), 8 * width)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest - 1] if rest else "")
