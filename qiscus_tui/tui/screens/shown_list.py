"""The sessions screen's part that shows a list: table, filter, sort and marks. No network."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.signal import Signal
from textual.widgets import Static

from qiscus_tui.errors import FilterError
from qiscus_tui.query import Moment, Query, parse_readable
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import BaseScreen, TooSmall
from qiscus_tui.tui.screens import notices
from qiscus_tui.tui.screens.expiry_counts import ExpiryCounts, counted_in_steps
from qiscus_tui.tui.screens.filter_field import FilterField
from qiscus_tui.tui.screens.list_view import ListView, at_once, has_users
from qiscus_tui.tui.screens.notices import Notice, NoticeText
from qiscus_tui.tui.screens.sorting import Sorting
from qiscus_tui.tui.widgets.one_line import Line, OneLine
from qiscus_tui.tui.widgets.session_table import SessionTable
from qiscus_tui.tui.widgets.status import CountsLine, FilterLine, IdentityLine, Shown, filter_line

if TYPE_CHECKING:
    from qiscus_tui.service.sessions.session_list import SessionList
    from qiscus_tui.service.workspace import Workspace

Result = TypeVar("Result")

AT_ONCE = 5000
"""Sessions up to which sorting is done within the key's own turn."""
FINISH_AFTER = 0.02
"""Seconds after a key until the rest of the filter is looked for."""
TURN = 0.004
"""Seconds of work after which keys are heard."""


