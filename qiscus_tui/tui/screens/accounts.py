"""The accounts of this machine: switch, add, log out, forget."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.directory import KnownAccount
from qiscus_tui.tui import switching
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.screens.account_list import AccountList
from qiscus_tui.tui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from qiscus_tui.service.account.login import LoggedIn
    from qiscus_tui.service.connection import Connection


class AccountsScreen(AccountList):
    """Over the sessions of the account in use, or alone where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.ACCOUNTS)]

    # Actions.

    @on(TextTable.Opened)
    async def _opened(self) -> None:
        await self.run_command("back" if self.context.account_in_use else "switch_account")

    def action_switch_account(self) -> None:
        """Show the sessions of the account under the cursor."""
        if self.chosen is not None:
            self.is_busy = True
            self.run_worker(self._switch(self.chosen.name), group="switch")

    async def _switch(self, name: str) -> None:
        from qiscus_tui.service.account.switching import switched_to

        try:
            choice = await asyncio.to_thread(switched_to, self.workspace, name)
        except QiscusTuiError as error:
            self._failed(error)
            self.load()
        else:
            switching.show_sessions(self.app, self.workspace, choice)
        finally:
            self.is_busy = False

    def action_add_account(self) -> None:
        """Log in as somebody else, or elsewhere."""
        from qiscus_tui.tui.screens.login import LoginScreen

        self.app.push_screen(LoginScreen(self.workspace, self._added, over_another=True))

    def _added(self, done: LoggedIn) -> None:
        switching.show_sessions(self.app, self.workspace, done)

    def action_log_out(self) -> None:
        """End our token, and forget the account; asks."""
        from qiscus_tui.tui.dialogs.account_questions import LogOutDialog

        chosen = self.chosen
        if chosen is None:
            return

        async def log_out(forget_anyway: bool) -> str:
            return await self._log_out(chosen, forget_anyway)

        def ended(how: str | None) -> None:
            if how is not None:
                self._gone(chosen, f"{chosen.name} is logged out: {how}")

        readonly = chosen.account.readonly
        dialog = LogOutDialog(self.workspace.clock, chosen.name, log_out, readonly=readonly)
        self.app.push_screen(dialog, ended)

    async def _log_out(self, one: KnownAccount, forget_anyway: bool) -> str:
        from qiscus_tui.service.account.logout import log_out

        connection, is_ours = await self._connected(one)
        try:
            return (await log_out(connection, forget_anyway=forget_anyway)).value
        finally:
            if is_ours:
                await connection.close()

    async def _connected(self, one: KnownAccount) -> tuple[Connection, bool]:
        """Its connection, and whether it was made here and is to be closed here."""
        from qiscus_tui.service.account.switching import connected_to

        behind = self.sessions
        if behind is not None and behind.connection is not None and self.in_use(one):
            return behind.connection, False
        return await asyncio.to_thread(connected_to, self.workspace, one.name), True

    def action_forget_account(self) -> None:
        """Forget the account without asking a server; asks the user."""
        from qiscus_tui.tui.dialogs.account_questions import ForgetDialog

        chosen = self.chosen
        if chosen is None:
            return

        def answered(forgets: bool | None) -> None:
            if forgets:
                self.is_busy = True
                self.run_worker(self._forget(chosen), group="switch")

        dialog = ForgetDialog(self.workspace.clock, chosen.name)
        self.app.push_screen(dialog, answered)

    async def _forget(self, one: KnownAccount) -> None:
        from qiscus_tui.service.account.directory import forget_account

        name = one.name
        try:
            held = await forget_account(self.workspace, name)
        except QiscusTuiError as error:
            self._failed(error)
        else:
            lives = "its tokens live on" if held else "its long-lived token may live on"
            self._gone(one, f"{name} is forgotten here; {lives} at the server")
        finally:
            self.is_busy = False

    def _gone(self, one: KnownAccount, words: str) -> None:
        self.app.notify(safe(words), markup=False, timeout=10)
        if not self.in_use(one):
            self.load()
            return
        others = [other for other in self.accounts if other.is_kept and other is not one]
        switching.sessions_are_gone(self.app, self.workspace, others_left=bool(others))

    def _failed(self, error: QiscusTuiError) -> None:
        self.notify(error.text, severity="warning", markup=False)
