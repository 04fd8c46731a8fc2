"""The sessions screen: the list, and everything that is opened from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import BindingType

from qiscus_tui.errors import LoginNeeded, QiscusTuiError
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.screens.live_list import LiveList
from qiscus_tui.tui.widgets.one_line import Tone
from qiscus_tui.tui.widgets.session_table import SessionTable

if TYPE_CHECKING:
    from qiscus_tui.service.revocation.outcomes import Report
    from qiscus_tui.service.revocation.plan import Selection
    from qiscus_tui.service.revocation.revoke_all import RevokeAllResult

LOST_TOKEN = 600.0
"""Seconds that a token stays on screen which is kept nowhere."""


class SessionsScreen(LiveList):
    """Every live session of the user, counted down."""

    CSS_PATH = "sessions.tcss"
    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.SESSIONS)]
    SCOPE = Scope.SESSIONS

    def action_back(self) -> None:
        """Clear the filter."""
        self.clear_filter()

    def action_reload(self) -> None:
        """Read the list again; where the session ended, log in again."""
        self.say("the list is being read already" if self._is_loading else "")
        if isinstance(self.trouble, LoginNeeded):
            self.log_in_again(self.trouble)
        else:
            self.reload()

    # One session.

    @on(SessionTable.Opened)
    async def _opened(self) -> None:
        await self.run_command("open_detail")

    def action_open_detail(self) -> None:
        """Everything that is known of the session under the cursor."""
        if self.table.cursor_id is not None:
            self.open_detail(self.table.cursor_id)

    def open_detail(self, session_id: str) -> None:
        """Show one session."""
        from qiscus_tui.tui.screens.detail import DetailScreen

        if self.listed.get(session_id) is not None:
            self.app.push_screen(DetailScreen(self, session_id))

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
            await send(self.app, row_words(self.listed, session, self.server_now()), "Row")

    # Revoking.

    def action_revoke(self) -> None:
        """Plan for the marked sessions, or for the one under the cursor."""
        from qiscus_tui.service.revocation.plan import Selection
        from qiscus_tui.tui.dialogs.revoke import MARKED

        self.finish_filter()
        marked = self.table.marks.positions()
        if marked:
            hidden = frozenset(marked).difference(self.table.order)
            self.open_revoke(Selection(marked, MARKED, hidden=hidden, rule=self.rule_of_marks))
        elif self.table.order:
            position = self.table.order[self.table.cursor_row]
            self.open_revoke(Selection((position,), "under the cursor"))

    def open_revoke(self, selection: Selection) -> None:
        """Show the plan for a selection, and ask. On a read-only account it only shows."""
        from qiscus_tui.tui.dialogs.revoke import RevokeDialog

        if self.connection is not None:
            dialog = RevokeDialog(self.connection, self.listed, selection, told=self._revoked)
            self.app.push_screen(dialog, self._ask_for_login)

    def _revoked(self, report: Report) -> None:
        self.say(report.words, Tone.GOOD if report.is_whole else Tone.WARNING, stays=True)
        self._read_after(report.listed)
        if report.own_is_gone:  # that list was read while our token was still held
            self.reload()

    def action_revoke_all(self) -> None:
        """End every session of the user."""
        from qiscus_tui.tui.dialogs.revoke_all import RevokeAllDialog

        if self.connection is not None:
            dialog = RevokeAllDialog(self.connection, self.listed, told=self._revoked_all)
            self.app.push_screen(dialog, self._ask_for_login)

    def _revoked_all(self, result: RevokeAllResult) -> None:
        self.say(result.words, Tone.WARNING if result.still_listed else Tone.GOOD, stays=True)
        self._read_after(result.listed)

    def _ask_for_login(self, _: object) -> None:
        """A reading that found our token ended did not ask over the dialog."""
        if isinstance(self.trouble, LoginNeeded):
            self.log_in_again(self.trouble)

    def _read_after(self, listed: object) -> None:
        from qiscus_tui.service.sessions.session_list import SessionList

        if isinstance(listed, SessionList):
            self.take_list_at_once(listed)
            self.succeeded()
            self.draw_lines()
        else:
            self.reload()

    # Tokens, finding, export.

    def action_refresh_token(self) -> None:
        """Get a new short-lived token."""
        if self.connection is not None:
            self._is_changing = True
            self.draw_lines()
            self.run_worker(self._refresh_token(), group="refresh")

    async def _refresh_token(self) -> None:
        from qiscus_tui.service.token.refresh import refreshed_since

        if self.connection is None:
            return
        self.connection.show_secret = self._show_lost
        try:
            await refreshed_since(self.connection, self.workspace.clock.now())
        except QiscusTuiError as error:
            self.notify(error.text, severity="error", markup=False)
            if isinstance(error, LoginNeeded):
                self._failed(error)
        else:
            self.say("token refreshed")
            self.reload()
        finally:
            self._is_changing = False
            self.draw_lines()

    def _show_lost(self, token: str) -> bool:
        """Show a new long-lived token that could not be stored, now and when the app is left."""
        from qiscus_tui.tui.dialogs.revoke_all import LeavesWords

        words = f"The new long-lived token could not be stored. It is shown only here: {token}"
        self.notify(words, severity="error", timeout=LOST_TOKEN, markup=False)
        app = cast("object", self.app)
        if isinstance(app, LeavesWords):
            app.parting_words.append(words)
        return True

    def action_find_token(self) -> None:
        """Find the session of a token that was found somewhere."""
        from qiscus_tui.tui.dialogs.find import FindDialog

        self.app.push_screen(FindDialog(self.listed, self.workspace.clock), self._found)

    def _found(self, session_id: str | None) -> None:
        if session_id is None:
            return
        if not self.table.move_to_session(session_id):
            self.clear_filter()
            self.finish_filter()
            self.table.move_to_session(session_id)
            self.say("the filter is cleared, to show it")

    # Other screens.

    def action_overview(self) -> None:
        """The whole list, counted."""
        from qiscus_tui.tui.screens.overview import OverviewScreen

        self.app.push_screen(OverviewScreen(self))

    def action_accounts(self) -> None:
        """The accounts of this machine."""
        from qiscus_tui.tui.screens.accounts import AccountsScreen

        self.app.push_screen(AccountsScreen(self.workspace))

    def action_audit(self) -> None:
        """What was revoked from here."""
        from qiscus_tui.tui.screens.audit import AuditScreen

        self.app.push_screen(AuditScreen(self.workspace))

    def action_export(self) -> None:
        """Write what is shown to a file."""
        from qiscus_tui.tui.dialogs.export import ExportDialog

        self.finish_filter()
        if self.connection is not None and self.table.order:
            dialog = ExportDialog(self.listed, self.table.order, self.connection)
            self.app.push_screen(dialog, self._exported)

    def _exported(self, path: str | None) -> None:
        if path is not None:
            self.notify(f"Written to {path}", markup=False)