class ShownList(BaseScreen[None]):
    """A table of sessions with its lines."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.view = ListView(workspace.clock.monotonic)
        self.expiry_counts = ExpiryCounts(0)
        self._filter_error: FilterError | None = None
        self._typed = ""
        self.rule_of_marks: Query | None = None
        """A filter about time by which sessions were marked."""
        self.table = SessionTable(
            server_now=self.server_now, expiring=workspace.config.ui.expiring, id="table"
        )
        self.identity = IdentityLine(id="identity")
        self.counts = CountsLine(id="counts")
        self.filter_line = FilterLine(id="filter-line")
        self.filter_field = FilterField(self._filter_typed, self._filter_left, id="filter")
        self.filter_found = OneLine(id="filter-found")
        self.notice = Notice(id="notice")
        self.action_bar = ActionBar(id="actions")
        self.drawn: Signal[None] = Signal(self, "drawn")
        """Tells other screens that something else is shown, or said, than before."""

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield self.identity
        yield self.counts
        yield self.filter_line
        with Horizontal(id="filter-row"):
            yield Static("/ ", id="filter-sign", markup=False)
            yield self.filter_field
            yield self.filter_found
        yield self.notice
        yield Static(classes="rule")
        yield self.table
        yield Static(classes="rule")
        yield self.action_bar

    # What the parts ask of the whole.

    def server_now(self) -> float:
        """The server's time, epoch seconds."""
        return self.workspace.clock.now() + self.view.listed.offset

    def draw_lines(self) -> None:
        """Draw all that stands around the table."""
        raise NotImplementedError

    @property
    def listed(self) -> SessionList:
        """The snapshot shown."""
        return self.view.listed

    @property
    def moment(self) -> Moment:
        """What a filter depends on besides the list."""
        return Moment(self.server_now(), self.workspace.config.ui.expiring, self.table.marks.flags)

    # A list.

    async def take_list(self, listed: SessionList) -> None:
        """Sort and filter a new list in turns, then show it."""
        sorting = self.view.sorting
        order = await in_turns(self.view.sorted_in_steps(listed, sorting))
        while sorting != self.view.sorting:  # sorted otherwise meanwhile
            sorting = self.view.sorting
            order = await in_turns(self.view.sorted_in_steps(listed, sorting))
        now = self.workspace.clock.now() + listed.offset
        expiry_counts = await in_turns(
            counted_in_steps(listed, now, self.workspace.config.ui.expiring)
        )
        self._show(listed, order, expiry_counts)

    def take_list_at_once(self, listed: SessionList) -> None:
        """The same within this turn: after a revoke, so that nothing is seen of the old one."""
        now = self.workspace.clock.now() + listed.offset
        order = at_once(self.view.sorted_in_steps(listed, self.view.sorting))
        expiry_counts = at_once(counted_in_steps(listed, now, self.workspace.config.ui.expiring))
        self._show(listed, order, expiry_counts)

    def _show(self, listed: SessionList, order: Sequence[int], expiry_counts: ExpiryCounts) -> None:
        # Marks count for the filter by their places in the new list, so they go over first.
        moment = Moment(
            self.workspace.clock.now() + listed.offset,
            self.workspace.config.ui.expiring,
            self._marks_in(listed),
        )
        self.expiry_counts = expiry_counts
        self.view.take(listed, self.view.sorting, order, moment)
        self.table.show_sort(self.view.sorting.shown)
        self.table.show(listed, self.view.hits)
        self.draw_lines()

    def _marks_in(self, listed: SessionList) -> bytes:
        return self.table.marks.carried_over(self.table.sessions, listed).flags

    # Sorting.

    def action_next_sort(self) -> None:
        """By the next column."""
        self._sort(self.view.sorting.next(has_users=has_users(self.listed)))

    def action_reverse_sort(self) -> None:
        """The other way round."""
        self._sort(self.view.sorting.turned())

    @on(SessionTable.SortRequested)
    def _sort_by_header(self, asked: SessionTable.SortRequested) -> None:
        self._sort(self.view.sorting.by(asked.key))

    def _sort(self, sorting: Sorting) -> None:
        self.view.sorting = sorting
        self.table.show_sort(sorting.shown)
        if len(self.listed) <= AT_ONCE:
            self._show_sorted(at_once(self.view.sorted_in_steps(self.listed, sorting)))
        else:
            self.run_worker(self._sort_in_turns(), group="sort", exclusive=True)

    async def _sort_in_turns(self) -> None:
        listed, sorting = self.listed, self.view.sorting
        order = await in_turns(self.view.sorted_in_steps(listed, sorting))
        if listed is self.listed and sorting == self.view.sorting:
            self._show_sorted(order)

    def _show_sorted(self, order: Sequence[int]) -> None:
        self.view.take(self.listed, self.view.sorting, order, self.moment)
        self.table.show_sorted(self.view.hits)
        self.draw_lines()

    # The filter.

    def action_filter(self) -> None:
        """Open the filter; keys behind this one go into it."""
        self.add_class("-filtering")
        self.filter_field.focus(scroll_visible=False)
        self.draw_lines()

    def action_leave_filter(self) -> None:
        """Back to the table; the filter stays."""
        self.filter_field.action_leave()

    def action_clear_filter(self) -> None:
        """Clear the filter, and back to the table."""
        self.filter_field.action_clear()

    def clear_filter(self) -> bool:
        """Show all again. False where nothing was filtered."""
        if not self._typed:
            return False
        self.filter_field.value = ""
        return True

    def filter_by(self, text: str) -> None:
        """Show what `text` asks for, as if it had been typed, and go to the table.

        Another word can be typed behind it.
        """
        self.filter_field.value = f"{text} "
        self.filter_field.cursor_position = len(self.filter_field.value)
        self._filter_left()

    def _filter_left(self) -> None:
        self.remove_class("-filtering")
        self.table.focus(scroll_visible=False)
        self.draw_lines()

    def _filter_typed(self, text: str) -> None:
        self._typed = text
        query, self._filter_error = parse_readable(text)
        hits = self.view.ask(query, self.moment)
        if self.view.is_whole:
            self.table.show_order(hits)
        else:
            self.table.show_partial(hits)
            self.run_worker(self._find_rest(), group="filter", exclusive=True)
        self.draw_lines()

    async def _find_rest(self) -> None:
        await asyncio.sleep(FINISH_AFTER)
        await in_turns(self.view.rest())
        if self.view.is_whole:
            self.table.show_order(self.view.hits)
            self.draw_lines()

    def finish_filter(self) -> None:
        """Have every hit shown, before something is done to all that is shown."""
        if not self.view.is_whole:
            self.table.show_order(self.view.hits)
            self.draw_lines()

    def draw_filter(self) -> None:
        """Draw the filter's line, and its field's surroundings."""
        error = self._filter_error
        shown = Shown(
            self._typed,
            len(self.table.order),
            len(self.listed),
            self.view.sorting.words,
            has_error=error is not None,
        )
        self.filter_line.show_filter(shown)
        found = Line((), filter_line(shown).right)
        self.filter_found.show_line(notices.filter_fault(error) if error else found)
        self.draw_notice()

    def draw_notice(self) -> None:
        """The line for doubts, or how to write the filter that was left unreadable."""
        said = self.doubts()
        if self._filter_error is not None and not self.has_class("-filtering"):
            said = notices.filter_trouble(self._filter_error, self.view.query.text.strip())
        self.notice.say(said)

    def doubts(self) -> NoticeText:
        """What keeps the list from being the whole truth."""
        raise NotImplementedError

    # Marks.

    @property
    def filter_error(self) -> str:
        """Why the filter can't be read; empty where it can."""
        return self._filter_error.message if self._filter_error else ""

    def action_toggle_mark(self) -> None:
        """Mark or unmark, and move down."""
        self.table.toggle_mark()

    def action_mark_shown(self) -> None:
        """Mark all that the filter leaves."""
        self.finish_filter()
        self._note_rule()
        self.table.mark_shown()

    def action_invert_shown(self) -> None:
        """Turn the marks of what the filter leaves round."""
        self.finish_filter()
        self._note_rule()
        self.table.invert_shown()

    def _note_rule(self) -> None:
        if self.view.query.depends_on_clock:
            self.rule_of_marks = self.view.query

    def action_unmark_all(self) -> None:
        """Take every mark away."""
        self.table.unmark_all()

    @on(SessionTable.MarksChanged)
    def _marks_changed(self) -> None:
        if not self.table.mark_counts.total:
            self.rule_of_marks = None
        if self.view.depends_on_marks:
            self.view.take(self.listed, self.view.sorting, self.view.order, self.moment)
            self.table.show_order(self.view.hits)
        self.draw_lines()


async def in_turns(steps: Generator[None, None, Result]) -> Result:
    """Do the steps, and let keys be heard every few milliseconds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + TURN
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value
        if loop.time() >= until:
            await asyncio.sleep(0)
            until = loop.time() + TURN
