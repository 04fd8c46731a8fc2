"""The groups of what is shown of a list, and how they are sorted."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.query import Moment
from qiscus_tui.service.sessions.group_order import FALLING, GroupFact, GroupSort, sorted_groups
from qiscus_tui.service.sessions.groups import Group, grouped, lacking
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from qiscus_tui.tui.listed.order import ListView

HOLDS = 60.0
"""Seconds after which what depends on the time is counted again."""

_WORDS = {
    GroupFact.COUNT: ("largest first", "smallest first"),
    GroupFact.PER_DAY: ("most per day first", "fewest per day first"),
    GroupFact.NEWEST: ("newest first", "longest without a login first"),
    GroupFact.OLDEST: ("oldest first", "youngest first"),
    GroupFact.LAST_USED: ("last used first", "longest unused first"),
}


def keys_words(keys: Sequence[GroupKey]) -> str:
    """Return `client and network`."""
    *others, last = (key.value for key in keys)
    return f"{', '.join(others)} and {last}" if others else last


class GroupSorting(Struct, frozen=True):
    """A key, in its own direction or reversed."""

    by: GroupSort = GroupFact.COUNT
    reverse: bool = False

    @property
    def words(self) -> str:
        """`largest first`."""
        if isinstance(self.by, GroupFact):
            return _WORDS[self.by][self.reverse]
        return f"by {self.by.value}{', backwards' if self.reverse else ''}"

    @property
    def is_descending(self) -> bool:
        """Whether the highest value comes first."""
        return (self.by in FALLING) != self.reverse

    def turned(self) -> GroupSorting:
        """Return the reverse."""
        return replace(self, reverse=not self.reverse)

    def towards(self, by: GroupSort) -> GroupSorting:
        """Return the sort by a key; the same key again reverses it."""
        return self.turned() if by is self.by else GroupSorting(by)

    def next(self, keys: Sequence[GroupKey]) -> GroupSorting:
        """Return the sort by the next key, for groups by `keys`, in its own direction."""
        offered: list[GroupSort] = [*_WORDS, *keys]
        return GroupSorting(offered[(offered.index(self.by) + 1) % len(offered)])

    def kept_for(self, keys: Sequence[GroupKey]) -> GroupSorting:
        """Return this sort, or the usual one where groups by `keys` can't be sorted so."""
        return self if isinstance(self.by, GroupFact) or self.by in keys else GroupSorting()


class Grouping(Struct, frozen=True):
    """What is asked to be grouped, and how."""

    listed: SessionList = NO_SESSIONS
    positions: Sequence[int] | None = None
    """What the filter leaves; None for everything, in whatever order."""
    keys: tuple[GroupKey, ...] = ()
    moment: Moment = Moment(0.0, 0.0)

    def grouped(self) -> Grouped:
        """Return the groups, the largest first."""
        lacks = lacking(self.listed, self.keys)
        groups = () if lacks else grouped(self.listed, self.keys, self.moment, self.positions)
        return Grouped(self, groups, lacks)


class Grouped(Struct, frozen=True):
    """The groups of a list."""

    grouping: Grouping = Grouping()
    largest_first: Sequence[Group] = ()
    lacks: str | None = None
    """Why the list can't be grouped by these keys."""


class GroupView:
    """Keys, order and groups of what a list view shows. Draws nothing."""

    def __init__(self) -> None:
        self.keys: tuple[GroupKey, ...] = USUAL_KEYS
        self.sorting = GroupSorting()
        self.asked = Grouping()
        self.made = Grouped()
        self.groups: Sequence[Group] = ()
        """Those that were made last, sorted."""

    @property
    def is_made(self) -> bool:
        """Whether there are groups by these keys; else they are being made."""
        return self.made.grouping.keys == self.keys

    @property
    def lacks(self) -> str | None:
        """Why the list can't be grouped by these keys."""
        return self.made.lacks if self.is_made else None

    def ask(self, view: ListView, moment: Moment) -> Grouping | None:
        """Return what is to be grouped; None where that was asked for already, and still holds."""
        positions, was = view.shown if view.is_filtered else None, self.asked
        is_same = view.listed is was.listed and positions is was.positions and self.keys == was.keys
        if is_same and moment.server_now - was.moment.server_now < HOLDS:
            return None
        self.asked = Grouping(view.listed, positions, self.keys, moment)
        return self.asked

    def take(self, made: Grouped) -> None:
        """Show the groups that were made, if nothing else was asked for since."""
        if made.grouping is self.asked:
            self.made = made
            self.sort(self.sorting)

    def group_by(self, keys: Sequence[GroupKey]) -> None:
        """Group by other keys: the groups of before are no longer shown."""
        self.keys, self.asked, self.made, self.groups = tuple(keys), Grouping(), Grouped(), ()
        self.sorting = self.sorting.kept_for(keys)

    def sort(self, sorting: GroupSorting) -> None:
        """Sort the groups."""
        self.sorting = sorting
        made = self.made.largest_first
        self.groups = sorted_groups(made, sorting.by, reverse=sorting.reverse)
