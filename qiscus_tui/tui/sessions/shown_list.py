"""The list as it is shown: a table of sessions or of groups; filtered, sorted, marked.

Long work is done in threads, see `listed/work.py`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from qiscus_tui.model.clock import MINUTE
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.session import Session
from qiscus_tui.query import Moment, Query, parse, select
from qiscus_tui.service.list_settings import ListSettings
from qiscus_tui.service.revocation.plan import ChosenBy, Selection
from qiscus_tui.service.revocation.retention import USUAL_RULES
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.texts import keys_in
from qiscus_tui.tui.listed.view import ListView, Sorting, ViewRequest, ViewResult
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
        self._drawn = self.view.result
        """What the tables show."""
        self.table = SessionTable(
            server_now=lambda: feed.server_now, ui=feed.workspace.config.ui, id="table"
        )
        self.group_table = GroupTable(server_now=lambda: feed.server_now, id="groups")
        self.group_table.display = False
        start = partial(self.run_worker, group="list")
        self._finding, self._planning = ListWork(start), ListWork(start)
        self._is_held = False
        """Whether the tables keep their places, as a filter is typed."""
        self._marked_by: list[tuple[Query, frozenset[str]]] = []
        """Filters about time, and the ids of the sessions that were marked by each."""

    def compose(self) -> ComposeResult:
        yield self.table
        yield self.group_table

    @property
    def is_grouped(self) -> bool:
        """Whether the groups are shown."""
        return self.view.request.is_grouped

    @property
    def front(self) -> SessionTable | GroupTable:
        """The table that is shown."""
        return self.group_table if self.is_grouped else self.table

    @property
    def keys(self) -> tuple[GroupKey, ...]:
        """What the list is grouped by, or the usual keys."""
        return self.view.request.keys if self.is_grouped else USUAL_KEYS

    def moment(self) -> Moment:
        """Return what a filter depends on besides the list."""
        return Moment(self._feed.server_now, self._expiring, self.view.marks.flags)

    # A list.

    async def prepare(self, listed: SessionList) -> None:
        """Sort, filter and group a new list while keys are handled, and show it."""
        if len(listed) <= AT_ONCE:
            self.show_at_once(listed)
            return
        longest = await asyncio.to_thread(longest_texts, listed)
        asked, result = None, self.view.result
        while asked is not self.view.request:  # else the user asked for something else meanwhile
            asked = self.view.request
            result = await asyncio.to_thread(self._request_of(listed).find, result)
        self._show_list(result, longest)

    def show_at_once(self, listed: SessionList) -> None:
        """Show a list within this turn: after a revoke, so that nothing is seen of the old one."""
        self._show_list(self._request_of(listed).find(self.view.result), longest_texts(listed))

    def _request_of(self, listed: SessionList) -> ViewRequest:
        """Return what is asked for now, of another list."""
        flags = b""
        if self.view.query.asks_for_marks:  # by their places in the new list
            flags = self.view.marks.carried_over(self.view.listed, listed).flags
        now = self._feed.workspace.clock.now() + listed.offset
        moment = Moment(now, self._expiring, flags)
        return msgspec.structs.replace(self.view.request, listed=listed, moment=moment)

    def _show_list(self, result: ViewResult, longest: Mapping[str, int]) -> None:
        listed = result.request.listed
        self._feed.take(listed)
        self.view.show(result)
        self.table.show(listed, result.shown, self.view.marks, longest)
        if not self.is_grouped:
            self._show_groups()  # none: the table lets go of the old list, which is large
        self._draw_found()

    def second(self) -> None:
        """A second went by: draw what changed, and ask again what time decides.

        Of a long list, and of groups alone, that is asked once a minute.
        """
        self.table.tick()
        if self.is_grouped:
            self.group_table.tick()
        view, now = self.view, self._feed.server_now
        is_often = view.query.depends_on_clock and len(view.listed) <= AT_ONCE
        period = 1 if is_often else MINUTE
        is_due = now // period != view.request.moment.server_now // period
        is_found = view.result.request is view.request
        if is_due and is_found and (view.query.depends_on_clock or self.is_grouped):
            self._ask_again()

    # What is shown of it.

    def _ask_again(self) -> None:
        """Ask by the time and the marks of now."""
        self.ask(moment=self.moment())

    def ask(self, **changes: object) -> None:
        """Ask for what differs so from what was asked for last."""
        self.view.request = msgspec.structs.replace(self.view.request, **changes)
        self._find()

    def _find(self) -> None:
        view = self.view
        find = partial(view.request.find, view.result)
        self._finding.do(len(view.listed), find, self._found)
        self._changed()

    def _found(self, result: ViewResult) -> None:
        self.view.take(result)
        self._draw_found()

    def finish(self) -> None:
        """Show what was asked for, before something is done to it."""
        self.view.finish()
        self._draw_found()

    def _draw_found(self) -> None:
        """Show in the tables what was found."""
        result, drawn = self.view.result, self._drawn
        if result is drawn:
            return
        self._drawn, request = result, result.request
        sorting = request.sorting
        self.table.show_sort(Sort(sorting.key, sorting.is_descending))
        if sorting != drawn.request.sorting:
            self.table.show_sorted(result.shown)
        elif result.shown is not self.table.order:
            self.table.show_order(result.shown)
        if request.is_grouped:
            self._show_groups()
            if result.largest_first is not drawn.largest_first:
                size = len(result.shown)
                self._planning.do(size, result.to_revoke, self.group_table.show_to_revoke)
        self._release_tables()
        self._changed()

    def _show_groups(self) -> None:
        request, sorting = self.view.request, self.view.request.group_sorting
        sort = Sort(sorting.key, sorting.is_descending)
        groups = self.view.groups or ()
        self.group_table.show(request.listed, request.keys, groups, self.view.marks, sort)

    def show_as(self, settings: ListSettings) -> None:
        """Show the list in another order, and as groups or not."""
        self.view.group_by(settings.group_by)
        self.show_groups(
            shown=settings.is_grouped,
            sorting=Sorting(settings.sort, settings.reverse),
            group_sorting=Sorting(settings.group_sort, settings.group_reverse),
        )

    def show_groups(self, *, shown: bool, **changes: object) -> None:
        """Show the groups in place of the sessions, or the sessions again."""
        self.group_table.display = shown
        self.table.display = not shown
        self.ask(is_grouped=shown, moment=self.moment(), **changes)

    def group_by(self, keys: Sequence[GroupKey]) -> None:
        """Group by other keys."""
        self.view.group_by(keys)
        self._show_groups()
        self._ask_again()

    def sort_by_next(self) -> None:
        """Sort by the next column."""
        self._sort(self.view.request.sorting_shown.next(self.view.sort_keys))

    def reverse_sort(self) -> None:
        """Reverse the order."""
        self._sort(self.view.request.sorting_shown.turned())

    @on(Table.SortRequested)
    def _sort_by_header(self, asked: Table.SortRequested) -> None:
        self._sort(self.view.request.sorting_shown.by(asked.key))

    def _sort(self, sorting: Sorting[Any]) -> None:
        self.ask(**{"group_sorting" if self.is_grouped else "sorting": sorting})

    def filter(self, text: str) -> None:
        """Filter by what was typed."""
        self.view.type_filter(text, self.moment())
        self._find()

    def hold(self) -> None:
        """Keep the place of the cursor while a filter is typed."""
        self._is_held = True
        for table in {self.table, self.front}:
            table.hold()

    def release(self) -> None:
        """Go on from the rows that the typed filter leaves, once they are shown."""
        self._is_held = False
        if self.view.result.request is self.view.request:
            self._release_tables()

    def _release_tables(self) -> None:
        if not self._is_held:
            self.table.release()
            self.group_table.release()

    def finish_filter(self) -> Sequence[int]:
        """Show what the filter leaves, before something is done to all of it; return it."""
        if not self.view.is_whole:
            self.finish()
        return self.view.shown

    def finished_group(self) -> Group | None:
        """Return the group under the cursor, of all that is shown now; None where there is none."""
        self.finish()
        return self.group_table.cursor_group

    @property
    def previewed(self) -> tuple[SessionList, Session] | None:
        """Return the session under the cursor, or the newest of the group there, and its list."""
        if not self.is_grouped:
            session = self.table.cursor_session
            return None if session is None else (self.table.sessions, session)
        group, listed = self.group_table.cursor_group, self.group_table.listed
        if group is None:
            return None
        created = listed.facts.created_at
        of_newest = (at for at in group.positions if created[at] == group.newest_at)
        return listed, listed.sessions[next(of_newest, group.positions[0])]

    def session_to_name(self) -> Session | None:
        """Return a session of the client and network under the cursor; None where there is none."""
        if not self.is_grouped:
            return self.table.cursor_session
        group = self.finished_group()
        if group is None or {*group.keys} != {*USUAL_KEYS}:
            return None
        return self.view.listed.sessions[group.positions[0]]

    # Marks.

    def _under_cursor(self) -> Sequence[int]:
        """Return the positions that the row under the cursor stands for."""
        if not self.is_grouped:
            row = self.table.cursor_row
            return self.table.order[row : row + 1]
        group = self.finished_group()
        return () if group is None else group.positions

    def toggle_mark(self) -> None:
        """Mark the range; else what is under the cursor, or unmark it, and move down."""
        if self.table.rows_in_range:
            self.mark_range()
        else:
            positions = self._under_cursor()
            are_marked = self.view.marks.count_in(positions) == len(positions)
            self._mark_row(positions, 1, marked=not are_marked)

    def mark_and_move(self, rows: int) -> None:
        """Mark what is under the cursor, and move by so many rows. Ends a range."""
        self._mark_row(self._under_cursor(), rows, marked=True)

    def _mark_row(self, positions: Sequence[int], move: int, *, marked: bool) -> None:
        if self.is_grouped:
            self._note_filter(positions)
        self.table.drop_range()
        self.view.marks.set(positions, marked=marked)
        self.front.move_to(self.front.cursor_row + move)
        self._marks_changed()

    def mark_range(self) -> None:
        """Mark the range, or begin one at the cursor."""
        if rows := self.table.rows_in_range:
            self.view.marks.set(self.table.order[rows.start : rows.stop], marked=True)
            self._marks_changed()
        else:
            self.table.begin_range()
            self._changed()

    def drop_range(self) -> None:
        """End the range without marking it."""
        self.table.drop_range()
        self._changed()

    def mark_shown(self) -> None:
        """Mark all that the filter leaves."""
        self.finish_filter()
        self._note_filter(self.table.order)
        self.view.marks.set(self.table.order, marked=True)
        self._marks_changed()

    def invert_shown(self) -> None:
        """Invert the marks of all that the filter leaves."""
        self.finish_filter()
        self._note_filter(self.table.order)
        self.view.marks.invert(self.table.order)
        self._marks_changed()

    def invert_mark(self, position: int) -> None:
        """Mark a session, or unmark it."""
        self.view.marks.invert((position,))
        self._marks_changed()

    def unmark_all(self) -> None:
        """Take every mark away, of hidden sessions too."""
        self.view.marks.clear()
        self._marks_changed()

    def _marks_changed(self) -> None:
        """Draw the marks, and filter again where the filter names them."""
        self.table.drop_range()
        if not self.view.marks:
            self._marked_by = []
        if self.view.query.asks_for_marks:
            self._ask_again()
        self.table.refresh()
        self.group_table.refresh()
        self._changed()

    def _note_filter(self, positions: Sequence[int]) -> None:
        """Note by which filter these are marked, if it is about time: it is asked again later."""
        query, sessions = self.view.query, self.view.listed.sessions
        if not (self._marked_by or query.depends_on_clock):
            return
        ids = frozenset([sessions[position].id for position in positions])
        self._marked_by = [(one, left) for one, old in self._marked_by if (left := old - ids)]
        if query.depends_on_clock:
            self._marked_by.append((query, ids))

    # What is to be revoked.

    def selected(self) -> PlanChoices | None:
        """Return the marked sessions, else those under the cursor; None where there is none."""
        return self._selected_groups() if self.is_grouped else self._selected_sessions()

    def _selected_sessions(self) -> PlanChoices | None:
        marked, count = self.marked(), self.view.marks.total
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
        group, marked, count = self.finished_group(), self.marked(), self.view.marks.total
        if count > len(marked.hidden) or (count and group is None):
            words = marked_words(count)
            if group is not None and not self.view.marks.count_in(group.positions):
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
        return PlanChoices(marked, retention=Retention(self.keys, USUAL_RULES), chosen=words)

    def marked(self) -> Selection:
        """Return the marked sessions in the order of the list, the hidden ones last."""
        self.finish_filter()
        marks, order, flags = self.view.marks, self.table.order, self.view.marks.flags
        sessions = self.view.listed.sessions
        now = {sessions[position].id for position in marks.positions()} if self._marked_by else ()
        marked_by = tuple(
            ChosenBy(query, ids) for query, ids in self._marked_by if not ids.isdisjoint(now)
        )
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
