"""The accounts of this machine, with their sessions: switch, add, log out, forget."""

from __future__ import annotations

import asyncio
import enum
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.directory import KnownAccount, kept_accounts
from qiscus_tui.tui.accounts.panel import AccountPanel
from qiscus_tui.tui.accounts.readings import AccountReadings
from qiscus_tui.tui.accounts.rows import (
    COLUMNS,
    account_facts,
    account_row,
    is_in_use,
    session_cells,
    why_not_switch,
    with_account_in_use,
)
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import BaseScreen, TooSmall
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import BUSY, Context
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.account.selection import SelectedAccount
    from qiscus_tui.service.account.workspace import Workspace
    from qiscus_tui.tui.listed.feed import Feed


class AccountsAnswer(enum.Enum):
    """What is to be done next; an account that was selected is an answer, too."""

    ADD = "log in to another account"
    OTHERS_LEFT = "the account in use is gone, others are left"
    NONE_LEFT = "the account in use is gone, and was the last"


class AccountsScreen(BaseScreen[None]):
    """Over the sessions of the account in use, or alone where there is none."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#accounts"
    SCOPE = Scope.ACCOUNTS
    HOW_BACK = "esc goes back to it"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.ACCOUNTS)]

    def __init__(
        self,
        workspace: Workspace,
        feed: Feed | None,
        on_answer: Callable[[AccountsAnswer | SelectedAccount], None],
    ) -> None:
        """`feed`: the account in use; None where there is none."""
        super().__init__()
        self.workspace = workspace
        self.accounts: list[KnownAccount] = []
        self._feed = feed
        self._readings = AccountReadings(workspace, feed, self._draw)
        self._on_answer = on_answer
        self._is_busy = False
        """An account is being switched to, logged out or forgotten."""
        self._notice = OneLine(id="accounts-notice")
        self._table = TextTable(COLUMNS, id="accounts")
        self._panel = AccountPanel(id="account")
        self._actions = ActionBar(id="accounts-actions")

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield OneLine(id="accounts-title")
        yield self._notice
        yield Static(classes="rule")
        yield self._table
        yield Static(classes="rule", id="account-rule")
        yield self._panel
        yield Static(classes="rule")
        yield self._actions

    def on_mount(self) -> None:
        """Draw what is known, and read the accounts."""
        back = "esc back to the list" if self._feed is not None else ""
        self.query_one("#accounts-title", OneLine).show_line(
            Line(
                (
                    piece("qiscus-tui", Tone.STRONG, 20),
                    piece("accounts on this machine", Tone.PLAIN, ALWAYS, after="   "),
                ),
                (piece(back, Tone.MUTED, 10),),
            )
        )
        self._show_notice(why_not_switch(self.workspace))
        self._table.show_notice("Looking…")
        self.load()
        if self._feed is not None:
            self._feed.subscribe(self._count_in_use)
            self._count_in_use()

    def on_unmount(self) -> None:
        """Follow the list no more."""
        if self._feed is not None:
            self._feed.unsubscribe(self._count_in_use)

    # What is shown.

    @property
    def chosen(self) -> KnownAccount | None:
        """The account under the cursor."""
        return self.accounts[self._table.cursor_row] if self.accounts else None

    def load(self) -> None:
        """Read the accounts again."""
        self.run_worker(self._load, group="accounts", exclusive=True)

    async def _load(self) -> None:
        rows = self._table
        try:
            kept = await asyncio.to_thread(kept_accounts, self.workspace)
        except QiscusTuiError as error:
            rows.show_notice(error.message, error.hint)
            return
        self.accounts = with_account_in_use(kept, self._feed)
        used = [is_in_use(one, self._feed) for one in self.accounts]
        rows.show_notice("No account is stored here.", "a adds one by a login.")
        self._draw(used.index(True) if True in used else 0)
        self._draw_actions()
        self.run_worker(
            partial(self._readings.read, self.accounts), group="readings", exclusive=True
        )

    def _count_in_use(self) -> None:
        self.run_worker(self._readings.count_in_use, group="count", exclusive=True)

    def _draw(self, cursor: int | None = None) -> None:
        """Draw the rows, as far as the sessions of their accounts are read."""
        rows, now = self._table, self.workspace.clock.now()
        cells = session_cells([self._readings.of(one) for one in self.accounts])
        rows.styles.height = len(self.accounts) + 1 if self.accounts else "1fr"
        rows.show_rows(
            [
                account_row(one, cell, now, in_use=is_in_use(one, self._feed))
                for one, cell in zip(self.accounts, cells, strict=True)
            ],
            rows.cursor_row if cursor is None else cursor,
        )
        self._draw_chosen()

    @on(TextTable.Moved)
    def _draw_chosen(self) -> None:
        """Draw the account under the cursor."""
        chosen = self.chosen
        self.set_class(chosen is None, "-empty")
        if chosen is not None:
            found, used = self._readings.of(chosen), is_in_use(chosen, self._feed)
            now, expiring = self.workspace.clock.now(), self.workspace.config.ui.expiring
            login = self._readings.last_login(chosen)
            facts = account_facts(chosen, found, now, expiring, login, in_use=used)
            self._panel.show(facts, found, self.context)

    def _show_notice(self, error: QiscusTuiError | None) -> None:
        self._notice.display = error is not None
        if error is not None:
            message = piece(error.message, Tone.WARNING, ALWAYS)
            self._notice.show_line(Line((message, piece(error.hint, Tone.MUTED, 50, after=". "))))

    @on(TextTable.Moved)
    def _draw_actions(self) -> None:
        self._actions.show_commands(Scope.ACCOUNTS, self.context)

    @property
    def context(self) -> Context:
        chosen, feed, fixed = self.chosen, self._feed, why_not_switch(self.workspace)
        no_way_back = "" if feed is not None else "No account is in use: choose one, or add one."
        return Context(
            rows=len(self.accounts),
            busy=self._is_busy or (feed is not None and feed.is_busy),
            account_in_use=chosen is not None and is_in_use(chosen, feed),
            account_kept=chosen is not None and chosen.is_kept,
            account_fixed=fixed.text if fixed else "",
            no_way_back=BUSY if self._is_busy else no_way_back,
        )

    # Actions.

    @on(TextTable.Opened)
    async def _opened(self) -> None:
        await self.run_command("back" if self.context.account_in_use else "switch_account")

    def action_switch_account(self) -> None:
        """Show the sessions of the account under the cursor."""
        if self.chosen is not None:
            self._is_busy = True
            self.run_worker(partial(self._switch, self.chosen.name), group="switch")

    async def _switch(self, name: str) -> None:
        from qiscus_tui.service.account.directory import switched_to

        try:
            choice = await asyncio.to_thread(switched_to, self.workspace, name)
        except QiscusTuiError as error:
            self._failed(error)
            self.load()
        else:
            self._on_answer(choice)
        finally:
            self._is_busy = False

    def action_add_account(self) -> None:
        """Log in as somebody else, or elsewhere."""
        self._on_answer(AccountsAnswer.ADD)

    @work(group="dialog")
    async def action_log_out(self) -> None:
        """End our token, and forget the account; asks first."""
        from qiscus_tui.tui.accounts.questions import LogOutDialog

        chosen = self.chosen
        if chosen is None:
            return

        async def log_out(forget_anyway: bool) -> str:
            return await self._log_out(chosen, forget_anyway)

        readonly = chosen.account.readonly
        dialog = LogOutDialog(self.workspace.clock, chosen.name, log_out, readonly=readonly)
        result = await self.app.push_screen_wait(dialog)
        if result is not None:
            self._gone(chosen, f"{chosen.name} is logged out: {result}")

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
        from qiscus_tui.service.account.directory import connected_to

        if self._feed is not None and is_in_use(one, self._feed) and self._feed.connection:
            return self._feed.connection, False
        return await asyncio.to_thread(connected_to, self.workspace, one.name), True

    @work(group="dialog")
    async def action_forget_account(self) -> None:
        """Forget the account without a word to its server; asks first."""
        from qiscus_tui.tui.accounts.questions import ForgetDialog

        chosen = self.chosen
        if chosen is None:
            return
        dialog = ForgetDialog(self.workspace.clock, chosen.name)
        if await self.app.push_screen_wait(dialog):
            await self._forget(chosen)

    async def _forget(self, one: KnownAccount) -> None:
        from qiscus_tui.service.account.logout import forget_account

        name = one.name
        self._is_busy = True
        try:
            held = await forget_account(self.workspace, name)
        except QiscusTuiError as error:
            self._failed(error)
        else:
            left = "its tokens remain" if held else "its long-lived token may remain"
            self._gone(one, f"{name} is forgotten here; {left} valid")
        finally:
            self._is_busy = False

    def _gone(self, one: KnownAccount, words: str) -> None:
        self.app.notify(safe(words), markup=False, timeout=10)
        if not is_in_use(one, self._feed):
            self.load()
            return
        are_left = any(other.is_kept for other in self.accounts if other is not one)
        self._on_answer(AccountsAnswer.OTHERS_LEFT if are_left else AccountsAnswer.NONE_LEFT)

    def _failed(self, error: QiscusTuiError) -> None:
        self.notify(error.text, severity="warning", markup=False)
