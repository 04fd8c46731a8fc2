"""What keys do with the list that is shown: sort, filter, group, mark. No network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiscus_tui.tui.sessions.shown_list import ShownList


class ListActions:
    """The actions of a screen that has a list."""

    list: ShownList

    # Sorting and filtering.

    def action_next_sort(self) -> None:
        """Sort by the next column."""
        self.list.shown.sort_by_next()

    def action_reverse_sort(self) -> None:
        """Reverse the order."""
        self.list.shown.reverse_sort()

    def action_filter(self) -> None:
        """Open the filter; keys behind this one go into it."""
        self.list.type_filter()

    def action_leave_filter(self) -> None:
        """Return to the table; the filter stays."""
        self.list.filter_bar.leave()

    def action_clear_filter(self) -> None:
        """Clear the filter, and return to the table."""
        self.list.filter_bar.clear()

    # Groups.

    def action_groups(self) -> None:
        """Show the list as groups, or as sessions again."""
        self.list.show_groups(shown=not self.list.groups.is_shown)

    def action_leave_groups(self) -> None:
        """Show the list as sessions again."""
        self.list.show_groups(shown=False)

    def action_open_group(self) -> None:
        """Show the sessions of the group under the cursor."""
        self.list.open_group()

    # Marks.

    def action_toggle_mark(self) -> None:
        """Mark or unmark, and move down."""
        self.list.shown.toggle_mark()

    def action_mark_range(self) -> None:
        """Begin a range at the cursor, or mark the one that was begun."""
        self.list.rows.table.mark_range()

    def action_mark_down(self) -> None:
        """Mark, and move down."""
        self.list.shown.mark_and_move(1)

    def action_mark_up(self) -> None:
        """Mark, and move up."""
        self.list.shown.mark_and_move(-1)

    def action_mark_shown(self) -> None:
        """Mark all that the filter leaves."""
        self.list.rows.mark_shown()

    def action_invert_shown(self) -> None:
        """Invert the marks of all that the filter leaves."""
        self.list.rows.invert_shown()

    def action_unmark_all(self) -> None:
        """Take every mark away."""
        self.list.rows.table.unmark_all()
