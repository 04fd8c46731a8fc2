"""The list as it is shown: as sessions or as groups; filtered, sorted, marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.listed import header, notices
from qiscus_tui.tui.sessions.filter_bar import FilterBar
from qiscus_tui.tui.sessions.filter_rule import FilterRule
from qiscus_tui.tui.sessions.filtered_table import FilteredTable
from qiscus_tui.tui.sessions.grouped_table import GroupedTable
from qiscus_tui.tui.sessions.views import ListViews

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qiscus_tui.model.session import Session
    from qiscus_tui.query.terms import Key
    from qiscus_tui.tui.commands.context import Context
    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.listed.order import ListView


class ShownList:
    """Holds the filter and the tables of sessions and groups, of which one is shown."""

    def __init__(self, feed: Feed, view: ListView, changed: Callable[[], None]) -> None:
        """`changed` is called when something else is shown."""
        self._feed, self._view = feed, view
        self._changed = changed
        self.rows = FilteredTable(feed, view, self._rows_changed)
        self.groups = GroupedTable(feed, view, self.rows, changed)
        self.filter_bar = FilterBar(
            self.rows.filter,
            self.focus,
            self._values,
            lambda: view.filter_error is None,
            id="filter-bar",
        )
        self.filter_rule = FilterRule(id="filter-rule")
        self.views = ListViews(feed, view, self.rows, self.groups, self._show_as)
        self._opened_from: str | None = None
        """The filter of the groups to which escape returns."""

    @property
    def shown(self) -> FilteredTable | GroupedTable:
        """The sessions or the groups."""
        return self.groups if self.groups.is_shown else self.rows

    @property
    def scope(self) -> Scope:
        """Which commands there are for what is shown."""
        return Scope.GROUPS if self.groups.is_shown else Scope.SESSIONS

    @property
    def context(self) -> Context:
        """What decides which actions are available now."""
        self._view.marks = self.rows.table.mark_counts
        self._view.in_range = len(self.rows.table.rows_in_range)
        return notices.context(self._feed, self._view, self.groups.shown_view)

    @property
    def keys(self) -> tuple[GroupKey, ...]:
        """What the list is grouped by, or the usual keys."""
        return self.groups.view.keys if self.groups.is_shown else USUAL_KEYS

    def focus(self) -> None:
        """Give the keys to the table."""
        self.shown.table.focus(scroll_visible=False)
        self._changed()

    def second(self) -> None:
        """A second went by: draw what changed."""
        self.rows.second()
        self.groups.second()
        self.views.remember()

    def marks_changed(self) -> None:
        """Other sessions are marked."""
        self.rows.marks_changed()
        self.groups.draw_changes()

    def _rows_changed(self) -> None:
        self.groups.update()
        self._changed()

    # The filter.

    def draw_filter(self) -> None:
        """Draw the line of the filter, and what is wrong with the word that is typed."""
        bar, error = self.filter_bar, self._view.filter_error
        bar.show_line(header.filtered(self._view, self.groups.shown_view))
        if error is None or not bar.is_typing:
            self.filter_rule.show_error(None)
        else:
            self.filter_rule.show_error(error, bar.cell_of(error.position))

    def _values(self, key: Key) -> Sequence[str]:
        """Return the values of a key of the filter that the list has."""
        from qiscus_tui.service.sessions.groups import values_in

        return values_in(self._view.listed, key)

    def type_filter(self) -> None:
        """Open the filter; keys behind this one go into it."""
        self.filter_bar.open()
        self._changed()

    def filter_by(self, text: str) -> None:
        """Filter the sessions by `text` as if it had been typed, and show them."""
        self.show_groups(shown=False)
        self.filter_bar.show(f"{text} ")  # so that another word can be typed behind it
        self.filter_bar.leave()

    def show_session(self, session_id: str) -> bool:
        """Put the cursor on a session. Return whether the filter had to be cleared for that."""
        self.show_groups(shown=False)
        if self.rows.table.move_to_session(session_id):
            return False
        self.filter_bar.show("")
        return self.rows.table.move_to_session(session_id)

    def back(self) -> None:
        """Drop a range; else return to the groups of the group; else clear the filter."""
        if self.rows.table.drop_range():
            return
        if self._opened_from is not None:
            self.filter_bar.show(self._opened_from)
            self.show_groups(shown=True)
        elif self.filter_bar.value:
            self.filter_bar.show("")
        else:
            self.show_groups(shown=False)

    def session_to_name(self) -> Session | None:
        """Return a session of the client and network under the cursor; None where there is none."""
        if not self.groups.is_shown:
            return self.rows.table.cursor_session
        group = self.groups.finished_group()
        if group is None or {*group.keys} != {*USUAL_KEYS}:
            return None
        return self.groups.view.listed.sessions[group.positions[0]]

    # Groups.

    def show_groups(self, *, shown: bool) -> None:
        """Show the list as groups, or as sessions again."""
        self._opened_from = None
        self.rows.table.drop_range()
        if shown != self.groups.is_shown:
            self.groups.show(shown=shown)
            self.focus()

    def _show_as(self, *, grouped: bool, text: str | None = None) -> None:
        self.show_groups(shown=grouped)
        if text is not None:
            self.filter_bar.show(text)

    def open_group(self) -> None:
        """Show the sessions of the group under the cursor; `back` returns."""
        group = self.groups.finished_group()
        if group is not None:
            behind = self.filter_bar.value
            self.filter_by(f"{behind.strip()} {group.filter_text}".strip())
            self._opened_from = behind
