"""The groups of what is shown of a list, and how they are sorted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from msgspec import Struct

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.plan_groups import targets_of_groups
from qiscus_tui.service.sessions.groups import (
    Group,
    GroupFact,
    GroupSort,
    grouped,
    lacking,
    sorted_groups,
)
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from qiscus_tui.tui.listed.order import ListView, Sorting

HOLDS = 60.0
"""Seconds after which what depends on the time is counted again."""

GroupSorting = Sorting[GroupSort]
LARGEST_FIRST: GroupSorting = Sorting(GroupFact.COUNT)
_FACTS = (
    GroupFact.COUNT,
    GroupFact.PER_DAY,
    GroupFact.NEWEST,
    GroupFact.OLDEST,
    GroupFact.LAST_USED,
)
"""What groups are sorted by, one after the other, before their keys."""


def group_sort_keys(keys: Sequence[GroupKey]) -> tuple[GroupSort, ...]:
    """Return what groups by these keys can be sorted by."""
    return (*_FACTS, *keys)


def keys_words(keys: Sequence[GroupKey]) -> str:
    """Return `client and network`."""
    *others, last = (key.value for key in keys)
    return f"{', '.join(others)} and {last}" if others else last


class Grouping(Struct, frozen=True):
    """What is asked to be grouped, how, and in which order."""

    listed: SessionList = NO_SESSIONS
    positions: Sequence[int] | None = None
    """What the filter leaves; None for everything, in whatever order."""
    keys: tuple[GroupKey, ...] = ()
    moment: Moment = Moment(0.0, 0.0)
    sorting: GroupSorting = LARGEST_FIRST

    def is_answered_by(self, other: Grouping) -> bool:
        """Return whether the groups of the other are those that are asked for, and still hold."""
        return (
            self.listed is other.listed
            and self.positions is other.positions
            and self.keys == other.keys
            and self.sorting == other.sorting
            and self.moment.server_now - other.moment.server_now < HOLDS
        )

    def grouped(self) -> Grouped:
        """Return the groups."""
        if lacks := lacking(self.listed, self.keys):
            return Grouped(self, lacks=lacks)
        groups = grouped(self.listed, self.keys, self.moment, self.positions)
        key, reverse = self.sorting.key, self.sorting.reverse
        return Grouped(self, sorted_groups(groups, key, reverse=reverse))


class Grouped(Struct, frozen=True):
    """The groups of a list."""

    grouping: Grouping = Grouping()
    groups: Sequence[Group] = ()
    """In the order that was asked for."""
    lacks: str | None = None
    """Why the list can't be grouped by these keys."""

    def to_revoke(self) -> dict[tuple[Hashable, ...], int]:
        """Return by its kinds how many sessions of each group `x` would plan."""
        asked = self.grouping
        return targets_of_groups(asked.listed, self.groups, asked.moment)


class GroupView:
    """Keys, order and groups of what a list view shows. Draws nothing."""

    def __init__(self) -> None:
        self.keys: tuple[GroupKey, ...] = USUAL_KEYS
        self.sorting = LARGEST_FIRST
        self.asked = Grouping()
        self.made = Grouped()

    @property
    def groups(self) -> Sequence[Group]:
        """Those that were made last, sorted."""
        return self.made.groups

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
        positions = view.shown if view.is_filtered else None
        asked = Grouping(view.listed, positions, self.keys, moment, self.sorting)
        if asked.is_answered_by(self.asked):
            return None
        self.asked = asked
        return asked

    def take(self, made: Grouped) -> None:
        """Show the groups that were made, if nothing else was asked for since."""
        if made.grouping is self.asked:
            self.made = made

    def group_by(self, keys: Sequence[GroupKey]) -> None:
        """Group by other keys: the groups of before are no longer shown."""
        self.keys, self.asked, self.made = tuple(keys), Grouping(), Grouped()
        if self.sorting.key not in group_sort_keys(keys):
            self.sorting = LARGEST_FIRST
