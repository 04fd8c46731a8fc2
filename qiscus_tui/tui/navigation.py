"""What is opened, and over what: every screen and dialog, and the change to another account.

The only module that imports screens and the dialogs of the list: each when it is opened, as the
first frame does not wait for them. They give their answers by `dismiss`, or to the callback that
they were made with where they can be at the bottom of the stack.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from qiscus_tui.commands.command import Context, Scope
from qiscus_tui.errors import LoginNeeded, QiscusTuiError
from qiscus_tui.model.account import Storage
from qiscus_tui.tui import registry
from qiscus_tui.tui.base_screen import BaseScreen
from qiscus_tui.tui.terminal.app import TerminalApp
from qiscus_tui.tui.theme import CHOICES as THEME_CHOICES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import PurePath

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.screen import Screen

    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.account.selection import SelectedAccount
    from qiscus_tui.service.account.stored_login import LoggedIn
    from qiscus_tui.service.account.workspace import Workspace
    from qiscus_tui.tui.accounts.screen import AccountsAnswer
    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.revoke.dialog import RevokeDialog
    from qiscus_tui.tui.revoke.server_changes import ServerChanges
    from qiscus_tui.tui.sessions.screen import SessionsScreen
    from qiscus_tui.tui.theme import Appearance

LONGEST_LEAVE = 3.0
"""Seconds that leaving may take to end a token of this run only."""

LOOK_HERE = "The list shows what is live now, {key[audit]} what was recorded."
SHOWN_FOR = 60
"""Seconds that it stays on the screen what an earlier run left half done."""
WRITTEN_FOR = 10
"""Seconds that the path of an export stays there."""

UNNAMEABLE = "Only groups by client and network can be named: {key[group_by]} chooses them."


class Navigation(TerminalApp, inherit_bindings=False):
    """Runs a command where the screen or dialog in front offers it, else says why not.

    Those that open a screen or a dialog of the list are here.
    """

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *registry.bindings(Scope.APP),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    appearance: Appearance

    def __init__(
        self, workspace: Workspace, css_path: Sequence[str | PurePath], *, ansi_color: bool | None
    ) -> None:
        super().__init__(css_path=css_path, ansi_color=ansi_color)
        self.workspace = workspace
        self._mode_numbers = itertools.count(2)

    # Whether a command runs.

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run the action, or say why the screen or dialog in front does not offer it now."""
        if isinstance(self.screen, BaseScreen):
            self.screen.action_begins()
        if await super().run_action(action, default_namespace, namespaces):
            return True
        keys, context = self.workspace.config.keys, self._context_in_front
        reason = context and registry.why_unavailable(action, context, keys)
        if reason is not None:
            self.notify(reason, severity="warning", markup=False)
        return reason is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Return whether a command is available, as the registry decides it."""
        context = self._context_in_front
        return context is None or registry.is_available(action, context)

    @property
    def _context_in_front(self) -> Context | None:
        """What the commands of a screen or dialog of ours depend on; Textual's own have none."""
        context = getattr(self.screen, "context", None)
        return context if isinstance(context, Context) else None

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Textual's own would write what the screen shows into a file: not here."""

    # What is in front.

    @property
    def sessions_screen(self) -> SessionsScreen | None:
        """The sessions screen, in front or behind; None before the login."""
        from qiscus_tui.tui.sessions.screen import SessionsScreen

        return next((one for one in self.screen_stack if isinstance(one, SessionsScreen)), None)

    @property
    def sessions(self) -> SessionsScreen:
        """The same, for commands that are only offered where there is one."""
        sessions = self.sessions_screen
        if sessions is None:
            raise AssertionError("offered without a list")
        return sessions

    def first_screen(self, selected: SelectedAccount | None) -> Screen[None]:
        """Return the screen of the first frame: the sessions, or the login without an account."""
        if selected is None:
            from qiscus_tui.tui.login.screen import LoginScreen

            return LoginScreen(self.workspace, self.show_sessions)
        from qiscus_tui.tui.sessions.screen import SessionsScreen

        return SessionsScreen(self.workspace, selected)

    async def notify_of_earlier_runs(self) -> None:
        """Say, once, what an earlier run left half done. Reads files, in a thread."""
        from qiscus_tui.service.history import unfinished_runs

        workspace = self.workspace
        try:
            for one in await asyncio.to_thread(workspace.unmatched_accounts):
                self.notify(one.text, severity="warning", timeout=SHOWN_FOR, markup=False)
            for run in await asyncio.to_thread(unfinished_runs, workspace.local_files):
                look = registry.KeyWords(workspace.config.keys).words(LOOK_HERE)
                words = f"{run.message}.\n{look}"
                self.notify(words, severity="warning", timeout=SHOWN_FOR, markup=False)
                await asyncio.to_thread(run.acknowledge)
        except QiscusTuiError as error:
            self.notify(error.text, severity="error", markup=False)

    # Screens over the list.

    def action_open_detail(self) -> None:
        """Show everything that is known of the session under the cursor."""
        from qiscus_tui.tui.session.screen import DetailScreen

        sessions = self.sessions
        table = sessions.table
        if table.cursor_session is None:
            return

        sessions.list.drop_range()
        invert = sessions.list.invert_mark
        screen = DetailScreen(sessions.feed, sessions.view, table, sessions.details, invert)
        self.push_screen(screen, sessions.filter_by)

    def action_overview(self) -> None:
        """Show the whole list, counted; a bar adds to the filter."""
        from qiscus_tui.tui.overview.screen import OverviewScreen

        sessions = self.sessions
        self.push_screen(OverviewScreen(sessions.feed, sessions.view), sessions.filter_by)

    def action_audit(self) -> None:
        """Show what was revoked from here."""
        from qiscus_tui.tui.audit.screen import AuditScreen

        self.push_screen(AuditScreen(self.workspace))

    def action_reload(self) -> None:
        """Read the list again; where the session ended, log in again."""
        self.sessions.read_again()

    # Dialogs over the list.

    @work(group="dialog")
    async def action_label(self) -> None:
        """Name the integration under the cursor."""
        from qiscus_tui.tui.dialogs.label import label_session

        session = self.sessions.list.session_to_name()
        if session is None:
            words = registry.KeyWords(self.workspace.config.keys).words(UNNAMEABLE)
            self.notify(words, severity="warning", markup=False)
        else:
            await label_session(self, self.sessions.feed, session)

    @work(group="dialog")
    async def action_views(self) -> None:
        """Choose a view of the configuration, and show it."""
        from qiscus_tui.tui.dialogs.choice import Choice, ChoiceDialog

        sessions = self.sessions
        choices = [Choice(view.name, view.words) for view in sessions.views]
        number = await self.push_screen_wait(ChoiceDialog("Views", choices))
        if number is not None:
            sessions.show_view(number)

    @work(group="dialog")
    async def action_group_by(self) -> None:
        """Choose what to group by, and show the groups."""
        from qiscus_tui.tui.dialogs.choice import GROUPINGS, group_by_dialog

        sessions = self.sessions
        dialog = group_by_dialog(sessions.feed.listed, sessions.view.request.keys)
        chosen = await self.push_screen_wait(dialog)
        if chosen is not None:
            sessions.group_by(GROUPINGS[chosen][0])

    @work(group="dialog")
    async def action_find_token(self) -> None:
        """Open the session of a token that is asked for."""
        from qiscus_tui.tui.dialogs.find import FindDialog

        sessions = self.sessions
        session_id = await self.push_screen_wait(FindDialog(sessions.feed.listed))
        if session_id is not None:
            sessions.show_session(session_id)
            if sessions.table.cursor_id == session_id:  # it may have ended meanwhile
                self.action_open_detail()

    @work(group="dialog")
    async def action_export(self) -> None:
        """Write what is shown to a file."""
        from qiscus_tui.tui.dialogs.export import ExportDialog

        sessions = self.sessions
        feed, shown = sessions.feed, sessions.list.finish_filter()
        if feed.connection is not None and shown:
            dialog = ExportDialog(feed.listed, shown, feed.connection)
            path = await self.push_screen_wait(dialog)
            if path is not None:
                self.notify(f"Written to {path}", timeout=WRITTEN_FOR, markup=False)

    # Dialogs over any screen.

    def action_palette(self) -> None:
        """Show the commands that are available on the screen in front."""
        from qiscus_tui.tui.dialogs.palette import Palette

        if isinstance(self.screen, BaseScreen):
            self.push_screen(Palette())

    def action_help(self) -> None:
        """Show what can be done on the screen in front; an example filters the list."""
        from qiscus_tui.tui.dialogs.help import HelpDialog

        screen, sessions = self.screen, self.sessions_screen
        if isinstance(screen, BaseScreen):
            chosen = None if sessions is None else sessions.filter_by
            self.push_screen(HelpDialog(screen.scope, screen.context), chosen)

    @work(group="dialog")
    async def action_theme(self) -> None:
        """Choose the colours."""
        from qiscus_tui.tui.dialogs.choice import Choice, ChoiceDialog

        names, now = [*THEME_CHOICES], self.appearance.chosen
        choices = [Choice(name, THEME_CHOICES[name]) for name in names]
        at = names.index(now) if now in names else 0
        number = await self.push_screen_wait(ChoiceDialog("Theme", choices, at))
        if number is not None:
            await self.appearance.choose(names[number])

    # What changes the server.

    @work(group="dialog")
    async def action_revoke(self) -> None:
        """Show the plan for what is marked, else under the cursor; over a detail, for its one."""
        from qiscus_tui.tui.session.screen import DetailScreen

        if isinstance(self.screen, DetailScreen):
            session_id = self.screen.session.id
            await self.screen.dismiss()
            await self._changes.revoke_one(session_id)
        elif (choices := self.sessions.list.selected()) is not None:
            await self._changes.revoke(choices)

    @work(group="dialog")
    async def action_prune(self) -> None:
        """Show the plan for everything shown, by rules."""
        shown = self.sessions.list
        await self._changes.prune(shown.all_shown, shown.keys)

    @work(group="dialog")
    async def action_revoke_all(self) -> None:
        """Ask, then end every session of the user."""
        await self._changes.revoke_all()

    @work(group="refresh")
    async def action_refresh_token(self) -> None:
        """Get a new short-lived token."""
        await self._changes.refresh_token()

    @property
    def _changes(self) -> ServerChanges:
        from qiscus_tui.tui.revoke.server_changes import ServerChanges

        sessions = self.sessions
        show = sessions.list.show_at_once
        return ServerChanges(self, sessions.feed, show, sessions.reload, sessions.check_login)

    # The end.

    async def may_quit(self) -> bool:
        """Stop a plan that runs, and ask whether to leave it so; True where none runs."""
        from qiscus_tui.tui.dialogs.question import QuitDialog

        if isinstance(self.screen, QuitDialog):
            return False
        running = self._running_plans()
        for plan in running:
            plan.stop()
        if not running:
            return True
        return bool(await self.push_screen_wait(QuitDialog(self.workspace.clock)))

    async def end_this_run(self, *, in_good_order: bool) -> list[str]:
        """End a plan that runs, the visit, a token made for this run only, the connection.

        Return what the user should know.
        """
        from qiscus_tui.service.account.logout import leave

        sessions = self.sessions_screen
        if sessions is None:
            return []
        words: list[str] = []
        for plan in self._running_plans():
            words += await plan.end_early()
        feed = sessions.feed
        if feed.connection is None:
            return words
        try:
            async with asyncio.timeout(LONGEST_LEAVE):
                end_visit = feed.end_visit if in_good_order else None
                troubles = await leave(feed.connection, end_visit)
        except TimeoutError:
            return [*words, "Leaving took too long: what this run began may not have been ended"]
        return [*words, *(trouble.replace("\n", "\n  ") for trouble in troubles)]

    def _running_plans(self) -> list[RevokeDialog]:
        """Return the dialog of the plan that runs, in front or behind."""
        from qiscus_tui.tui.revoke.dialog import RevokeDialog

        return [one for one in self.screen_stack if isinstance(one, RevokeDialog) and one.plan_runs]

    # The account.

    def on_sessions_screen_login_expired(self) -> None:
        """Open the login over the list whose session ended."""
        from qiscus_tui.tui.dialogs.question import Guard
        from qiscus_tui.tui.listed import texts
        from qiscus_tui.tui.login.screen import LoginScreen

        sessions = self.sessions_screen
        if sessions is None or isinstance(self.screen, LoginScreen):
            return
        feed, why = sessions.feed, sessions.feed.trouble
        if not isinstance(why, LoginNeeded) or not sessions.is_watched:
            return
        if feed.storage is Storage.ENVIRONMENT:  # a login would not be used
            words = f"{why.message}\n{texts.FROM_ENVIRONMENT}"
            self.notify(words, severity="error", markup=False)
            return

        def logged_in(login: LoggedIn) -> None:
            old = feed.replace_connection(login)
            if old is not None:
                self.run_worker(partial(self._leave, old), group="close")
            self.pop_screen()
            sessions.begin()
            self.notify(texts.OLDER_REMAIN, markup=False, timeout=10)

        screen = LoginScreen(
            self.workspace, logged_in, again=feed.account, stored=feed.storage, why=why
        )
        # What was typed for the list is no password.
        guard = Guard(self.workspace.clock)
        self.drop_keys_while(lambda: screen.is_active and not guard.armed)
        self.push_screen(screen)
        screen.call_after_refresh(guard.arm)

    async def _leave(
        self, connection: Connection, end_visit: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        from qiscus_tui.service.account.logout import leave

        if troubles := await leave(connection, end_visit):
            self.notify("\n".join(troubles), markup=False, timeout=10)

    def action_accounts(self) -> None:
        """Show the accounts of this machine."""
        self.push_screen(self._accounts(self.sessions.feed))

    def _accounts(self, feed: Feed | None) -> Screen[None]:
        from qiscus_tui.tui.accounts.screen import AccountsScreen

        return AccountsScreen(self.workspace, feed, self._accounts_answered)

    def _accounts_answered(self, answer: AccountsAnswer | SelectedAccount) -> None:
        from qiscus_tui.tui.accounts.screen import AccountsAnswer
        from qiscus_tui.tui.login.screen import LoginScreen

        match answer:
            case AccountsAnswer.ADD:
                self.push_screen(LoginScreen(self.workspace, self.show_sessions))
            case AccountsAnswer.OTHERS_LEFT:
                self._replace(self._accounts(None), ends_visit=False)
            case AccountsAnswer.NONE_LEFT:
                self._replace(self.first_screen(None), ends_visit=False)
            case _:
                self.show_sessions(answer)

    def show_sessions(self, opening: SelectedAccount | LoggedIn) -> None:
        """Show the sessions of another account in place of those that are shown now.

        Marks, cursor and filter of the old one go with its screen; its visit ends, and its
        connection is closed.
        """
        from qiscus_tui.tui.sessions.screen import SessionsScreen

        self._replace(SessionsScreen(self.workspace, opening), ends_visit=True)

    @work(group="switch")
    async def _replace(self, new: Screen[None], *, ends_visit: bool) -> None:
        old, left = self.sessions_screen, self.current_mode
        mode = f"account {next(self._mode_numbers)}"  # a mode is a stack of screens
        self.add_mode(mode, lambda: new)  # pyright: ignore[reportUnknownMemberType]
        await self.switch_mode(mode)
        await self.remove_mode(left)
        if old is None:
            return
        gc.unfreeze()  # what was loaded with the old screen is no longer there to stay
        if old.feed.connection is not None:
            end_visit = old.feed.end_visit if ends_visit else None
            await self._leave(old.feed.connection, end_visit)
