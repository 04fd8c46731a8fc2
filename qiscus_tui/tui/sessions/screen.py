"""The sessions screen: the list, and everything that is opened from it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.query.sorting import SortKey
from qiscus_tui.service.sessions.group_order import GroupFact
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import WIDTHS, BaseScreen, TooSmall
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.listed import header, notices
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.order import ListView
from qiscus_tui.tui.sessions.actions import ListActions
from qiscus_tui.tui.sessions.columns import WIDE
from qiscus_tui.tui.sessions.preview import Preview
from qiscus_tui.tui.sessions.session_table import SessionTable
from qiscus_tui.tui.sessions.shown_list import ShownList
from qiscus_tui.tui.sessions.tools import ListTools
from qiscus_tui.tui.widgets.notice import Notice
from qiscus_tui.tui.widgets.one_line import OneLine
from qiscus_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from qiscus_tui.service.account.login import LoggedIn
    from qiscus_tui.service.account.selection import SelectedAccount
    from qiscus_tui.service.account.workspace import Workspace
    from qiscus_tui.tui.session.details import SessionDetails


class SessionsScreen(ListActions, BaseScreen[None]):
    """Every live session of the user, counted down. Draws a feed as its view shows it."""

    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [*WIDTHS, (WIDE, "-preview")]  # noqa: RUF012 Textual's own form
    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.SESSIONS)]

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
        self.list = ShownList(self.feed, self.view, self.draw_soon)
        self.rows, self.groups = self.list.rows, self.list.groups
        self.tools = ListTools(self.feed, self.list)
        self.preview = Preview(self.feed, self.rows, lambda: self.details, self._found)
        self.table.alike = self.preview.alike
        self._is_settled = self._login_is_due = False
        self.identity = OneLine(id="identity")
        self.counts = OneLine(id="counts")
        self.notice = Notice(id="notice")
        self.action_bar = ActionBar(id="actions")

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield from (self.identity, self.counts, self.list.filter_bar, self.notice)
        yield self.list.filter_rule
        with Horizontal(id="body"):
            yield from (self.table, self.preview)
        yield Static(classes="rule")
        yield self.action_bar

    def on_mount(self) -> None:
        """The first frame comes before the network."""
        self.list.views.restore()
        self.draw()
        self.list.focus()
        self.feed.subscribe(self.draw_soon)
        self.follow_clock()

    def first_drawn(self) -> None:
        self.begin()

    async def on_unmount(self) -> None:
        """Remember how the list was shown at the end."""
        await self.list.views.store()

    def begin(self) -> None:
        """Say what is to be known of the login, and read the list."""
        for note in self.feed.login_notes:
            self.notify(note, markup=False, timeout=10)
        self.reload()

    @property
    def table(self) -> SessionTable:
        """The table of sessions."""
        return self.rows.table

    @cached_property
    def details(self) -> SessionDetails:
        """What is found out about single sessions."""
        from qiscus_tui.tui.session.details import SessionDetails

        return SessionDetails()

    @property
    def context(self) -> Context:
        """What decides which actions are available now."""
        return replace(self.list.context, has_preview=self.preview.is_shown)

    @property
    def scope(self) -> Scope:
        return self.list.scope

    # Reading.

    def reload(self) -> None:
        """Read the list, unless it is being read."""
        if not self.feed.is_loading:
            self.run_worker(self._reload, group="load")

    def action_reload(self) -> None:
        """Read the list again; where the session ended, log in again."""
        self.feed.say("the list is being read already" if self.feed.is_loading else "")
        if self.feed.has_ended:
            self.check_login()
        else:
            self.reload()

    async def _reload(self) -> None:
        for words in await self.feed.reload():
            self.app.notify(words, severity="warning", markup=False)
        self.check_login()
        if self.feed.is_read and self.feed.lacks_names:
            self.run_worker(self.feed.find_names, group="names")
        if not self._is_settled:
            self._is_settled = True
            self.post_message(self.Settled())

    def check_login(self) -> None:
        """Ask for a login where one is needed: once the list is in front, if it is not."""
        self._login_is_due = self.feed.has_ended and not self.is_watched
        if self.feed.has_ended and self.is_watched:
            self.post_message(self.LoginExpired())

    def second(self) -> None:
        """A second went by: draw what changed, and read again when it is time."""
        self.list.second()
        super().second()
        if self._login_is_due and self.is_watched:
            self.check_login()
        if self.feed.is_due and self.is_watched:
            self.reload()

    # Drawing.

    def draw(self) -> None:
        """Draw the lines around the table: those that say something else than before."""
        super().draw()
        context = self.context  # takes over how many are marked
        feed, view, groups = self.feed, self.view, self.groups.shown_view
        is_typing = self.list.filter_bar.is_typing
        self.identity.show_line(header.identity(feed))
        like_this = "" if groups else self.preview.group_words
        self.counts.show_line(header.counts(feed, view, groups, like_this))
        self.list.draw_filter()
        said = notices.notice(feed, view, is_typing=is_typing)
        self.notice.say(said.text, is_warning=said.is_warning)
        self.list.shown.table.show_notice(*notices.no_rows(feed, view, groups))
        self.action_bar.show_commands(Scope.FILTER if is_typing else self.scope, context)
        self.set_class(self.groups.is_shown, "-grouped")
        self.preview.follow()

    def action_begins(self) -> None:
        if self.feed.note.text and not self.feed.note.is_kept:
            self.feed.say("")

    def _found(self) -> None:
        """More is known of the session under the cursor, and how many are like the others."""
        self.table.tick()
        self.draw_soon()

    # The tables.

    @on(Table.SortRequested)
    def _sort_by_header(self, asked: Table.SortRequested) -> None:
        match asked.key:
            case SortKey():
                self.rows.sort(self.view.sorting.by(asked.key))
            case GroupFact() | GroupKey():
                self.groups.sort(self.groups.view.sorting.towards(asked.key))
            case _:
                pass

    @work(group="dialog")
    async def action_group_by(self) -> None:
        """Choose what to group by, and show the groups."""
        await self.tools.choose_grouping(self.app)

    @on(SessionTable.MarksChanged)
    def _marks_changed(self) -> None:
        self.list.marks_changed()

    @on(SessionTable.RangeChanged)
    def _range_changed(self) -> None:
        self.draw_soon()

    @on(SessionTable.Moved)
    def _cursor_moved(self) -> None:
        self.preview.follow()

    def on_mouse_up(self) -> None:
        """Close the filter's field where the list was clicked: keys are commands from now on.

        Not when the button goes down: what that shows would move the rows under the mouse.
        """
        if self.focused is self.list.shown.table and self.list.filter_bar.is_typing:
            self.list.filter_bar.close_field()
            self.draw_soon()

    def action_preview(self) -> None:
        """Go to the preview, or back to the list."""
        if self.preview.has_focus_within:
            self.list.focus()
        else:
            self.preview.enter()

    def action_back(self) -> None:
        """Leave the preview; else drop a range, return to the groups, or clear the filter."""
        if self.preview.has_focus_within:
            self.list.focus()
        else:
            self.list.back()

    # One session, or those shown.

    @on(Table.Opened)
    async def _opened(self) -> None:
        await self.run_command("open_group" if self.groups.is_shown else "open_detail")

    async def action_copy_id(self) -> None:
        """Send the id to the terminal."""
        await self.tools.copy_id(self.app)

    async def action_copy_row(self) -> None:
        """Send the row to the terminal."""
        await self.tools.copy_row(self.app)

    @work(group="dialog")
    async def action_find_token(self) -> None:
        """Move the cursor to the session of a token that is asked for."""
        await self.tools.find_token(self.app)

    @work(group="dialog")
    async def action_export(self) -> None:
        """Write what is shown to a file."""
        await self.tools.export(self.app)
