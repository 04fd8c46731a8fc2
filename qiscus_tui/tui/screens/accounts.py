"""The accounts of this machine: switch, add, log out, forget."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from qiscus_tui.errors import QiscusTuiError, UsageError
from qiscus_tui.model.account import Role, Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.choice import ENVIRONMENT_NAME
from qiscus_tui.service.switching import OfferedAccount, must_not_be_given, offered_accounts
from qiscus_tui.tui import actions, switching
from qiscus_tui.tui.actions import Action, Scope
from qiscus_tui.tui.screens.sized import SizedScreen, TooSmall
from qiscus_tui.tui.widgets.action_bar import ActionBar
from qiscus_tui.tui.widgets.cells import created_cell
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.text_rows import TextColumn, TextRow, TextRows

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection
    from qiscus_tui.service.login import LoggedIn
    from qiscus_tui.service.workspace import Workspace

COLUMNS = (
    TextColumn("", 1, 100),
    TextColumn("ACCOUNT", 48, 99, least=20),
    TextColumn("SERVER", 32, 60, least=16),
    TextColumn("USER", 28, 20, least=12),
    TextColumn("ROLE", 21, 50),
    TextColumn("STORAGE", 13, 80),
    TextColumn("LAST USED", 17, 70),
)


class AccountsScreen(SizedScreen[None]):
    """Over the sessions of the account in use, or alone where there is none."""

    CSS_PATH = "accounts.tcss"
    AUTO_FOCUS = "#accounts"
    SCOPE = Scope.ACCOUNTS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(Scope.ACCOUNTS)]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._accounts: list[OfferedAccount] = []
        self._is_busy = False

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield OneLine(id="accounts-title")
        yield OneLine(id="accounts-notice")
        yield Static(classes="rule")
        yield TextRows(COLUMNS, id="accounts")
        yield Static(classes="rule")
        yield ActionBar(id="accounts-actions")

    def on_mount(self) -> None:
        """Draw what is known, and look."""
        back = "esc back to the list" if self._sessions is not None else ""
        self.query_one("#accounts-title", OneLine).show_line(
            Line(
                (
                    piece("qiscus-tui", Tone.STRONG, 20),
                    piece("accounts on this machine", Tone.PLAIN, ALWAYS, after="   "),
                ),
                (piece(back, Tone.MUTED, 10),),
            )
        )
        self._say(self._why_not_switch())
        self.query_one(TextRows).show_notice("Looking…")
        self.load()

    # What is shown.

    @property
    def _sessions(self) -> switching.Behind | None:
        return switching.behind(self.app)

    @property
    def _chosen(self) -> OfferedAccount | None:
        rows = self.query_one(TextRows)
        return self._accounts[rows.cursor_row] if self._accounts else None

    def load(self) -> None:
        """Read the accounts again."""
        self.run_worker(self._load(), group="accounts", exclusive=True)

    async def _load(self) -> None:
        rows = self.query_one(TextRows)
        try:
            kept = await asyncio.to_thread(offered_accounts, self._workspace)
        except QiscusTuiError as error:
            rows.show_notice(error.message, error.hint)
            return
        self._accounts = [*self._not_kept(kept), *kept]
        rows.show_notice("No account is kept here.", "a adds one by a login.")
        at = next((i for i, one in enumerate(self._accounts) if self._in_use(one)), 0)
        rows.show_rows([self._row(one) for one in self._accounts], at)
        self._draw_actions()

    def _not_kept(self, kept: list[OfferedAccount]) -> list[OfferedAccount]:
        """The account in use, where it is the environment's or this run's."""
        behind = self._sessions
        if behind is None or any(self._in_use(one) for one in kept):
            return []
        account = behind.account
        name = ENVIRONMENT_NAME if behind.storage is Storage.ENVIRONMENT else account.name
        return [OfferedAccount(name, account, behind.storage)]

    def _in_use(self, one: OfferedAccount) -> bool:
        behind = self._sessions
        return (
            behind is not None
            and one.account.key == behind.account.key
            and one.storage is behind.storage
        )

    def _row(self, one: OfferedAccount) -> TextRow:
        account, in_use = one.account, self._in_use(one)
        role = "" if account.role is Role.UNKNOWN else account.role.value
        parts = [role, "read-only" if account.readonly else ""]
        now = self._workspace.clock.now()
        used = "unknown" if one.last_used is None else created_cell(one.last_used, now)
        return TextRow(
            (
                "●" if in_use else " ",
                safe(one.name),
                account.origin.netloc,
                safe(account.user) or "unknown",
                ", ".join(filter(None, parts)) or "unknown",
                one.storage.value,
                "in use" if in_use else used,
            )
        )

    def _why_not_switch(self) -> QiscusTuiError | None:
        try:
            must_not_be_given(self._workspace)
        except UsageError as error:
            return error
        return None

    def _say(self, error: QiscusTuiError | None) -> None:
        line = Line()
        if error is not None:
            line = Line(
                (
                    piece(error.message, Tone.WARNING, ALWAYS),
                    piece(error.hint, Tone.MUTED, 50, after=". "),
                )
            )
        notice = self.query_one("#accounts-notice", OneLine)
        notice.show_line(line)
        notice.display = error is not None

    @on(TextRows.Moved)
    def _draw_actions(self) -> None:
        self.query_one("#accounts-actions", ActionBar).show_actions(
            action
            for action in (*actions.of(Scope.ACCOUNTS), *actions.of(Scope.APP))
            if action.footer and self._offers(action)
        )

    def _offers(self, action: Action) -> bool:
        chosen = self._chosen
        given = self._why_not_switch() is not None
        match action.name:
            case "switch_account":
                return chosen is not None and not given and not self._in_use(chosen)
            case "log_out":
                return chosen is not None and not given
            case "add_account":
                return not given
            case "forget_account":
                return chosen is not None and chosen.is_kept
            case _:
                return True

    # Actions.

    @on(ActionBar.Pressed)
    async def _pressed(self, pressed: ActionBar.Pressed) -> None:
        pressed.stop()
        action = actions.named(pressed.name)
        if action is not None:
            where = "app" if Scope.APP in action.scopes else "screen"
            await self.app.run_action(f"{where}.{pressed.name}", self)

    def action_back(self) -> None:
        """Back to the sessions, where there are any behind."""
        if self.is_in_front and self._sessions is not None and not self._is_busy:
            self.dismiss()

    @on(TextRows.Opened)
    def action_switch_account(self) -> None:
        """Show the sessions of the account under the cursor."""
        chosen = self._chosen
        if chosen is None or not self._may_go_on():
            return
        if self._in_use(chosen):
            self.action_back()
        elif not self._is_given():
            self._is_busy = True
            self.run_worker(self._switch(chosen.name), group="switch")

    async def _switch(self, name: str) -> None:
        from qiscus_tui.service.switching import switched_to

        try:
            choice = await asyncio.to_thread(switched_to, self._workspace, name)
        except QiscusTuiError as error:
            self._failed(error)
            self.load()
        else:
            switching.show_sessions(self.app, self._workspace, choice)
        finally:
            self._is_busy = False

    def action_add_account(self) -> None:
        """Log in as somebody else, or elsewhere."""
        from qiscus_tui.tui.screens.login import LoginScreen

        if not self._may_go_on() or self._is_given():
            return
        self.app.push_screen(LoginScreen(self._workspace, self._added, over_another=True))

    def _added(self, done: LoggedIn) -> None:
        switching.show_sessions(self.app, self._workspace, done)

    def action_log_out(self) -> None:
        """End our token, and forget the account; asks."""
        from qiscus_tui.tui.dialogs.account_questions import LogOutDialog

        chosen = self._chosen
        if chosen is None or not self._may_go_on() or self._is_given():
            return

        async def log_out(forget_anyway: bool) -> str:
            return await self._log_out(chosen, forget_anyway)

        def ended(how: str | None) -> None:
            if how is not None:
                self._gone(chosen, f"{chosen.name} is logged out: {how}")

        dialog = LogOutDialog(self._workspace.clock, chosen.name, log_out)
        self.app.push_screen(dialog, ended)

    async def _log_out(self, one: OfferedAccount, forget_anyway: bool) -> str:
        from qiscus_tui.service.logout import log_out

        connection, is_ours = await self._connected(one)
        try:
            return (await log_out(connection, forget_anyway=forget_anyway)).value
        finally:
            if is_ours:
                await connection.close()

    async def _connected(self, one: OfferedAccount) -> tuple[Connection, bool]:
        """Its connection, and whether it was made here and is to be closed here."""
        from qiscus_tui.service.switching import connected_to

        behind = self._sessions
        if behind is not None and behind.connection is not None and self._in_use(one):
            return behind.connection, False
        return await asyncio.to_thread(connected_to, self._workspace, one.name), True

    def action_forget_account(self) -> None:
        """Forget the account without asking a server; asks the user."""
        from qiscus_tui.tui.dialogs.account_questions import ForgetDialog

        chosen = self._chosen
        if chosen is None or not self._may_go_on():
            return
        if not chosen.is_kept:
            words = "This account is not kept here, so there is nothing to forget."
            self.notify(words, severity="warning", markup=False)
            return

        def answered(forgets: bool | None) -> None:
            if forgets:
                self._is_busy = True
                self.run_worker(self._forget(chosen), group="switch")

        dialog = ForgetDialog(self._workspace.clock, chosen.name)
        self.app.push_screen(dialog, answered)

    async def _forget(self, one: OfferedAccount) -> None:
        from qiscus_tui.service.accounts import forget_account

        name = one.name
        try:
            held = await forget_account(self._workspace, name)
        except QiscusTuiError as error:
            self._failed(error)
        else:
            lives = "its tokens live on" if held else "its long-lived token may live on"
            self._gone(one, f"{name} is forgotten here; {lives} at the server")
        finally:
            self._is_busy = False

    def _gone(self, one: OfferedAccount, words: str) -> None:
        self.app.notify(safe(words), markup=False, timeout=10)
        if not self._in_use(one):
            self.load()
            return
        others = [other for other in self._accounts if other.is_kept and other is not one]
        switching.sessions_are_gone(self.app, self._workspace, others_left=bool(others))

    # What may not be done now.

    def _may_go_on(self) -> bool:
        behind = self._sessions
        if self._is_busy or not self.is_in_front:
            return False
        if behind is not None and behind.situation.busy:
            words = "Something is being changed with the account in use: wait for it to end."
            self.notify(words, severity="warning", markup=False)
            return False
        return True

    def _is_given(self) -> bool:
        error = self._why_not_switch()
        if error is not None:
            self._failed(error)
        return error is not None

    def _failed(self, error: QiscusTuiError) -> None:
        self.notify(f"{error.message}\n{error.hint}", severity="warning", markup=False)
