"""The sessions screen: the list, and everything that is opened from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static

from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import BaseScreen, TooSmall
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.feed import Feed
from qiscus_tui.tui.list_view import ListView
from qiscus_tui.tui.screens import list_lines
from qiscus_tui.tui.screens.filter_bar import FilterBar
from qiscus_tui.tui.screens.filtered_table import FilteredTable
from qiscus_tui.tui.screens.notices import Notice
from qiscus_tui.tui.screens.server_changes import ServerChanges
from qiscus_tui.tui.widgets.one_line import OneLine
from qiscus_tui.tui.widgets.session_table import SessionTable

if TYPE_CHECKING:
    from qiscus_tui.service.account.login import LoggedIn
    from qiscus_tui.service.account_selection import SelectedAccount
    from qiscus_tui.service.workspace import Workspace


class SessionsScreen(BaseScreen[None]):
    """Every live session of the user, counted down. Draws a feed as its view shows it."""

    CSS_PATH = "sessions.tcss"
    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.SESSIONS)]
    SCOPE = Scope.SESSIONS

    class Settled(Message):
        """The first reading is over, well or not."""

    class LoginExpired(Message):
        """A new login is needed."""

    def __init__(self, workspace: Workspace, opening: SelectedAccount | LoggedIn) -> None:
        """`opening`: an account to be connected, or a login that was just made."""
        super().__init__()
        self.workspace = workspace
        self.feed = Feed(workspace, opening)
        self.view = ListView(workspace.clock.monotonic, workspace.config.ui.expiring)
        self.rows = FilteredTable(self.feed, self.view, self.draw_soon)
        self.changes = ServerChanges(self.feed, self.rows, self.reload, self.check_login)
        self._is_settled = False
        self.identity = OneLine(id="identity")
        self.counts = OneLine(id="counts")
        self.filter_bar = FilterBar(self.rows.filter, self._filter_left, id="filter-bar")
        self.notice = Notice(id="notice")
        self.action_bar = ActionBar(id="actions")

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield self.identity
        yield self.counts
        yield self.filter_bar
        yield self.notice
        yield Static(classes="rule")
        yield self.table
        yield Static(classes="rule")
        yield self.action_bar

    def on_mount(self) -> None:
        """The first frame comes before the network."""
        self.table.show_sort(self.view.sorting.shown)
        self.draw()
        self.table.focus(scroll_visible=False)
        self.feed.subscribe(self.draw_soon)
        self.set_interval(1, self.second)
        self.call_after_refresh(self.begin)

    def begin(self) -> None:
        """Say what is to be known of the login, and read the list."""
        for note in self.feed.login_notes:
            self.notify(note, markup=False, timeout=10)
        self.reload()

    @property
    def table(self) -> SessionTable:
        """The table of sessions."""
        return self.rows.table

    @property
    def context(self) -> Context:
        """What decides which actions are available now."""
        self.view.marks = self.table.mark_counts
        self.view.in_range = len(self.table.rows_in_range)
        return list_lines.context(self.feed, self.view)

    # Reading.

    def reload(self) -> None:
        """Read the list, unless it is being read."""
        if not self.feed.is_loading:
            self.run_worker(self._reload(), group="load")

    async def _reload(self) -> None:
        for words in await self.feed.reload():
            self.app.notify(words, severity="warning", markup=False)
        self.check_login()
        if self.feed.is_read and self.feed.lacks_names:
            self.run_worker(self.feed.find_names(), group="names")
        if not self._is_settled:
            self._is_settled = True
            self.post_message(self.Settled())

    def check_login(self) -> None:
        """Ask for a login where the last reading found that one is needed."""
        if self.feed.has_ended:
            self.post_message(self.LoginExpired())

    def second(self) -> None:
        """A second went by: draw what changed, and read again when it is time."""
        self.rows.second()
        self.draw()
        if self.feed.is_due and self.is_watched:
            self.reload()

    # Drawing.

    def draw(self) -> None:
        """Draw the lines around the table: those that say something else than before."""
        super().draw()
        feed, view, context = self.feed, self.view, self.context
        is_typing = self.filter_bar.is_typing
        self.identity.show_line(list_lines.identity(feed))
        self.counts.show_line(list_lines.counts(feed, view))
        self.filter_bar.show_lines(list_lines.filtered(view), list_lines.beside_filter(view))
        self.notice.say(list_lines.notice(feed, view, is_typing=is_typing))
        self.table.show_notice(*list_lines.no_rows(feed, view))
        self.action_bar.show_commands(Scope.FILTER if is_typing else Scope.SESSIONS, context)

    def action_begins(self) -> None:
        if self.feed.note.text and not self.feed.note.is_kept:
            self.feed.say("")

    # Sorting and filtering.

    def action_next_sort(self) -> None:
        """Sort by the next column."""
        self.rows.sort_by_next()

    def action_reverse_sort(self) -> None:
        """Reverse the order."""
        self.rows.sort(self.view.sorting.turned())

    @on(SessionTable.SortRequested)
    def _sort_by_header(self, asked: SessionTable.SortRequested) -> None:
        self.rows.sort(self.view.sorting.by(asked.key))

    def action_filter(self) -> None:
        """Open the filter; keys behind this one go into it."""
        self.filter_bar.open()
        self.draw_soon()

    def action_leave_filter(self) -> None:
        """Return to the table; the filter stays."""
        self.filter_bar.leave()

    def action_clear_filter(self) -> None:
        """Clear the filter, and return to the table."""
        self.filter_bar.clear()

    def filter_by(self, text: str) -> None:
        """Filter by `text` as if it had been typed, and go to the table."""
        self.filter_bar.show(f"{text} ")  # so that another word can be typed behind it
        self.filter_bar.leave()

    def _filter_left(self) -> None:
        self.table.focus(scroll_visible=False)
        self.draw_soon()

    def action_back(self) -> None:
        """Drop the range that was begun, else clear the filter."""
        if not self.table.drop_range():
            self.filter_bar.show("")

    # Marks.

    def action_toggle_mark(self) -> None:
        """Mark or unmark, and move down."""
        self.table.toggle_mark()

    def action_mark_range(self) -> None:
        """Begin a range at the cursor, or mark the one that was begun."""
        self.table.mark_range()

    def action_mark_down(self) -> None:
        """Mark, and move down."""
        self.table.mark_and_move(1)

    def action_mark_up(self) -> None:
        """Mark, and move up."""
        self.table.mark_and_move(-1)

    def action_mark_shown(self) -> None:
        """Mark all that the filter leaves."""
        self.rows.mark_shown()

    def action_invert_shown(self) -> None:
        """Invert the marks of all that the filter leaves."""
        self.rows.invert_shown()

    def action_unmark_all(self) -> None:
        """Take every mark away."""
        self.table.unmark_all()

    @on(SessionTable.MarksChanged)
    def _marks_changed(self) -> None:
        self.rows.marks_changed()

    @on(SessionTable.RangeChanged)
    def _range_changed(self) -> None:
        self.draw_soon()

    # One session.

    @on(SessionTable.Opened)
    async def _opened(self) -> None:
        await self.run_command("open_detail")

    async def action_copy_id(self) -> None:
        """Send the id to the terminal."""
        from qiscus_tui.tui.terminal.clipboard import send

        if self.table.cursor_id is not None:
            await send(self.app, self.table.cursor_id, "Id")

    async def action_copy_row(self) -> None:
        """Send the row to the terminal."""
        from qiscus_tui.tui.screens.detail_facts import row_words
        from qiscus_tui.tui.terminal.clipboard import send

        if (session := self.table.cursor_session) is not None:
            await send(self.app, row_words(self.feed.listed, session, self.feed.server_now), "Row")

    @work(group="dialog")
    async def action_find_token(self) -> None:
        """Move the cursor to the session of a token that is asked for."""
        from qiscus_tui.tui.dialogs.find import FindDialog

        dialog = FindDialog(self.feed.listed, self.workspace.clock)
        session_id = await self.app.push_screen_wait(dialog)
        if session_id is not None and not self.table.move_to_session(session_id):
            self.filter_bar.show("")
            self.table.move_to_session(session_id)
            self.feed.say("the filter is cleared, to show it")

    # What changes the server.

    @work(group="dialog")
    async def action_revoke(self) -> None:
        """Show the plan for the marked sessions, or for the one under the cursor, and ask."""
        await self.changes.revoke_selected(self.app)

    @work(group="dialog")
    async def action_revoke_all(self) -> None:
        """Ask, then end every session of the user."""
        await self.changes.revoke_all(self.app)

    def action_refresh_token(self) -> None:
        """Get a new short-lived token."""
        self.run_worker(self.changes.refresh_token(self.app), group="refresh")

    # The list.

    def action_reload(self) -> None:
        """Read the list again; where the session ended, log in again."""
        self.feed.say("the list is being read already" if self.feed.is_loading else "")
        if self.feed.has_ended:
            self.check_login()
        else:
            self.reload()

    @work(group="dialog")
    async def action_export(self) -> None:
        """Write what is shown to a file."""
        from qiscus_tui.tui.dialogs.export import ExportDialog

        self.rows.finish_filter()
        if self.feed.connection is not None and self.table.order:
            dialog = ExportDialog(self.feed.listed, self.table.order, self.feed.connection)
            path = await self.app.push_screen_wait(dialog)
            if path is not None:
                self.notify(f"Written to {path}", markup=False)
