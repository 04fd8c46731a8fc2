"""The table of a list view: shows it sorted, filtered and marked, without keeping keys waiting."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from qiscus_tui.model.turns import AT_ONCE, at_once, in_turns
from qiscus_tui.query import Moment, PartlySorted, Query
from qiscus_tui.tui.base.screen import BaseScreen
from qiscus_tui.tui.listed.order import has_users
from qiscus_tui.tui.listed.sorting import own_first_in_steps
from qiscus_tui.tui.sessions.session_table import SessionTable
from qiscus_tui.tui.widgets.table import Sort

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from qiscus_tui.service.revocation.plan import Selection
    from qiscus_tui.service.sessions.session_list import SessionList
    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.listed.order import ListView, SortedList
    from qiscus_tui.tui.listed.sorting import Sorting
    from qiscus_tui.tui.revoke.choices import PlanChoices

MOST_FRAMES = 10
"""Frames that a new list is waited for: the first may be older, and none shows a covered one."""

FINISH_AFTER = 0.02
"""Seconds after a key until the rest is done of what it asks for: its frame goes out first."""


class FilteredTable:
    """Holds the table. Long work is done in the table's workers."""

    def __init__(self, feed: Feed, view: ListView, changed: Callable[[], None]) -> None:
        """`changed` is called when something else is shown, or in another order."""
        self._feed = feed
        feed.prepare = self.prepare
        self.view = view
        self._changed = changed
        self._expiring = feed.workspace.config.ui.expiring
        self._is_updating = False
        self._marked_by: list[tuple[Query, frozenset[str]]] = []
        """Filters about time, and the ids of the sessions that were marked by each."""
        self.table = SessionTable(
            server_now=lambda: feed.server_now, expiring=self._expiring, id="table"
        )

    def moment(self) -> Moment:
        """Return what a filter depends on besides the list."""
        return Moment(self._feed.server_now, self._expiring, self.table.marks.flags)

    # A list.

    async def prepare(self, listed: SessionList) -> None:
        """Sort a new list in turns with the keys, show it, and wait until it is drawn."""
        now = self._feed.workspace.clock.now() + listed.offset
        while True:
            prepared = await in_turns(self.view.prepared_in_steps(listed, now))
            await asyncio.sleep(0)  # to show it takes a while: what waits goes first
            if prepared.sorting == self.view.sorting:  # else the user just chose another
                break
        self._show(prepared)
        await self._drawn()  # what follows may load modules

    async def _drawn(self) -> None:
        if not self.table.is_attached:  # the account was left meanwhile
            return
        screen = self.table.screen
        if isinstance(screen, BaseScreen):
            screen.draw_now()
        for _ in range(MOST_FRAMES):
            if self.table.is_drawn:
                break
            frame = asyncio.Event()
            self.table.call_after_refresh(frame.set)
            await frame.wait()

    def show_at_once(self, listed: SessionList) -> None:
        """Show a list within this turn: after a revoke, so that nothing is seen of the old one."""
        now = self._feed.workspace.clock.now() + listed.offset
        self._show(at_once(self.view.prepared_in_steps(listed, now)))

    def _show(self, prepared: SortedList) -> None:
        listed = prepared.listed
        self._feed.take(listed)
        # Marks count for the filter by their places in the new list, so they go over first.
        marks = self.table.marks.carried_over(self.table.sessions, listed)
        self.view.show(prepared, Moment(self._feed.server_now, self._expiring, marks.flags))
        self._show_sort()
        self.table.show(listed, self.view.hits)
        self._changed()

    def _show_sort(self) -> None:
        sorting = self.view.sorting
        self.table.show_sort(Sort(sorting.key, sorting.is_descending))

    def second(self) -> None:
        """A second went by: draw what changed, and look again at what time decides."""
        self.table.tick()
        if self.view.is_outdated(self._feed.server_now) and not self._is_updating:
            self._is_updating = True
            self.table.run_worker(self._update, group="time")

    async def _update(self) -> None:
        try:
            await in_turns(self.view.updated_in_steps(self.moment))
        finally:
            self._is_updating = False
        if self.view.is_whole and self.view.shown != self.table.order:
            self.table.show_order(self.view.shown)
        self._changed()

    # Sorting.

    def sort_by_next(self) -> None:
        """Sort by the next column."""
        self.sort(self.view.sorting.next(has_users=has_users(self.view.listed)))

    def reverse_sort(self) -> None:
        """Reverse the order."""
        self.sort(self.view.sorting.turned())

    def sort(self, sorting: Sorting) -> None:
        """Sort: a long list between the keys."""
        self.view.sorting = sorting
        if len(self.view.listed) <= AT_ONCE:
            self._show_sorted(at_once(own_first_in_steps(self.view.listed, sorting)))
        else:
            self.table.run_worker(self._sort_in_turns, group="sort", exclusive=True)

    async def _sort_in_turns(self) -> None:
        """Show the order as soon as a part of it can be looked at, and sort the rest then."""
        await in_turns(self._sort_in_steps())
        await self._drawn()
        await asyncio.sleep(FINISH_AFTER)
        await in_turns(self._finish_order_in_steps())

    def _sort_in_steps(self) -> Generator[None, None, None]:
        listed, sorting = self.view.listed, self.view.sorting  # the worker would keep the list
        order = yield from own_first_in_steps(listed, sorting)
        if listed is self.view.listed and sorting == self.view.sorting:
            self._show_sorted(order)

    def _finish_order_in_steps(self) -> Generator[None, None, None]:
        for order in (self.view.shown, self.view.order):
            if isinstance(order, PartlySorted):
                yield from order.sorted_in_steps()

    def _show_sorted(self, order: PartlySorted) -> None:
        self.view.sort(order)
        self._show_sort()
        self.table.show_sorted(self.view.hits)
        self._changed()

    # The filter.

    def filter(self, text: str) -> None:
        """Filter by what was typed: the first hits now, the rest soon."""
        hits = self.view.type_filter(text, self.moment())
        if self.view.is_whole:
            self.table.show_order(hits)
        else:
            self.table.show_partial(hits)
            self.table.run_worker(self._find_rest, group="filter", exclusive=True)
        self._changed()

    async def _find_rest(self) -> None:
        await asyncio.sleep(FINISH_AFTER)
        await in_turns(self.view.rest())
        if self.view.is_whole:
            self.table.show_order(self.view.hits)
            self._changed()

    def finish_filter(self) -> None:
        """Show every hit, before something is done to all that is shown."""
        if not self.view.is_whole:
            self.table.show_order(self.view.hits)
            self._changed()

    # Marks.

    def toggle_mark(self) -> None:
        """Mark or unmark the session under the cursor, and move down."""
        self.table.toggle_mark()

    def mark_and_move(self, rows: int) -> None:
        """Mark the session under the cursor, and move by so many rows."""
        self.table.mark_and_move(rows)

    def mark(self, positions: Sequence[int], *, marked: bool) -> None:
        """Mark or unmark sessions that the filter leaves."""
        self.finish_filter()
        self._note_filter(positions)
        self.table.mark(positions, marked=marked)

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

    def marks_changed(self) -> None:
        """Filter again where the filter names marks."""
        if not self.table.mark_counts.total:
            self._marked_by = []
        if self.view.depends_on_marks:
            self.view.ask(self.view.query, self.moment())
            self.table.show_order(self.view.hits)
        self._changed()

    # What is to be revoked.

    def selected(self) -> PlanChoices | None:
        """Return the marked sessions, else the one under the cursor; None where there is none."""
        from qiscus_tui.service.revocation.plan import Selection
        from qiscus_tui.tui.revoke.choices import PlanChoices, hidden_words, marked_words

        marked, count = self.marked(), self.table.marks.total
        if count > len(marked.hidden):
            return PlanChoices(marked, chosen=marked_words(count))
        if not self.table.order:
            return PlanChoices(marked, chosen=hidden_words(count, "")) if count else None
        row = Selection((self.table.order[self.table.cursor_row],), "under the cursor")
        this = "The session under the cursor"
        if count:
            this = hidden_words(count, "This is the session under the cursor.")
        return PlanChoices(row, chosen=this)

    def marked(self) -> Selection:
        """Return the marked sessions."""
        from qiscus_tui.service.revocation.plan import ChosenBy, Selection
        from qiscus_tui.tui.revoke.choices import MARKED

        self.finish_filter()
        marked_by = tuple(ChosenBy(query, ids) for query, ids in self._marked_by)
        marked, order = self.table.marks.positions(), self.table.order
        all_shown = len(order) == len(self.view.listed)
        hidden = frozenset[int]() if all_shown else frozenset(marked).difference(order)
        if not hidden and len(marked) == len(order):
            shown = self.filtered(MARKED, marked, "")
            others = tuple(one for one in marked_by if one.query != shown.rule)
            return replace(shown, marked_by=others)
        return Selection(marked, MARKED, hidden=hidden, marked_by=marked_by)

    def all_shown(self, more: str = "") -> Selection:
        """Return every session that the filter leaves, and the filter `more` of them.

        Raises FilterError.
        """
        from qiscus_tui.query import parse, select

        self.finish_filter()
        positions = self.table.order
        if more:
            matching = frozenset(select(parse(more), self.view.listed, self.moment()))
            positions = [position for position in positions if position in matching]
        return self.filtered("shown", positions, more)

    def filtered(self, why: str, positions: Sequence[int], more: str) -> Selection:
        """Return these sessions, which are those of the filter and of the filter `more`."""
        from qiscus_tui.query import parse
        from qiscus_tui.service.revocation.plan import Selection

        rule = parse(f"{self.view.query.text} {more}".strip())
        text = None if self.view.depends_on_marks else rule.text
        return Selection(positions, why, rule=rule if rule.words else None, filter_text=text)
