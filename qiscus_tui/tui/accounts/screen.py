"""The accounts of this machine: switch, add, log out. No server is asked to show them."""

import asyncio
import enum
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from qiscus_tui.commands.command import BUSY, Context, Phase, Scope
from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerError, UsageError
from qiscus_tui.model.account import Storage
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.connection import connect
from qiscus_tui.service.account.directory import (
    KnownAccount,
    account_named,
    kept_accounts,
    must_be_free_to_choose,
    switched_to,
)
from qiscus_tui.service.account.logout import LONG_LIVED_REMAINS, left_by, log_out
from qiscus_tui.service.account.selection import ENVIRONMENT_NAME, SelectedAccount
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.visits import LastList, last_lists
from qiscus_tui.tui.base_screen import BaseScreen
from qiscus_tui.tui.dialogs.dialog import DialogButton
from qiscus_tui.tui.dialogs.question import Question
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.widgets.cells import UNKNOWN, created_cell, fit_middle, last_used_cell
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.table import Column, Table

ENDED = "this program's token is ended on the server, and the account is forgotten on this machine."
READ_ONLY = (
    "is read-only here, so its token is not ended and remains valid; it is forgotten on this "
    "machine."
)
FORGET_ANYWAY = (
    "and nothing was forgotten. Try again later, or press y to forget the account here anyway."
)


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
        self._lists: Mapping[str, LastList] = {}
        """How the list of each account was when it was last seen here."""
        self._feed = feed
        self._on_answer = on_answer
        self._is_busy = False
        """An account is being switched to, logged out or forgotten."""
        self._notice = OneLine(id="accounts-notice")
        self._table = Table(self._columns(), id="accounts")

    def compose_body(self) -> ComposeResult:
        back = "esc back to the list" if self._feed is not None else ""
        yield OneLine(
            Line(
                (
                    piece("qiscus-tui", Tone.STRONG, 20),
                    piece("accounts on this machine", Tone.PLAIN, ALWAYS, after="   "),
                ),
                (piece(back, Tone.MUTED, 10),),
            )
        )
        yield self._notice
        yield Static(classes="rule")
        yield self._table

    def on_mount(self) -> None:
        """Read what is stored."""
        error = self._why_not_switch
        self._notice.display = error is not None
        if error is not None:
            message = piece(error.message, Tone.WARNING, ALWAYS)
            self._notice.show_line(Line((message, piece(error.hint, Tone.MUTED, 50, after=". "))))
        self._table.show_notice("Looking…")
        self.load()

    # What is shown.

    def _columns(self) -> tuple[Column[KnownAccount], ...]:
        in_use, now = self._is_in_use, self.workspace.clock.now

        def sessions(one: KnownAccount, _: int) -> str:  # `1,284 live, 3 h ago`
            last = self._lists.get(one.account.key)
            if last is None:
                return UNKNOWN
            more = "" if last.is_whole else " or more"
            return f"{last.live:,}{more} live, {last_used_cell(last.at, now())}"

        def name(one: KnownAccount, cells: int) -> str:
            return fit_middle(safe(one.name), cells)

        def server(one: KnownAccount, cells: int) -> str:
            return fit_middle(one.account.origin.netloc, cells)

        def last_use(one: KnownAccount, _: int) -> str:
            return "in use" if in_use(one) else created_cell(one.last_used, now())

        return (
            Column("", lambda one, _: "●" if in_use(one) else "", 1, 100, gap=1, stays=True),
            Column("ACCOUNT", name, 48, 99, least=16, stays=True),
            Column("SESSIONS", sessions, 28, 98),
            Column("SERVER", server, 32, 97, least=16),
            Column("ROLE", lambda one, _: one.account.role_words, 21, 50),
            Column("STORAGE", lambda one, _: one.storage.value, 13, 80),
            Column("LAST USED", last_use, 17, 70),
        )

    @property
    def chosen(self) -> KnownAccount | None:
        """The account under the cursor."""
        return self.accounts[self._table.cursor_row] if self.accounts else None

    def load(self) -> None:
        """Read again what is stored."""
        self.run_worker(self._load, group="accounts", exclusive=True)

    async def _load(self) -> None:
        was = self.chosen
        try:
            self.accounts, self._lists = await asyncio.to_thread(self._found)
        except QiscusTuiError as error:
            self._table.show_notice(error.message, error.hint)
            return
        self._table.show_notice("No account is stored here.", "a adds one by a login.")
        rows = enumerate(self.accounts)
        if was is None:  # begin at the one in use
            cursor = next((at for at, one in rows if self._is_in_use(one)), 0)
        else:
            cursor = next((at for at, one in rows if one.name == was.name), None)
        self._table.show_rows(self.accounts, cursor)
        self.show_commands()

    def _found(self) -> tuple[list[KnownAccount], Mapping[str, LastList]]:
        """Return the accounts, the one in use first where it is not stored here. Uses files."""
        kept, feed = kept_accounts(self.workspace), self._feed
        if feed is not None and not any(map(self._is_in_use, kept)):
            is_given = feed.storage is Storage.ENVIRONMENT
            name = ENVIRONMENT_NAME if is_given else feed.account.name
            kept.insert(0, KnownAccount(name, feed.account, feed.storage))
        lists = {**last_lists(self.workspace.local_files)}
        if feed is not None and feed.is_read:
            listed = feed.listed
            lists[feed.account.key] = LastList(len(listed), listed.is_whole, listed.read_at)
        return kept, lists

    def _is_in_use(self, one: KnownAccount) -> bool:
        feed = self._feed
        return (
            feed is not None and one.account.key == feed.account.key and one.storage is feed.storage
        )

    @property
    def _why_not_switch(self) -> UsageError | None:
        """Why no account can be chosen here: the environment has the last word."""
        try:
            must_be_free_to_choose(self.workspace)
        except UsageError as error:
            return error
        return None

    @property
    def context(self) -> Context:
        feed, fixed = self._feed, self._why_not_switch
        no_way_back = "" if feed is not None else "No account is in use: choose one, or add one."
        return Context(
            rows=len(self.accounts),
            busy=self._is_busy or (feed is not None and feed.is_busy),
            account_fixed=fixed.text if fixed else "",
            no_way_back=BUSY if self._is_busy else no_way_back,
        )

    # Actions.

    @on(Table.Opened)
    async def _opened(self) -> None:
        await self.run_command("switch_account")

    def action_switch_account(self) -> None:
        """Show the sessions of the account under the cursor."""
        if (chosen := self.chosen) is None:
            return
        if self._is_in_use(chosen):
            self.dismiss()
        else:
            self._is_busy = True
            self.run_worker(partial(self._switch, chosen.name), group="switch")

    async def _switch(self, name: str) -> None:
        try:
            choice = await asyncio.to_thread(switched_to, self.workspace, name)
        except QiscusTuiError as error:
            self.notify(error.text, severity="warning", markup=False)
            self.load()
        else:
            self._on_answer(choice)
        finally:
            self._is_busy = False

    def action_add_account(self) -> None:
        """Log in as somebody else, or elsewhere."""
        self._on_answer(AccountsAnswer.ADD)

    def action_log_out(self) -> None:
        """End our token, and forget the account; asks first."""
        if (chosen := self.chosen) is not None:
            self._log_out(chosen)

    @work(group="dialog")
    async def _log_out(self, one: KnownAccount) -> None:
        """Ask, end it, and go on with what is left."""
        dialog = LogOutDialog(self.workspace.clock, one, partial(self._end, one))
        result = await self.app.push_screen_wait(dialog)
        if result is None:
            return
        self.app.notify(f"{safe(one.name)} {result}", markup=False, timeout=10)
        if not self._is_in_use(one):
            self.load()
            return
        are_left = any(each.is_kept for each in self.accounts if each is not one)
        self._on_answer(AccountsAnswer.OTHERS_LEFT if are_left else AccountsAnswer.NONE_LEFT)

    async def _end(self, one: KnownAccount, forget_anyway: bool) -> str:
        connection = self._feed.connection if self._feed and self._is_in_use(one) else None
        is_ours = connection is None
        if connection is None:
            selected = await asyncio.to_thread(account_named, self.workspace, one.name)
            connection = await asyncio.to_thread(connect, self.workspace, selected)
        try:
            result = await log_out(connection, forget_anyway=forget_anyway)
        finally:
            if is_ours:
                await connection.close()
        return f"is logged out: {safe(result.value)}"


