"""The sessions screen: the list, the lines around it, and what its keys do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from qiscus_tui.commands.command import Context, Scope
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.list_settings import (
    ListSettings,
    last_settings,
    named_views,
    remember_settings,
)
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.base_screen import WIDTHS, BaseScreen
from qiscus_tui.tui.listed import texts
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.session.context import SessionDetails
from qiscus_tui.tui.session.panel import row_words
from qiscus_tui.tui.sessions.filter import FilterBar, FilterField, FilterRule
from qiscus_tui.tui.sessions.preview import Preview
from qiscus_tui.tui.sessions.session_table import WIDE
from qiscus_tui.tui.sessions.shown_list import ShownList
from qiscus_tui.tui.terminal.clipboard import send
from qiscus_tui.tui.widgets.one_line import OneLine
from qiscus_tui.tui.widgets.table import Table
from qiscus_tui.tui.widgets.texts import Notice

if TYPE_CHECKING:  # loads httpx: after the first frame
    from qiscus_tui.service.account.stored_login import LoggedIn


ROOMY = 200
"""Columns from which the preview takes more of them."""


def _on_list(act: Callable[[ShownList], None]) -> Callable[[SessionsScreen], None]:
    """Return the action that does this to the list."""
    return lambda screen: act(screen.list)


class SessionsScreen(BaseScreen[None]):
    """Every live session of the user, counted down. Draws a feed as its view shows it."""

    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [*WIDTHS, (WIDE, "-preview"), (ROOMY, "-roomy")]  # noqa: RUF012 Textual's own form
    AUTO_FOCUS = "#table"
    SCOPE = Scope.SESSIONS

    class Settled(Message):
        """The first reading is over, well or not."""

    class LoginExpired(Message):
        """A new login is needed."""

    def __init__(self, workspace: Workspace, opening: SelectedAccount | LoggedIn) -> None:
        """`opening`: an account to be connected, or a login that was just made."""
        super().__init__()
        self.workspace = workspace
        self.feed = Feed(workspace, opening, self._show_list, self._list_changed)
        self.list = ShownList(self.feed, self.draw_soon)
        self.view, self.table = self.list.view, self.list.table
        self.details = SessionDetails()
        """What is found out about single sessions."""
        self.preview = Preview(self.feed, self.list, self.details, self.draw_soon)
        self._is_settled = self._login_is_due = False
        self.views = named_views(workspace.config.views.values())
        """Those of the configuration."""
        self._remembered = ListSettings()
        """How the list was shown when that was stored last."""
        self._opened_from: str | None = None
        """The filter of the groups to which escape returns."""
        self.identity = OneLine(id="identity")
        self.counts = OneLine(id="counts")
        self.filter_bar = FilterBar(FilterField(self.view, self.list.filter, self._filter_left))
        self.notice = Notice(id="notice")
        self.filter_rule = FilterRule(id="filter-rule")

    def compose_body(self) -> ComposeResult:
        yield from (self.identity, self.counts, self.filter_bar, self.notice, self.filter_rule)
        with Horizontal(id="body"):
            yield from (self.list, self.preview)

    def on_mount(self) -> None:
        """The first frame comes before the network."""
        last = last_settings(self.workspace.local_files, self.feed.account)
        self._remembered = replace(last, is_grouped=False)  # it starts in the list
        self._show_as(self._remembered)
        self.draw()
        self.focus_list()
        self.follow_clock()

    def first_drawn(self) -> None:
        self.begin()

    async def on_unmount(self) -> None:
        """Remember how the list was shown at the end."""
        await self._remember()

    def begin(self) -> None:
        """Say what is to be known of the login, and read the list."""
        for note in self.feed.login_notes:
            self.notify(note, markup=False, timeout=10)
        self.reload()

    @property
    def context(self) -> Context:
        """What decides which actions are available now."""
        return texts.context(self.feed, self.view, in_range=bool(self.table.rows_in_range))

    @property
    def scope(self) -> Scope:
        return Scope.GROUPS if self.list.is_grouped else Scope.SESSIONS

    # Reading.

    def reload(self) -> None:
        """Read the list, unless it is being read."""
        if not self.feed.is_loading:
            self.run_worker(self._reload, group="load")

    def read_again(self) -> None:
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
        if not self._is_settled:
            self._is_settled = True
            self.post_message(self.Settled())

    async def _show_list(self, listed: SessionList) -> None:
        await self.list.prepare(listed)
        if self.is_attached:  # else the account was left meanwhile
            self.draw_now()  # what follows may load modules

    def _list_changed(self) -> None:
        """Draw it, here and on a screen that shows it."""
        for screen in self.app.screen_stack:
            if isinstance(screen, BaseScreen) and (screen is self or screen.SHOWS_LIST):
                screen.draw_soon()

    def check_login(self) -> None:
        """Ask for a login where one is needed: once the list is in front, if it is not."""
        self._login_is_due = self.feed.has_ended and not self.is_watched
        if self.feed.has_ended and self.is_watched:
            self.post_message(self.LoginExpired())

    def second(self) -> None:
        """A second went by: draw what changed, and read again when it is time."""
        self.list.second()
        if self._shown_as() != self._remembered:
            self.run_worker(self._remember, group="settings")
        super().second()
        if self._login_is_due and self.is_watched:
            self.check_login()
        if self.feed.is_due and self.is_watched:
            self.reload()

    # Drawing.

    def draw_age(self) -> bool:
        return self.identity.show_line(texts.identity(self.feed))

    def draw(self) -> None:
        """Draw the lines around the table: those that say something else than before."""
        super().draw()
        context = self.context
        feed, view = self.feed, self.view
        is_typing, error = self.filter_bar.is_typing, view.filter_error
        self.draw_age()
        self.counts.show_line(texts.counts(feed, view, len(self.table.rows_in_range)))
        sprawl = self.details.sprawl(view.listed)
        self.filter_bar.show_line(texts.filtered(feed, view, sprawl))
        cell = self.filter_bar.cell_of(error.position) if error and is_typing else 0
        self.filter_rule.show_error(error if is_typing else None, cell)
        said = texts.notice(feed, view, is_typing=is_typing)
        self.notice.say(said.text, is_warning=said.is_warning)
        self.list.front.show_notice(*texts.no_rows(feed, view))
        self.action_bar.show_commands(Scope.FILTER if is_typing else self.scope, context)
        self.preview.follow()

    def action_begins(self) -> None:
        if not self.filter_bar.is_typing:  # a key acts on what the filter leaves, typed ahead too
            self.list.finish_filter()
        if self.feed.note.text and not self.feed.note.is_kept:
            self.feed.say("")

    def focus_list(self) -> None:
        """Give the keys to the table."""
        self.list.front.focus(scroll_visible=False)
        self.draw_soon()

    @on(Table.Moved)
    def _cursor_moved(self) -> None:
        self.preview.follow()
        if self.table.rows_in_range:
            self.draw_soon()

    def on_mouse_up(self) -> None:
        """Close the filter's field where the list was clicked: keys are commands from now on.

        Not when the button goes down: what that shows would move the rows under the mouse.
        """
        if self.focused is self.list.front and self.filter_bar.is_typing:
            self._filter_left()

    # The filter.

    def _filter_left(self) -> None:
        self.filter_bar.close()
        self.list.release()
        self.focus_list()

    def action_filter(self) -> None:
        """Open the filter; keys behind this one go into it."""
        self.list.hold()
        self.filter_bar.open()
        self.draw_soon()

    def action_leave_filter(self) -> None:
        """Return to the table; the filter stays."""
        self.filter_bar.field.action_leave()

    def action_clear_filter(self) -> None:
        """Clear the filter, and return to the table."""
        self.filter_bar.field.action_clear()

    def filter_by(self, text: str | None) -> None:
        """Filter the sessions by `text` as if it had been typed, if there is any, and show them."""
        if text is None:
            return
        self._show_groups(shown=False)
        self.filter_bar.show(f"{text} ")  # so that another word can be typed behind it
        self.filter_bar.field.action_leave()

    def show_session(self, session_id: str) -> None:
        """Put the cursor on a session; clears a filter that hides it."""
        self._show_groups(shown=False)
        self.list.finish_filter()
        if not self.table.move_to_session(session_id):
            self.filter_bar.show("")
            if self.table.move_to_session(session_id):
                self.feed.say("the filter is cleared, to show it")

    def action_back(self) -> None:
        """Drop a range; else return to the groups, or clear the filter."""
        if self.table.rows_in_range:
            self.list.drop_range()
            return
        if self._opened_from is not None:
            self.filter_bar.show(self._opened_from)
            self._show_groups(shown=True)
        elif self.filter_bar.value:
            self.filter_bar.show("")
        else:
            self._show_groups(shown=False)

    # Order and groups.

    action_next_sort = _on_list(ShownList.sort_by_next)
    action_reverse_sort = _on_list(ShownList.reverse_sort)

    def _show_groups(self, *, shown: bool) -> None:
        self._opened_from = None
        self.list.drop_range()
        if shown != self.list.is_grouped:
            self.list.show_groups(shown=shown)
            self.focus_list()

    def action_groups(self) -> None:
        """Show the list as groups, or as sessions again."""
        self._show_groups(shown=not self.list.is_grouped)

    def action_open_group(self) -> None:
        """Show the sessions of the group under the cursor; `back` returns."""
        group = self.list.finished_group()
        if group is not None:
            behind = self.filter_bar.value
            self.filter_by(f"{behind.strip()} {group.filter_text}".strip())
            self._opened_from = behind

    @on(Table.Opened)
    async def _opened(self) -> None:
        await self.run_command("open_group" if self.list.is_grouped else "open_detail")

    def group_by(self, keys: Sequence[GroupKey]) -> None:
        """Show the groups by these keys."""
        self.list.group_by(keys)
        self._show_groups(shown=True)

    # Views: the list as the configuration names it, or as it was shown last.

    def action_show_view(self, key: str) -> None:
        """Show the view that this digit stands for."""
        self.show_view(int(key) - 1)

    def show_view(self, number: int) -> None:
        """Show the view in this place of config.toml, from 0."""
        if number >= len(self.views):
            all_views = f"{texts.keys_in(self.feed)['views']} shows them all"
            self.feed.say(f"there is no view {number + 1}; {all_views}")
            return
        view, now = self.views[number], self._shown_as()
        if view.settings.is_grouped:  # the other order stays
            settings = replace(view.settings, sort=now.sort, reverse=now.reverse)
        else:
            settings = replace(now, sort=view.settings.sort, reverse=view.settings.reverse)
        self._show_as(replace(settings, is_grouped=view.settings.is_grouped))
        self.filter_bar.show(view.filter)
        self.feed.say(f"view: {view.name}")

    def _show_as(self, settings: ListSettings) -> None:
        self._show_groups(shown=settings.is_grouped)
        self.list.show_as(settings)

    def _shown_as(self) -> ListSettings:
        request = self.view.request
        return ListSettings(
            group_by=request.keys,
            group_sort=request.group_sorting.key,
            group_reverse=request.group_sorting.reverse,
            sort=request.sorting.key,
            reverse=request.sorting.reverse,
        )

    async def _remember(self) -> None:
        """Store how the list is shown, where that changed."""
        now = self._shown_as()
        if now != self._remembered:
            self._remembered = now
            files, account = self.workspace.local_files, self.feed.account
            await asyncio.to_thread(remember_settings, files, account, now)

    # Marks.

    action_toggle_mark = _on_list(ShownList.toggle_mark)
    action_mark_range = _on_list(ShownList.mark_range)
    action_mark_down = _on_list(lambda shown: shown.mark_and_move(1))
    action_mark_up = _on_list(lambda shown: shown.mark_and_move(-1))
    action_mark_shown = _on_list(ShownList.mark_shown)
    action_invert_shown = _on_list(ShownList.invert_shown)
    action_unmark_all = _on_list(ShownList.unmark_all)

    # One session, or those shown.

    async def action_copy_id(self) -> None:
        """Send the id under the cursor to the terminal."""
        if (session_id := self.table.cursor_id) is not None:
            await send(self.app, session_id, "Id")

    async def action_copy_row(self) -> None:
        """Send the row under the cursor to the terminal."""
        session = self.table.cursor_session
        if session is not None:
            words = row_words(self.feed.listed, session, self.feed.server_now)
            await send(self.app, words, "Row")
