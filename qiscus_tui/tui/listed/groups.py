"""The groups of what a list view shows: computed once for each list, filter and keys."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.service.sessions.group_order import sorted_groups
from qiscus_tui.service.sessions.session_list import NO_SESSIONS
from qiscus_tui.tui.listed.group_sorting import GroupSorting

if TYPE_CHECKING:
    from qiscus_tui.query import Moment
    from qiscus_tui.service.sessions.groups import Group
    from qiscus_tui.service.sessions.session_list import SessionList
    from qiscus_tui.tui.listed.order import ListView

HOLDS = 60.0
"""Seconds after which what depends on the time is counted again."""


class GroupView:
    """Keys, order and groups. Draws nothing."""

    def __init__(self) -> None:
        self.keys: tuple[GroupKey, ...] = USUAL_KEYS
        self.sorting = GroupSorting()
        self.groups: Sequence[Group] = ()
        self._largest_first: Sequence[Group] = ()
        self.lacks: str | None = None
        """Why the list can't be grouped by these keys."""
        self._listed: SessionList = NO_SESSIONS
        self._positions: Sequence[int] | None = None
        self.grouped_by: tuple[GroupKey, ...] = ()
        """The keys of the groups; none where there are no groups."""
        self._grouped_at = 0.0

    @property
    def listed(self) -> SessionList:
        """The list that is grouped."""
        return self._listed

    def is_current(self, view: ListView, now: float) -> bool:
        """Return whether the groups are those of what is shown, at the server's time `now`."""
        return (
            view.listed is self._listed
            and _positions(view) is self._positions
            and self.keys == self.grouped_by
            and now - self._grouped_at < HOLDS
        )

    def group_in_steps(self, view: ListView, moment: Moment) -> Generator[None, None, None]:
        """Group what the view shows, which is whole, in steps of a few milliseconds."""
        from qiscus_tui.service.sessions.groups import group_steps, lacking

        listed, positions, keys = view.listed, _positions(view), self.keys
        lacks = lacking(listed, keys)
        groups = () if lacks else (yield from group_steps(listed, keys, moment, positions))
        if keys != self.keys:
            return  # others were chosen meanwhile
        self._listed, self._positions, self.grouped_by = listed, positions, keys
        self._grouped_at = moment.server_now
        self.lacks, self._largest_first = lacks, groups
        self.sort(self.sorting)

    def group_by(self, keys: Sequence[GroupKey]) -> None:
        """Group by other keys: the groups of before are no longer shown."""
        self.keys, self.grouped_by, self.lacks = tuple(keys), (), None
        self.groups = self._largest_first = ()
        self.sorting = self.sorting.kept_for(keys)

    def sort(self, sorting: GroupSorting) -> None:
        """Sort the groups."""
        self.sorting = sorting
        self.groups = sorted_groups(self._largest_first, sorting.by, reverse=sorting.reverse)


def _positions(view: ListView) -> Sequence[int] | None:
    """Return what the filter leaves; None for everything, in whatever order."""
    return view.shown if view.is_filtered else None