class LogOutDialog(Question[str | None]):
    """Dismissed with the result in words. Where the server is away it offers to forget anyway."""

    TITLE_TEXT = "Log out?"
    DANGEROUS = True

    def __init__(
        self, clock: Clock, account: KnownAccount, end: Callable[[bool], Awaitable[str]]
    ) -> None:
        """`end` logs out and returns the result in words; True: also where the server is away."""
        super().__init__(clock)
        self._account = account
        self._end = end
        self._forgets = account.account.readonly
        """Whether nothing is sent to the server."""

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Log out  y", id="confirm", variant="danger")

    def opened(self) -> None:
        if self._forgets:
            self._offer_to_forget("Forget this account?")
        self.say("lead", f"{safe(self._account.name)}: {READ_ONLY if self._forgets else ENDED}")
        self.say("lines", LONG_LIVED_REMAINS)
        self.query_one("#lines").add_class("-wrapped")

    @property
    def context(self) -> Context:
        return replace(super().context, can_cancel=self.phase is not Phase.RUNNING)

    async def confirmed(self) -> None:
        self.phase = Phase.RUNNING
        self.say("note", "Forgetting…" if self._forgets else "Logging out…")
        try:
            self.close(await self._end(self._forgets))
        except QiscusTuiError as error:
            self.phase = Phase.ASKING
            if isinstance(error, OutOfReach | ServerError):
                error.hint = f"{left_by(error).value.capitalize()}, {FORGET_ANYWAY}"
                self._forgets = True
                self._offer_to_forget("Forget it anyway?")
            self.say_trouble(error)
            self.ask_again()

    def _offer_to_forget(self, heading: str) -> None:
        self.say("heading", heading)
        self.name_buttons("Cancel  n", "Forget  y")
