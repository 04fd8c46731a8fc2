"""The table of groups: a row a script, with the share of all as a bar.

The cursor stays on its group by values. Marks are those of the sessions: a group is marked where
all of its sessions are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from msgspec import Struct

from qiscus_tui.model.clients import Known, shown
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.service.sessions.groups import Group, GroupFact
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from qiscus_tui.tui.listed.marks import Marks
from qiscus_tui.tui.widgets.bars import share_blocks
from qiscus_tui.tui.widgets.cells import (
    MARK,
    NOT_MARKED,
    SHARE_WIDTH,
    SOME_MARKED,
    UNKNOWN,
    Badge,
    last_used_cell,
    share_text,
)
from qiscus_tui.tui.widgets.table import NOWHERE, UNBOUND, Column, Sort, Table


class GroupRow(Struct, frozen=True):
    """A group of a list, and what decides how its row reads."""

    listed: SessionList
    group: Group
    now: float
    """The server's time, epoch seconds."""
    largest: float = 1.0
    """The share of the largest group."""
    marked: int = 0
    """How many of its sessions are marked."""
    to_revoke: str = ""
    """How many of them `x` would plan, in words; empty until that is known."""

    @property
    def mark(self) -> str:
        """Return the sign of its marks."""
        is_marked = self.marked == self.group.count
        return MARK if is_marked else SOME_MARKED if self.marked else NOT_MARKED

    @property
    def is_revocable(self) -> bool:
        """Return whether any of its sessions can be revoked."""
        return any(self.listed.sessions[at].revocable for at in self.group.positions)

    @property
    def badge(self) -> Badge:
        """Return its state as a sign."""
        if not self.is_revocable:
            return Badge.NOT_REVOCABLE
        return Badge.PROTECTED if self.group.only_protected else Badge.LIVE

    @property
    def label(self) -> Known | None:
        """Return the known integration that all of its sessions belong to."""
        labels, positions = self.listed.labels, self.group.positions
        label = labels[positions[0]]
        is_shared = label is not None and all(labels[at] is label for at in positions)
        return label if is_shared else None

    @property
    def is_own(self) -> bool:
        """Return whether it is our own session, and nothing else."""
        return self.group.current is True and self.group.count == 1

    @property
    def note(self) -> str:
        """Return what keeps sessions of it out of plans."""
        if self.group.current and not self.is_own:
            return "with our own"
        return self.group.protection_words or ("" if self.is_revocable else "no token")

    def name(self, key: GroupKey) -> str:
        """Return its value of a key, for people; a safe text."""
        at = self.group.keys.index(key)
        words = shown(self.group.values[at])
        if key is GroupKey.CLIENT and (self.is_own or self.label is not None):
            words = "this session" if self.is_own else self.label.label if self.label else words
        return words

    @property
    def style(self) -> str:
        """Return the name of the style of marks and count. It repeats what signs and words say."""
        return "marked" if self.marked else self.name_style

    @property
    def name_style(self) -> str:
        """Return the style of its names."""
        return "current" if self.group.current else "row"


def _per_day(row: GroupRow, _: int) -> str:
    return UNKNOWN if row.group.per_day is None else f"{row.group.per_day:,.0f}"


def _in_use(row: GroupRow, _: int) -> str:
    """Return how many were used within 24 h."""
    return UNKNOWN if row.group.last_used_at is None else f"{row.group.in_use:,}"


def _expiring(row: GroupRow, _: int) -> str:
    ends = row.listed.facts.expires_at
    is_known = any(ends[at] is not None for at in row.group.positions)
    return f"{row.group.expiring:,}" if is_known else UNKNOWN


def _bar(row: GroupRow, cells: int) -> str:
    room = cells - (row.largest == 1)  # `100 %` begins at its edge
    return share_blocks(row.group.share, row.largest, room)


