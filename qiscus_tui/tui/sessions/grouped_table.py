"""The table of groups: shows what the filter leaves, grouped, without keeping keys waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from qiscus_tui.model.turns import AT_ONCE, at_once, in_turns
from qiscus_tui.tui.listed.groups import GroupView
from qiscus_tui.tui.widgets.table import Sort

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qiscus_tui.model.group_keys import GroupKey
    from qiscus_tui.service.sessions.groups import Group
    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.listed.group_sorting import GroupSorting
    from qiscus_tui.tui.listed.order import ListView
    from qiscus_tui.tui.revoke.choices import PlanChoices
    from qiscus_tui.tui.sessions.filtered_table import FilteredTable
    from qiscus_tui.tui.sessions.group_table import GroupTable


class GroupedTable:
    """Holds the table of groups, which is made when groups are shown first.

    Marks are those of the sessions' table.
    """

    def __init__(
        self, feed: Feed, view: ListView, rows: FilteredTable, changed: Callable[[], None]
    ) -> None:
        """`changed` is called when other groups are shown, or in another order."""
        self._feed = feed
        self._list_view = view
        self._rows = rows
        self._changed = changed
        self._marks = rows.table.marks
        """Of the list that is grouped: a newer one may be there already."""
        self._is_grouping = False
        self.is_shown = False
        """Whether the list is shown as groups."""
        self.view = GroupView()
        self._table: GroupTable | None = None

    @property
    def table(self) -> GroupTable:
        """The table, in the place of that of the sessions."""
        if self._table is None:
            from qiscus_tui.tui.sessions.group_table import GroupTable

            self._table = GroupTable(
                server_now=lambda: self._feed.server_now,
                marked=self._marked,
                id="groups",
            )
            sessions = self._rows.table
            if isinstance(sessions.parent, Widget):
                sessions.parent.mount(self._table, after=sessions)
        return self._table

    @property
    def shown_view(self) -> GroupView | None:
        """What is shown; None where the list is shown as sessions."""
        return self.view if self.is_shown else None

    def show(self, *, shown: bool) -> None:
        """Show the groups in place of the sessions, or the sessions again."""
        self.is_shown = self.table.display = shown
        self._rows.table.display = not shown
        self.update()

    # What is grouped.

    def group_by(self, keys: Sequence[GroupKey]) -> None:
        """Group by other keys."""
        self.view.group_by(keys)
        self._show()
        self.update()
        self._changed()

    def update(self) -> None:
        """Group again, if something else is shown: a long list between the keys."""
        if self._is_current or self._is_grouping or not self._list_view.is_whole:
            return
        if len(self._list_view.shown) <= AT_ONCE:
            self._group_at_once()
        else:
            self._is_grouping = True
            self.table.run_worker(self._group_in_turns, group="group")

    @property
    def _is_current(self) -> bool:
        now = self._feed.server_now
        return not self.is_shown or self.view.is_current(self._list_view, now)

    def _group_at_once(self) -> None:
        at_once(self.view.group_in_steps(self._list_view, self._rows.moment()))
        self._show()

    async def _group_in_turns(self) -> None:
        try:
            while self._list_view.is_whole and not self._is_current:
                await in_turns(self.view.group_in_steps(self._list_view, self._rows.moment()))
        finally:
            self._is_grouping = False
        self._show()
        self._changed()

    def finished_group(self) -> Group | None:
        """Return the group under the cursor, of all that is shown now; None where there is none."""
        self._rows.finish_filter()
        if not self._is_current:
            self._group_at_once()
        return self.table.cursor_group

    def _show(self) -> None:
        if self._table is None and not self.is_shown:
            return
        view, sorting = self.view, self.view.sorting
        self._marks = self._rows.table.marks
        sort = Sort(sorting.by, sorting.is_descending)
        self.table.show(view.listed, view.grouped_by, view.groups, sort)

    def second(self) -> None:
        """A second went by: draw what changed."""
        if self.is_shown:
            self.draw_changes()
            self.update()

    def draw_changes(self) -> None:
        """Draw the cells that show something else now."""
        if self._table is not None:
            self._table.tick()

    # Sorting.

    def sort_by_next(self) -> None:
        """Sort by the next column."""
        self.sort(self.view.sorting.next(self.view.keys))

    def reverse_sort(self) -> None:
        """Reverse the order."""
        self.sort(self.view.sorting.turned())

    def sort(self, sorting: GroupSorting) -> None:
        """Sort the groups."""
        self.view.sort(sorting)
        self._show()
        self._changed()

    # Marks.

    def _marked(self, positions: Sequence[int]) -> int:
        """Return how many of these are marked, in the list that is grouped."""
        return self._marks.count_in(positions)

    def toggle_mark(self) -> None:
        """Mark all sessions of the group under the cursor, or unmark them, and move down."""
        group = self.finished_group()
        if group is not None:
            are_marked = self._marks.count_in(group.positions) == group.count
            self._mark(group, 1, marked=not are_marked)

    def mark_and_move(self, rows: int) -> None:
        """Mark all sessions of the group under the cursor, and move by so many rows."""
        group = self.finished_group()
        if group is not None:
            self._mark(group, rows, marked=True)

    def _mark(self, group: Group, rows: int, *, marked: bool) -> None:
        self._rows.mark(group.positions, marked=marked)
        self.table.move_to(self.table.cursor_row + rows)

    def selected(self) -> PlanChoices | None:
        """Return the marked sessions, else the group's, with the usual rules; None without any."""
        from qiscus_tui.tui.revoke import choices as plan_choices

        group, marked, count = self.finished_group(), self._rows.marked(), self._marks.total
        words, usual = "", plan_choices.USUAL_RULES
        if count > len(marked.hidden) or (count and group is None):
            words = plan_choices.marked_words(count)
            if group is not None and not self._marks.count_in(group.positions):
                words = (
                    f"{count:,} marked before; the group under the cursor is not in it (u unmarks)"
                )
            return plan_choices.PlanChoices(marked, keys=self.view.keys, rules=usual, chosen=words)
        if group is None:
            return None
        selection = self._rows.filtered(f"group {group.name}", group.positions, group.filter_text)
        words = f"Group {group.name}"
        if count:
            words = plan_choices.hidden_words(count, f"This is the group {group.name}.")
        return plan_choices.PlanChoices(selection, keys=self.view.keys, rules=usual, chosen=words)
