"""The list as it is shown: a table of sessions or of groups; filtered, sorted, marked.

Long work is done in threads, see `listed/work.py`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from qiscus_tui.model.clock import MINUTE
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.session import Session
from qiscus_tui.query import Moment, Query, SortKey, parse, select
from qiscus_tui.service.revocation.plan import ChosenBy, Selection
from qiscus_tui.service.revocation.retention import USUAL_RULES
from qiscus_tui.service.sessions.groups import Group, GroupFact
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.groups import Grouped, GroupSorting, GroupView, group_sort_keys
from qiscus_tui.tui.listed.order import ListView, Search, SortedList, Sorting, own_first, sort_keys
from qiscus_tui.tui.listed.texts import keys_in
from qiscus_tui.tui.listed.work import AT_ONCE, ListWork
from qiscus_tui.tui.revoke.choices import (
    PlanChoices,
    hidden_words,
    marked_words,
)
from qiscus_tui.tui.sessions.group_table import GroupTable
from qiscus_tui.tui.sessions.session_table import SessionTable, longest_texts
from qiscus_tui.tui.widgets.table import Sort, Table


class ShownList(Container):
    """The tables of sessions and of groups, of which one is shown."""

    DEFAULT_CSS = "ShownList { width: 1fr; height: 1fr; }"

    def __init__(self, feed: Feed, changed: Callable[[], None]) -> None:
        """`changed` is called when something else is shown, or in another order."""
        super().__init__(id="list")
        self._feed = feed
        self._changed = changed
        self._expiring = feed.workspace.config.ui.expiring
        self.view = ListView()
        self.groups = GroupView()
        self.is_grouped = False
        """Whether the groups are shown."""
        self.table = SessionTable(
            server_now=lambda: feed.server_now, ui=feed.workspace.config.ui, id="table"
        )
        self.group_table = GroupTable(
            server_now=lambda: feed.server_now, marked=self._marked_in, id="groups"
        )
        self.group_table.display = False
        self._group_marks = self.table.marks
        """Of the list that is grouped: a newer one may be there already."""
        start = partial(self.run_worker, group="list")
        self._sorting, self._filtering = ListWork(start), ListWork(start)
        self._grouping, self._planning = ListWork(start), ListWork(start)
        self._marked_by: list[tuple[Query, frozenset[str]]] = []
        """Filters about time, and the ids of the sessions that were marked by each."""

    def compose(self) -> ComposeResult:
        yield self.table
        yield self.group_table

    @property
    def front(self) -> SessionTable | GroupTable:
        """The table that is shown."""
        return self.group_table if self.is_grouped else self.table

    @property
    def shown_groups(self) -> GroupView | None:
        """What is shown; None where the list is shown as sessions."""
        return self.groups if self.is_grouped else None

    @property
    def keys(self) -> tuple[GroupKey, ...]:
        """What the list is grouped by, or the usual keys."""
        return self.groups.keys if self.is_grouped else USUAL_KEYS

    def moment(self) -> Moment:
        """Return what a filter depends on besides the list."""
        return Moment(self._feed.server_now, self._expiring, self.table.marks.flags)

    def count_marks(self) -> None:
        """Take over how many sessions are marked, and in the range."""
        self.view.marks = self.table.mark_counts
        self.view.in_range = len(self.table.rows_in_range)

    # A list.

    async def prepare(self, listed: SessionList) -> None:
        """Sort a new list while keys are handled, and show it."""
        if len(listed) <= AT_ONCE:
            self.show_at_once(listed)
            return
        longest = await asyncio.to_thread(longest_texts, listed)
        while True:
            sorting, query = self.view.sorting, self.view.query
            found = await asyncio.to_thread(SortedList.of, listed, sorting, query)
            if sorting == self.view.sorting:  # else the user chose another meanwhile
                break
        self._show(found, longest)

    def show_at_once(self, listed: SessionList) -> None:
        """Show a list within this turn: after a revoke, so that nothing is seen of the old one."""
        self._show(SortedList.of(listed, self.view.sorting), longest_texts(listed))

    def _show(self, found: SortedList, longest: Mapping[str, int]) -> None:
        listed = found.listed
        self._feed.take(listed)
        flags = b""
        if self.view.query.asks_for_marks:  # by their places in the new list
            flags = self.table.marks.carried_over(self.table.sessions, listed).flags
        self.view.show(found, Moment(self._feed.server_now, self._expiring, flags))
        self._show_sort()
        self.table.show(listed, self.view.shown, longest)
        self._rows_changed()

    def _rows_changed(self) -> None:
        self._group()
        self._changed()

    def second(self) -> None:
        """A second went by: draw what changed, and ask again what time decides.

        Of a long list that is asked once a minute.
        """
        self.table.tick()
        if self.is_grouped:
            self.group_table.tick()
        view, now = self.view, self._feed.server_now
        period = 1 if len(view.listed) <= AT_ONCE else MINUTE
        is_due = now // period != view.search.moment.server_now // period
        if is_due and view.is_whole and view.query.depends_on_clock:
            self._ask_again()
        self._group()

    # Sorting.

    def sort_by_next(self) -> None:
        """Sort by the next column."""
        if self.is_grouped:
            self.sort_groups(self.groups.sorting.next(group_sort_keys(self.groups.keys)))
        else:
            self.sort(self.view.sorting.next(sort_keys(self.view.listed)))

    def reverse_sort(self) -> None:
        """Reverse the order."""
        if self.is_grouped:
            self.sort_groups(self.groups.sorting.turned())
        else:
            self.sort(self.view.sorting.turned())

    @on(Table.SortRequested)
    def _sort_by_header(self, asked: Table.SortRequested) -> None:
        match asked.key:
            case SortKey():
                self.sort(self.view.sorting.by(asked.key))
            case GroupFact() | GroupKey():
                self.sort_groups(self.groups.sorting.by(asked.key))
            case _:
                pass

    def sort(self, sorting: Sorting[SortKey]) -> None:
        """Sort the sessions."""
        self.view.sorting = sorting
        listed = self.view.listed
        work = partial(own_first, listed, sorting)
        self._sorting.do(len(listed), work, partial(self._sorted, listed))

    def _sorted(self, listed: SessionList, order: Sequence[int]) -> None:
        if listed is not self.view.listed:  # a newer one was sorted so when it came
            return
        self.view.reorder(order)
        self._show_sort()
        if self.view.is_whole:
            self.table.show_sorted(self.view.shown)
            self._rows_changed()
        else:
            self._find()

    def _show_sort(self) -> None:
        sorting = self.view.sorting
        self.table.show_sort(Sort(sorting.key, sorting.is_descending))

    def sort_groups(self, sorting: GroupSorting) -> None:
        """Sort the groups."""
        self.groups.sorting = sorting
        self._group()

    # The filter.

    def filter(self, text: str) -> None:
        """Filter by what was typed."""
        self.view.type_filter(text, self.moment())
        self._find()

    def _ask_again(self) -> None:
        self.view.ask(self.view.query, self.moment())
        self._find()

    def _find(self) -> None:
        search = self.view.search
        size = 0 if self.view.is_whole else len(search.listed)
        self._filtering.do(size, search.hits, partial(self._found, search))
        self._changed()

    def _found(self, search: Search, hits: Sequence[int]) -> None:
        self.view.found(search, hits)
        if not self.view.is_whole:
            return
        if self.view.shown is not self.table.order:
            self.table.show_order(self.view.shown)
        self._rows_changed()

    def finish_filter(self) -> Sequence[int]:
        """Show what the filter leaves, before something is done to all of it; return it."""
        self.view.finish()
        if self.view.shown is not self.table.order:
            self._found(self.view.search, self.view.shown)
        return self.view.shown

    # Groups.

    def show_groups(self, *, shown: bool) -> None:
        """Show the groups in place of the sessions, or the sessions again."""
        self.is_grouped = self.group_table.display = shown
        self.table.display = not shown
        self._group()

    def group_by(self, keys: Sequence[GroupKey]) -> None:
        """Group by other keys."""
        self.groups.group_by(keys)
        self._show_groups()
        self._group()

    def _group(self) -> None:
        """Group again, if something else is shown."""
        if not self.is_grouped or not self.view.is_whole:
            return
        asked = self.groups.ask(self.view, self.moment())
        if asked is not None:
            self._grouping.do(len(self.view.shown), asked.grouped, self._grouped)

    def _grouped(self, made: Grouped) -> None:
        self.groups.take(made)
        self._group_marks = self.table.marks
        self._show_groups()
        size = len(self.view.shown)
        self._planning.do(size, made.to_revoke, self.group_table.show_to_revoke)

    def _show_groups(self) -> None:
        grouping = self.groups.made.grouping
        sort = Sort(grouping.sorting.key, grouping.sorting.is_descending)
        self.group_table.show(grouping.listed, grouping.keys, self.groups.groups, sort)
        self._changed()

    def finished_group(self) -> Group | None:
        """Return the group under the cursor, of all that is shown now; None where there is none."""
        self.finish_filter()
        asked = self.groups.ask(self.view, self.moment()) or self.groups.asked
        if self.groups.made.grouping is not asked:
            self._grouped(asked.grouped())
        return self.group_table.cursor_group

    @property
    def previewed(self) -> tuple[SessionList, Session] | None:
        """Return the session under the cursor, or the newest of the group there, and its list."""
        if not self.is_grouped:
            session = self.table.cursor_session
            return None if session is None else (self.table.sessions, session)
        group, listed = self.group_table.cursor_group, self.groups.made.grouping.listed
        if group is None:
            return None
        members = map(listed.sessions.__getitem__, group.positions)
        return listed, max(members, key=lambda one: one.created_at or 0.0)

    def session_to_name(self) -> Session | None:
        """Return a session of the client and network under the cursor; None where there is none."""
        if not self.is_grouped:
            return self.table.cursor_session
        group = self.finished_group()
        if group is None or {*group.keys} != {*USUAL_KEYS}:
            return None
        return self.view.listed.sessions[group.positions[0]]

    # Marks.

    def _marked_in(self, positions: Sequence[int]) -> int:
        """Return how many of these are marked, in the list that is grouped."""
        return self._group_marks.count_in(positions)

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or unmark it, and move down; of a group all sessions."""
        if not self.is_grouped:
            self.table.toggle_mark()
        elif (group := self.finished_group()) is not None:
            are_marked = self._marked_in(group.positions) == group.count
            self._mark_group(group, 1, marked=not are_marked)

    def mark_and_move(self, rows: int) -> None:
        """Mark the row under the cursor, and move by so many rows."""
        if not self.is_grouped:
            self.table.mark_and_move(rows)
        elif (group := self.finished_group()) is not None:
            self._mark_group(group, rows, marked=True)

    def _mark_group(self, group: Group, rows: int, *, marked: bool) -> None:
        self._note_filter(group.positions)
        self.table.mark(group.positions, marked=marked)
        self.group_table.move_to(self.group_table.cursor_row + rows)

    def mark_shown(self) -> None:
        """Mark all that the filter leaves."""
        self.finish_filter()
        self._note_filter(self.table.order)
        self.table.mark_shown()

    def invert_shown(self) -> None:
        """Invert the marks of all that the filter leaves."""
        self.finish_filter()
        self._note_filter(self.table.order)
        self.table.invert_shown()

    def _note_filter(self, positions: Sequence[int]) -> None:
        """Note by which filter these are marked, if it is about time: it is asked again later."""
        query, sessions = self.view.query, self.view.listed.sessions
        if not (self._marked_by or query.depends_on_clock):
            return
        ids = frozenset([sessions[position].id for position in positions])
        self._marked_by = [(one, left) for one, old in self._marked_by if (left := old - ids)]
        if query.depends_on_clock:
            self._marked_by.append((query, ids))

    @on(SessionTable.MarksChanged)
    def marks_changed(self) -> None:
        """Filter again where the filter names marks."""
        if not self.table.mark_counts.total:
            self._marked_by = []
        if self.view.query.asks_for_marks:
            self._ask_again()
        self.group_table.tick()
        self._changed()

    @on(SessionTable.RangeChanged)
    def _range_changed(self) -> None:
        self._changed()

    # What is to be revoked.

    def selected(self) -> PlanChoices | None:
        """Return the marked sessions, else those under the cursor; None where there is none."""
        return self._selected_groups() if self.is_grouped else self._selected_sessions()

    def _selected_sessions(self) -> PlanChoices | None:
        marked, count = self.marked(), self.table.marks.total
        if count > len(marked.hidden):
            return PlanChoices(marked, chosen=marked_words(count))
        if not self.table.order:
            return PlanChoices(marked, chosen=hidden_words(count, "")) if count else None
        row = Selection((self.table.order[self.table.cursor_row],))
        this = "This session"
        if count:
            this = hidden_words(count, "This is the session under the cursor.")
        return PlanChoices(row, chosen=this)

    def _selected_groups(self) -> PlanChoices | None:
        """Return the marked sessions, else the group's, with the usual rules."""
        group, marked, count = self.finished_group(), self.marked(), self.table.marks.total
        if count > len(marked.hidden) or (count and group is None):
            words = marked_words(count)
            if group is not None and not self._marked_in(group.positions):
                words = f"{count:,} marked before; the group under the cursor is not in it"
                words += keys_in(self._feed).words(" ({key[unmark_all]} unmarks)")
        elif group is not None:
            members = frozenset(group.positions)
            in_order = [position for position in self.table.order if position in members]
            marked = self.filtered(in_order, group.filter_text)
            words = f"Group {group.name}"
            if count:
                words = hidden_words(count, f"This is the group {group.name}.")
        else:
            return None
        return PlanChoices(marked, keys=self.keys, rules=USUAL_RULES, chosen=words)

    def marked(self) -> Selection:
        """Return the marked sessions in the order of the list, the hidden ones last."""
        self.finish_filter()
        marked_by = tuple(ChosenBy(query, ids) for query, ids in self._marked_by)
        marks, order, flags = self.table.marks, self.table.order, self.table.marks.flags
        marked = [position for position in order if flags[position]]
        if len(marked) == marks.total == len(order):
            shown = self.filtered(marked, "")
            others = tuple(one for one in marked_by if one.query != shown.rule)
            return replace(shown, of_marks=True, marked_by=others)
        hidden = frozenset(marks.positions()).difference(marked)
        return Selection(
            [*marked, *sorted(hidden)], of_marks=True, hidden=hidden, marked_by=marked_by
        )

    def all_shown(self, more: str = "") -> Selection:
        """Return every session that the filter leaves, and the filter `more` of them.

        Raises FilterError.
        """
        self.finish_filter()
        positions = self.table.order
        if more:
            matching = frozenset(select(parse(more), self.view.listed, self.moment()))
            positions = [position for position in positions if position in matching]
        return self.filtered(positions, more)

    def filtered(self, positions: Sequence[int], more: str) -> Selection:
        """Return these sessions, which are those of the filter and of the filter `more`."""
        rule = parse(f"{self.view.query.text} {more}".strip())
        text = None if self.view.query.asks_for_marks else rule.text
        return Selection(positions, rule=rule if rule.words else None, filter_text=text)
