"""Which screen is in front: opens screens, replaces those of an account by another's, ends them.

The only module that imports screens. They give their answers by `dismiss`, or to the callback
that they were made with where they can be at the bottom of the stack.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
from functools import partial
from typing import TYPE_CHECKING

from qiscus_tui.errors import LoginNeeded, QiscusTuiError
from qiscus_tui.model.account import Storage
from qiscus_tui.tui.base.screen import BaseScreen
from qiscus_tui.tui.theme import CHOICES as THEME_CHOICES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.screen import Screen

    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.account.login import LoggedIn
    from qiscus_tui.service.account.selection import SelectedAccount
    from qiscus_tui.service.account.workspace import Workspace
    from qiscus_tui.service.history import PastPlan
    from qiscus_tui.tui.accounts.screen import AccountsAnswer
    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.revoke.dialog import RevokeDialog
    from qiscus_tui.tui.revoke.server_changes import ServerChanges
    from qiscus_tui.tui.session.screen import DetailAnswer
    from qiscus_tui.tui.sessions.screen import SessionsScreen
    from qiscus_tui.tui.terminal.app import TerminalApp
    from qiscus_tui.tui.theme import Appearance

LONGEST_LEAVE = 3.0
"""Seconds that leaving may take to end a token of this run only."""

SHOWN_FOR = 60
"""Seconds that it stays on the screen what an earlier run left half done."""

UNNAMEABLE = "Only groups by client and network can be named: G chooses them."


class Navigation:
    """Opens and replaces the screens of an app. Imports each when it is opened."""

    def __init__(self, app: TerminalApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace
        self._numbers = itertools.count(2)

    @property
    def sessions(self) -> SessionsScreen | None:
        """The sessions screen, in front or behind; None before the login."""
        from qiscus_tui.tui.sessions.screen import SessionsScreen

        return next(
            (one for one in self._app.screen_stack if isinstance(one, SessionsScreen)), None
        )

    @property
    def feed(self) -> Feed | None:
        """The account in use; None before the login."""
        sessions = self.sessions
        return None if sessions is None else sessions.feed

    def first_screen(self, selected: SelectedAccount | None) -> Screen[None]:
        """Return the screen of the first frame: the sessions, or the login without an account."""
        if selected is None:
            from qiscus_tui.tui.login.screen import LoginScreen

            return LoginScreen(self._workspace, self.show_sessions)
        from qiscus_tui.tui.sessions.screen import SessionsScreen

        return SessionsScreen(self._workspace, selected)

    async def notify_of_earlier_runs(self) -> None:
        """Say, once, what an earlier run left half done. Reads files, in a thread."""
        from qiscus_tui.service.account.selection import unmatched_words
        from qiscus_tui.service.history import unfinished_runs

        workspace, notify = self._workspace, self._app.notify
        try:
            for name in await asyncio.to_thread(workspace.unmatched_accounts):
                words = "\n".join(unmatched_words(name))
                notify(words, severity="warning", timeout=SHOWN_FOR, markup=False)
            for run in await asyncio.to_thread(unfinished_runs, workspace.local_files):
                notify(run.text, severity="warning", timeout=SHOWN_FOR, markup=False)
                await asyncio.to_thread(run.acknowledge)
        except QiscusTuiError as error:
            notify(error.text, severity="error", markup=False)

    # Over the list.

    def open_detail(self) -> None:
        """Show everything that is known of the session under the cursor."""
        from qiscus_tui.tui.session.screen import DetailScreen, FilterBy, RevokeSession

        sessions = self.sessions
        if sessions is None:
            return
        table = sessions.table
        if table.cursor_session is None:
            return

        def answered(answer: DetailAnswer | None) -> None:
            match answer:
                case RevokeSession(session_id):
                    revoke = partial(self._changes(sessions).revoke_one, session_id)
                    sessions.run_worker(revoke, group="dialog")
                case FilterBy(text):
                    sessions.filter_by(text)
                case None:
                    pass

        table.drop_range()
        screen = DetailScreen(
            sessions.feed,
            sessions.view,
            table,
            sessions.details,
            lambda: table.marks,
            lambda at: table.mark((at,), marked=at not in table.marks),
        )
        self._app.push_screen(screen, answered)

    def open_label(self) -> None:
        """Name the integration under the cursor."""
        from qiscus_tui.tui.dialogs.label import label_session

        sessions = self.sessions
        if sessions is None:
            return
        session = sessions.list.session_to_name()
        if session is None:
            self._app.notify(UNNAMEABLE, severity="warning", markup=False)
        else:
            work = partial(label_session, self._app, sessions.feed, session)
            sessions.run_worker(work, group="dialog")

    def open_views(self) -> None:
        """Choose a view of the list."""
        sessions = self.sessions
        if sessions is not None:
            sessions.run_worker(sessions.choose_view, group="dialog")

    def show_view(self, number: int) -> None:
        """Show a view of the list, counted from 1."""
        sessions = self.sessions
        if sessions is not None:
            sessions.show_view(number - 1)

    def open_overview(self) -> None:
        """Show the whole list, counted."""
        from qiscus_tui.tui.overview.screen import OverviewScreen

        sessions = self.sessions
        if sessions is None:
            return

        def answered(text: str | None) -> None:
            if text is not None:
                sessions.filter_by(text)

        over_groups = sessions.list.is_grouped
        overview = OverviewScreen(sessions.feed, sessions.view, over_groups=over_groups)
        self._app.push_screen(overview, answered)

    def reload(self) -> None:
        """Read the list again; where the session ended, log in again."""
        sessions = self.sessions
        if sessions is not None:
            sessions.action_reload()

    def open_audit(self) -> None:
        """Show what was revoked from here."""
        from qiscus_tui.tui.audit.screen import AuditScreen

        self._app.push_screen(AuditScreen(self._workspace, self._open_plan))

    def _open_plan(self, plan: PastPlan) -> None:
        from qiscus_tui.tui.audit.screen import PlanScreen

        self._app.push_screen(PlanScreen(plan))

    def open_palette(self) -> None:
        """Show the commands that are available on the screen in front."""
        from qiscus_tui.tui.dialogs.palette import Palette

        if isinstance(self._app.screen, BaseScreen):
            self._app.push_screen(Palette())

    def open_help(self) -> None:
        """Show what can be done on the screen in front; an example filters the list."""
        from qiscus_tui.tui.dialogs.help import HelpDialog

        screen, sessions = self._app.screen, self.sessions
        if not isinstance(screen, BaseScreen):
            return

        def chosen(text: str | None) -> None:
            if text is not None and sessions is not None:
                sessions.filter_by(text)

        self._app.push_screen(HelpDialog(screen.scope, screen.context), chosen)

    def open_themes(self, appearance: Appearance) -> None:
        """Choose the colours."""
        from qiscus_tui.tui.dialogs.choice import Choice, ChoiceDialog

        choices = [Choice(name, note) for name, note in THEME_CHOICES.items()]

        async def ask(now: int) -> int | None:
            return await self._app.push_screen_wait(ChoiceDialog("Theme", choices, now))

        self._app.run_worker(partial(appearance.choose, ask), group="dialog")

    # What changes the server.

    def revoke(self) -> None:
        """Show the plan for what is marked, else under the cursor; over a detail, for its one."""
        from qiscus_tui.tui.session.screen import DetailScreen

        front, sessions = self._app.screen, self.sessions
        if isinstance(front, DetailScreen):
            front.action_revoke()
        elif sessions is not None and (choices := sessions.list.selected()) is not None:
            sessions.run_worker(partial(self._changes(sessions).revoke, choices), group="dialog")

    def prune(self) -> None:
        """Show the plan for everything shown, by rules."""
        sessions = self.sessions
        if sessions is not None:
            shown, keys = sessions.list.all_shown, sessions.list.keys
            sessions.run_worker(partial(self._changes(sessions).prune, shown, keys), group="dialog")

    def revoke_all(self) -> None:
        """Ask, then end every session of the user."""
        sessions = self.sessions
        if sessions is not None:
            changes = self._changes(sessions)
            sessions.run_worker(changes.revoke_all, group="dialog")

    def refresh_token(self) -> None:
        """Get a new short-lived token."""
        sessions = self.sessions
        if sessions is not None:
            changes = self._changes(sessions)
            sessions.run_worker(changes.refresh_token, group="refresh")

    def _changes(self, sessions: SessionsScreen) -> ServerChanges:
        from qiscus_tui.tui.revoke.server_changes import ServerChanges

        show = sessions.list.show_at_once
        return ServerChanges(self._app, sessions.feed, show, sessions.reload, sessions.check_login)

    # The end.

    async def may_quit(self) -> bool:
        """Stop a plan that runs, and ask whether to leave it so; True where none runs."""
        from qiscus_tui.tui.dialogs.question import QuitDialog

        if isinstance(self._app.screen, QuitDialog):
            return False
        running = self._running_plans()
        for plan in running:
            plan.stop()
        if not running:
            return True
        return bool(await self._app.push_screen_wait(QuitDialog(self._workspace.clock)))

    async def end_this_run(self, *, in_good_order: bool) -> list[str]:
        """End a plan that runs, the visit, a token made for this run only, the connection.

        Return what the user should know.
        """
        from qiscus_tui.service.account.logout import leave

        feed = self.feed
        if feed is None:
            return []
        words: list[str] = []
        for plan in self._running_plans():
            words += await plan.end_early()
        if feed.connection is None:
            return words
        try:
            async with asyncio.timeout(LONGEST_LEAVE):
                left = await leave(feed.connection, feed.end_visit if in_good_order else None)
        except TimeoutError:
            return [*words, "Leaving took too long: what this run began may not have been ended"]
        return [*words, *(trouble.replace("\n", "\n  ") for trouble in left.troubles)]

    def _running_plans(self) -> list[RevokeDialog]:
        """Return the dialog of the plan that runs, in front or behind."""
        from qiscus_tui.tui.revoke.dialog import RevokeDialog

        screens = self._app.screen_stack
        return [one for one in screens if isinstance(one, RevokeDialog) and one.plan_runs]

    # The account.

    def log_in_again(self) -> None:
        """Open the login over the list whose session ended."""
        from qiscus_tui.tui.dialogs.question import Guard
        from qiscus_tui.tui.listed import notices
        from qiscus_tui.tui.login.screen import LoginScreen

        sessions = self.sessions
        if sessions is None or isinstance(self._app.screen, LoginScreen):
            return
        why = sessions.feed.trouble
        if not isinstance(why, LoginNeeded) or not sessions.is_watched:
            return
        if sessions.feed.storage is Storage.ENVIRONMENT:  # a login would not be used
            words = f"{why.message}\n{notices.FROM_ENVIRONMENT}"
            self._app.notify(words, severity="error", markup=False)
            return

        def logged_in(login: LoggedIn) -> None:
            old = sessions.feed.replace_connection(login)
            if old is not None:
                self._app.run_worker(partial(self._leave, old), group="close")
            self._app.pop_screen()
            sessions.begin()
            self._app.notify(notices.OLDER_REMAIN, markup=False, timeout=10)

        account, stored = sessions.feed.account, sessions.feed.storage
        screen = LoginScreen(self._workspace, logged_in, again=account, stored=stored, why=why)
        # What was typed for the list is no password.
        guard = Guard(self._workspace.clock)
        self._app.drop_keys_while(lambda: screen.is_active and not guard.armed)
        self._app.push_screen(screen)
        screen.call_after_refresh(guard.arm)

    async def _leave(
        self, connection: Connection, end_visit: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        from qiscus_tui.service.account.logout import leave

        left = await leave(connection, end_visit)
        if left.notes:
            self._app.notify("\n".join(left.notes), markup=False, timeout=10)

    def open_accounts(self) -> None:
        """Show the accounts of this machine."""
        sessions = self.sessions
        if sessions is not None:
            self._app.push_screen(self._accounts(sessions.feed))

    def _accounts(self, feed: Feed | None) -> Screen[None]:
        from qiscus_tui.tui.accounts.screen import AccountsScreen

        return AccountsScreen(self._workspace, feed, self._accounts_answered)

    def _accounts_answered(self, answer: AccountsAnswer | SelectedAccount) -> None:
        from qiscus_tui.tui.accounts.screen import AccountsAnswer
        from qiscus_tui.tui.login.screen import LoginScreen

        match answer:
            case AccountsAnswer.ADD:
                screen = LoginScreen(self._workspace, self.show_sessions, over_another=True)
                self._app.push_screen(screen)
            case AccountsAnswer.OTHERS_LEFT:
                self._replace(self._accounts(None), ends_visit=False)
            case AccountsAnswer.NONE_LEFT:
                screen = LoginScreen(self._workspace, self.show_sessions)
                self._replace(screen, ends_visit=False)
            case _:
                self.show_sessions(answer)

    def show_sessions(self, opening: SelectedAccount | LoggedIn) -> None:
        """Show the sessions of another account in place of those that are shown now.

        Marks, cursor and filter of the old one go with its screen; its visit ends, and its
        connection is closed.
        """
        from qiscus_tui.tui.sessions.screen import SessionsScreen

        self._replace(SessionsScreen(self._workspace, opening), ends_visit=True)

    def _replace(self, new: Screen[None], *, ends_visit: bool) -> None:
        self._app.run_worker(partial(self._replaced, new, ends_visit=ends_visit), group="switch")

    async def _replaced(self, new: Screen[None], *, ends_visit: bool) -> None:
        app, old, left = self._app, self.sessions, self._app.current_mode
        mode = f"account {next(self._numbers)}"  # a mode is a stack of screens
        app.add_mode(mode, lambda: new)  # pyright: ignore[reportUnknownMemberType]
        await app.switch_mode(mode)
        await app.remove_mode(left)
        if old is None:
            return
        gc.unfreeze()  # what was loaded with the old screen is no longer there to stay
        if old.feed.connection is not None:
            end_visit = old.feed.end_visit if ends_visit else None
            await self._leave(old.feed.connection, end_visit)
