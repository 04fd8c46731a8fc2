"""The accounts screen's part that shows them: who, where, which role and storage, last used."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from qiscus_tui.errors import QiscusTuiError, UsageError
from qiscus_tui.model.account import Role, Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.directory import KnownAccount, kept_accounts
from qiscus_tui.service.account.switching import must_not_be_given
from qiscus_tui.service.account_selection import ENVIRONMENT_NAME
from qiscus_tui.tui import switching
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import TooSmall
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import BUSY, Context
from qiscus_tui.tui.screens.stacked import StackedScreen
from qiscus_tui.tui.widgets.cells import created_cell
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.text_table import TextColumn, TextRow, TextTable

if TYPE_CHECKING:
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


class AccountList(StackedScreen):
    """Lists the accounts, and offers what can be done with the one under the cursor."""

    CSS_PATH = "accounts.tcss"
    AUTO_FOCUS = "#accounts"
    SCOPE = Scope.ACCOUNTS

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.accounts: list[KnownAccount] = []
        self.is_busy = False
        """An account is being switched to, logged out or forgotten."""

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield OneLine(id="accounts-title")
        yield OneLine(id="accounts-notice")
        yield Static(classes="rule")
        yield TextTable(COLUMNS, id="accounts")
        yield Static(classes="rule")
        yield ActionBar(id="accounts-actions")

    def on_mount(self) -> None:
        """Draw what is known, and look."""
        back = "esc back to the list" if self.sessions is not None else ""
        self.query_one("#accounts-title", OneLine).show_line(
            Line(
                (
                    piece("qiscus-tui", Tone.STRONG, 20),
                    piece("accounts on this machine", Tone.PLAIN, ALWAYS, after="   "),
                ),
                (piece(back, Tone.MUTED, 10),),
            )
        )
        self._say(self.why_not_switch())
        self.query_one(TextTable).show_notice("Looking…")
        self.load()

    # What is shown.

    @property
    def sessions(self) -> switching.Behind | None:
        """The sessions of the account in use, behind this screen; None where there are none."""
        return switching.behind(self.app)

    @property
    def chosen(self) -> KnownAccount | None:
        """The account under the cursor."""
        rows = self.query_one(TextTable)
        return self.accounts[rows.cursor_row] if self.accounts else None

    def load(self) -> None:
        """Read the accounts again."""
        self.run_worker(self._load(), group="accounts", exclusive=True)

    async def _load(self) -> None:
        rows = self.query_one(TextTable)
        try:
            kept = await asyncio.to_thread(kept_accounts, self.workspace)
        except QiscusTuiError as error:
            rows.show_notice(error.message, error.hint)
            return
        self.accounts = [*self._not_kept(kept), *kept]
        rows.show_notice("No account is kept here.", "a adds one by a login.")
        at = next((i for i, one in enumerate(self.accounts) if self.in_use(one)), 0)
        rows.show_rows([self._row(one) for one in self.accounts], at)
        self._draw_actions()

    def _not_kept(self, kept: list[KnownAccount]) -> list[KnownAccount]:
        """The account in use, where it is the environment's or this run's."""
        behind = self.sessions
        if behind is None or any(self.in_use(one) for one in kept):
            return []
        account = behind.account
        name = ENVIRONMENT_NAME if behind.storage is Storage.ENVIRONMENT else account.name
        return [KnownAccount(name, account, behind.storage)]

    def in_use(self, one: KnownAccount) -> bool:
        """Whether its sessions are behind this screen."""
        behind = self.sessions
        return (
            behind is not None
            and one.account.key == behind.account.key
            and one.storage is behind.storage
        )

    def _row(self, one: KnownAccount) -> TextRow:
        account, in_use = one.account, self.in_use(one)
        role = "" if account.role is Role.UNKNOWN else account.role.value
        parts = [role, "read-only" if account.readonly else ""]
        now = self.workspace.clock.now()
        used = "unknown" if one.last_used is None else created_cell(one.last_used, now)
        return TextRow(
            (
                "●" if in_use else " ",
                safe(one.name),
                account.origin.netloc,
                account.user or "unknown",
                ", ".join(filter(None, parts)) or "unknown",
                one.storage.value,
                "in use" if in_use else used,
            )
        )

    def why_not_switch(self) -> QiscusTuiError | None:
        """Why nothing can be chosen here: the environment has the last word."""
        try:
            must_not_be_given(self.workspace)
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

    @on(TextTable.Moved)
    def _draw_actions(self) -> None:
        bar = self.query_one("#accounts-actions", ActionBar)
        bar.show_commands(Scope.ACCOUNTS, self.context)

    @property
    def context(self) -> Context:
        chosen, behind, fixed = self.chosen, self.sessions, self.why_not_switch()
        no_way_back = "" if behind else "No account is in use: choose one, or add one."
        return Context(
            rows=len(self.accounts),
            busy=self.is_busy or (behind is not None and behind.context.busy),
            account_in_use=chosen is not None and self.in_use(chosen),
            account_kept=chosen is not None and chosen.is_kept,
            account_fixed=f"{fixed.message}\n{fixed.hint}" if fixed else "",
            no_way_back=BUSY if self.is_busy else no_way_back,
        )