_BAR: Column[GroupRow] = Column("", _bar, 9, 45, least=4, most=24, gap=1, style="bar")
_FACTS: tuple[Column[GroupRow], ...] = (
    Column("", lambda row, _: f" {row.mark} {row.badge.value}", 4,
           stays=True, gap=0, style=lambda row: row.style),
    Column("SESSIONS", lambda row, _: f"{row.group.count:,}", 8, stays=True, gap=0,
           is_number=True, style=lambda row: row.style, sort=GroupFact.COUNT),
    _BAR,
    Column("", lambda row, _: share_text(row.group.share), SHARE_WIDTH, 60, gap=1, style="muted"),
    Column("PER DAY", _per_day, 7, 42, gap=1,
           is_number=True, style="muted", sort=GroupFact.PER_DAY),
    Column("NEWEST", lambda row, _: last_used_cell(row.group.newest_at, row.now), 10, 20,
           style="muted", sort=GroupFact.NEWEST),
    Column("LAST USED", lambda row, _: last_used_cell(row.group.last_used_at, row.now), 10, 90,
           sort=GroupFact.LAST_USED),
    Column("IN USE", _in_use, 7, 43, gap=1, is_number=True, style="muted"),
    Column("TO REVOKE", lambda row, _: row.to_revoke, 9, 44, is_number=True),
    Column("EXPIRING", _expiring, 8, 40, is_number=True,
           style=lambda row: "soon" if row.group.expiring else "muted"),
)  # fmt: skip
_NOTE: Column[GroupRow] = Column("", lambda row, _: row.note, 14, 50)
_NAMES = {GroupKey.CLIENT: (15, 34), GroupKey.NETWORK: (16, 20), GroupKey.USER: (14, 34)}
"""The least and the most cells of the names of some keys."""


def columns_by(keys: Sequence[GroupKey]) -> list[Column[GroupRow]]:
    """Return the columns of groups by these keys, from left to right."""
    return [*_FACTS, *map(_name_column, keys), _NOTE]


def _name_column(key: GroupKey) -> Column[GroupRow]:
    least, most = _NAMES.get(key, (12, 24))
    return Column(
        key.value.upper(), lambda row, _: row.name(key), 18, 95, least=least, most=most,
        style=lambda row: row.name_style, sort=key,
    )  # fmt: skip


class GroupTable(Table[GroupRow]):
    """Groups, one a row, whose sessions can be marked."""

    def __init__(self, *, server_now: Callable[[], float], id: str | None = None) -> None:
        """`server_now` returns epoch seconds."""
        super().__init__(id=id)
        self._server_now = server_now
        self._marks = Marks()
        self._now = server_now()
        self._groups_by: Sequence[GroupKey] = ()
        self._groups: Sequence[Group] = ()
        self.listed = NO_SESSIONS
        self._largest = 0.0
        self._to_revoke: Mapping[tuple[Hashable, ...], int] | None = None

    @property
    def cursor_group(self) -> Group | None:
        """Return the group under the cursor; None where no row is shown."""
        return self._groups[self.cursor_row] if self._groups else None

    @property
    def rows(self) -> Sequence[Group]:
        return self._groups

    def show(
        self,
        listed: SessionList,
        keys: Sequence[GroupKey],
        groups: Sequence[Group],
        marks: Marks,
        sort: Sort,
    ) -> None:
        """Show other groups of a list, or the same in another order, from the top.

        The cursor stays on its group, also if none is shown for a while.
        """
        place = self.place if keys == self._groups_by else NOWHERE
        is_sorted = sort != self.sort
        rows = {group.kinds: row for row, group in enumerate(groups)}
        self.listed, self._groups_by, self._groups, self._marks = listed, keys, groups, marks
        self._largest = max((one.share for one in groups), default=0.0)
        self._now = self._server_now()
        self.columns = columns_by(keys)
        self.show_sort(sort)
        self.replace_rows(place, len(groups), lambda row: rows.get(place.rows[row].kinds))
        if is_sorted:
            self.scroll_to(y=0)

    def show_to_revoke(self, found: Mapping[tuple[Hashable, ...], int]) -> None:
        """Show how many sessions `x` would plan of each group; empty: that can't be known."""
        self._to_revoke = found
        self.refresh()

    def tick(self) -> None:
        """Let time pass, or draw other marks."""
        self._now = self._server_now()
        self.refresh()

    def longest(self, column: Column[GroupRow]) -> int:
        return UNBOUND if column is _BAR else super().longest(column)

    def row_at(self, row: int) -> GroupRow:
        group, found = self._groups[row], self._to_revoke
        count = found.get(group.kinds) if found else None
        to_revoke = "" if found is None else UNKNOWN if count is None else f"{count:,}"
        marked = self._marks.count_in(group.positions)
        return GroupRow(self.listed, group, self._now, self._largest, marked, to_revoke)
