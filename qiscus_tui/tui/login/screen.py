"""The login: email address and password, or a long-lived token.

Light to import: it is the first frame. What needs the network comes in when Enter is pressed, or
in a thread after that frame.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from qiscus_tui.commands.command import BUSY, Context, Scope
from qiscus_tui.errors import (
    AddressError,
    Forbidden,
    LoginRefused,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    StorageError,
    TokenInvalid,
    TwoFactor,
)
from qiscus_tui.model.account import DEFAULT_SERVER, Account, Storage, parse_origin
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.storage import offer, secret_store
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.tui.base_screen import ActionBar, BaseScreen
from qiscus_tui.tui.widgets.fields import Field, SecretField, Tick
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Piece, Tone, piece

if TYPE_CHECKING:
    from qiscus_tui.service.account.stored_login import (
        LoggedIn,  # loads httpx: after the first frame
    )

HERE = "Log in here, or esc: the list is shown as it was, and nothing can be changed."
TOKEN_IS_FOR = "For accounts with two factors, or to type no password here."
KEEP = "Keep me logged in on this machine"


class Tab(enum.Enum):
    """The two ways to log in. The value is the title of the tab."""

    PASSWORD = "Email and password"
    TOKEN = "Long-lived token"

    @property
    def other(self) -> Tab:
        """Return the other tab."""
        return Tab.TOKEN if self is Tab.PASSWORD else Tab.PASSWORD

    @property
    def fields(self) -> dict[str, str]:
        """Return its two fields with their names: who logs in, and the secret."""
        if self is Tab.TOKEN:
            return {"#app-id": "app code", "#long-lived": "token"}
        return {"#email": "email address", "#password": "password"}


class LoginScreen(BaseScreen[None]):
    """Logs in, and passes on the connection."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#email"
    SCOPE = Scope.LOGIN

    def __init__(
        self,
        workspace: Workspace,
        done: Callable[[LoggedIn], None],
        *,
        again: Account | None = None,
        stored: Storage | None = None,
        why: QiscusTuiError | None = None,
    ) -> None:
        """`done` gets the login. `again`: whose session ended; `stored`: where that account is.

        `why`: what is said at first.
        """
        super().__init__()
        self._workspace = workspace
        self._done = done
        self._again = again
        self._stored = stored
        self._why = why
        self._app_id = again.app_code if again else ""
        self._offer: asyncio.Task[tuple[Storage, str]] | None = None
        """Looks where a login can be stored."""
        self._is_busy = False
        self._tab = Tab.PASSWORD
        self._tabs = ActionBar(id="tabs")

    @property
    def context(self) -> Context:
        is_over_another = len(self.app.screen_stack) > 1
        no_way_back = "" if is_over_another else "There is no list to go back to: log in first."
        return Context(
            no_way_back=BUSY if self._is_busy else no_way_back,
            other_tab=self._tab.other.value.lower(),
        )

    # What is drawn.

    def compose_body(self) -> ComposeResult:
        demo = self._workspace.demo
        email = demo.email if demo else self._again.user if self._again else ""
        with Vertical(id="card"):
            yield OneLine(id="title")
            yield self._tabs
            with Grid(id="fields"):
                yield from _row("Email", Field(email, id="email", selects=True), "password")
                password = SecretField(demo.password if demo else "", id="password")
                yield from _row("Password", password, "password")
                yield from _row("Server", Field(self._server(), id="server", selects=True))
            is_stored = self._stored is not None and self._stored.stores_logins
            yield Tick(f"{KEEP} (looking for a keyring)", value=is_stored, id="keep")
            yield Static(id="said", markup=False)

    async def on_mount(self) -> None:
        """Fill in what is known at once, and look for a keyring after the first frame."""
        demo = self._workspace.demo
        title = "Session ended: log in again" if self._again else "Log in to Qiscus Omnichannel"
        right = (piece("DEMO", Tone.WARNING, ALWAYS),) if demo else ()
        self.query_one("#title", OneLine).show_line(
            Line((piece("qiscus-tui", Tone.STRONG, 90), piece(title, Tone.MUTED, 50, "   ")), right)
        )
        await self._show_tab(Tab.PASSWORD)
        if self._why is not None:
            self._say(self._why.message, HERE if self._again else self._why.hint)
        if self._again is not None:
            await self._ask_again(self._again)
        self.call_after_refresh(self._find_offer)

    async def _ask_again(self, account: Account) -> None:
        """Begin with the secret, which is all that is missing."""
        if account.user:
            self.set_focus(self.query_one("#password"))
            return
        await self._show_tab(Tab.TOKEN)  # it was made of a token
        self.set_focus(self.query_one("#long-lived"))

    def _server(self) -> str:
        if self._again is not None:
            return str(self._again.origin)
        try:
            return str(self._workspace.login_server())
        except AddressError as error:
            self._why = self._why or error
            return DEFAULT_SERVER

    # Where it is kept.

    @property
    def _keep(self) -> Tick:
        return self.query_one("#keep", Tick)

    def _find_offer(self) -> asyncio.Task[tuple[Storage, str]]:
        if self._offer is None:
            self._offer = asyncio.create_task(find_offer(self._workspace))
            self.run_worker(partial(self._show_offer, self._offer), group="offer")
        return self._offer

    async def _show_offer(self, looked_for: asyncio.Task[tuple[Storage, str]]) -> None:
        storage, words = await looked_for
        keep = self._keep
        ticked = keep.value if keep.was_touched else is_ticked_at_first(storage, self._stored)
        keep.show(safe(words), value=ticked, is_fixed=not storage.stores_logins)

    # What is typed.

    async def action_other_tab(self) -> None:
        """Change over to the other tab."""
        await self._show_tab(self._tab.other)
        is_token = self._tab is Tab.TOKEN
        self._say(TOKEN_IS_FOR if is_token else "", "", Tone.MUTED)
        self.query_one("#app-id" if is_token else "#email", Field).focus()

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.focus_next()

    async def _show_tab(self, chosen: Tab) -> None:
        """Show the fields of this way to log in, made when it is chosen first."""
        self._tab = chosen
        self.set_class(chosen is Tab.TOKEN, "-token")
        if chosen is Tab.TOKEN and not self.query("#app-id"):
            app_code = Field(self._app_id, id="app-id", placeholder="abcd-…", selects=True)
            app_id = _row("App code", app_code, "token")
            token = _row("Token", SecretField("", id="long-lived"), "token")
            await self.query_one("#fields").mount(*app_id, *token, before=0)
        self._tabs.show_line(Line(tuple(map(self._title_of, Tab))))
        self.show_commands()

    def _title_of(self, tab: Tab) -> Piece:
        """Return the title of a tab; a click on the other one changes over."""
        sign, tone = ("●", Tone.STRONG) if tab is self._tab else ("○", Tone.MUTED)
        name = "" if tab is self._tab else "other_tab"
        return Piece(((f"{sign} {tab.value}", tone),), ALWAYS, name, after="   ")

    @on(Input.Submitted)
    def action_log_in(self) -> None:
        """Log in with what was entered, or say what is missing."""
        if self._is_busy:
            return
        for field, name in self._tab.fields.items():
            if not self._value(field):
                self._say(f"The {name} is missing.", "")
                self.query_one(field, Field).focus()
                return
        self._is_busy = True
        self._say("Logging in…", "", Tone.MUTED)
        tab, server = self._tab, self._value("#server")
        who, secret = map(self._value, tab.fields)

        async def log_in() -> None:  # no partial: what shows a worker's work would show the secret
            await self._log_in(server, tab, who, secret)

        self.run_worker(log_in, group="login")

    def _value(self, field: str) -> str:
        value = self.query_one(field, Field).value
        return value if field == "#password" else value.strip()

    async def _log_in(self, server: str, tab: Tab, who: str, secret: str) -> None:
        try:
            parse_origin(server)
            storage, _ = await self._find_offer()
            if not self._keep.value:
                storage = Storage.THIS_RUN
            done = await log_in_with(self._workspace, server, tab, who, secret, storage)
        except QiscusTuiError as error:
            if tab is not self._tab:  # the other one was chosen meanwhile
                await self._show_tab(tab)
            await self._failed(error)
            return
        finally:
            self._is_busy = False
            self.show_commands()
        self._forget_secrets()
        self._done(done)

    async def _failed(self, error: QiscusTuiError) -> None:
        """Say what went wrong; the field at fault gets the focus, and all others stay."""
        hint = error.hint
        if isinstance(error, TwoFactor) and self._tab is Tab.PASSWORD:
            self._forget_secrets()
            await self.action_other_tab()
            hint = "Use a long-lived token and the app code instead, here."
        elif at_fault := field_at_fault(error, self._tab):
            field = self.query_one(at_fault)
            if isinstance(field, SecretField):
                field.value = ""
            field.focus()
        if isinstance(error, TokenInvalid) and self._tab is Tab.TOKEN:
            hint = "Check the token, the app code, and the server they belong to."
        self._say(error.message, hint)

    def _forget_secrets(self) -> None:
        for secret in self.query(SecretField):
            secret.value = ""

    def _say(self, message: str, hint: str, tone: Tone = Tone.BAD) -> None:
        said = self.query_one("#said", Static)
        said.set_class(tone is Tone.BAD, "-bad")
        more = f"\n{safe(hint)}" if hint else ""
        style = "bold $error" if tone is Tone.BAD else ""
        said.update(Content.assemble((safe(message), style), more))


def _row(label: str, field: Field, way: str = "any") -> tuple[Widget, Widget]:
    """Return a label and a field, of one way to log in or of any."""
    field.add_class(f"by-{way}", update=False)  # it gets its styles when it is mounted
    return Static(label, classes=f"label by-{way}"), field


async def find_offer(workspace: Workspace) -> tuple[Storage, str]:
    """Return where a login can be stored, and how the form says it.

    Asks the keyring, which may take 3 s.
    """
    try:
        found = await asyncio.to_thread(offer, workspace, workspace.config.storage.backend)
    except StorageError as error:
        words = f"This login is kept for this run only: {error.message}. {error.hint}"
        return Storage.THIS_RUN, words
    if not found.storage.stores_logins:
        words = f"Kept for this run only: {found.reason}" if found.reason else found.where
        return Storage.THIS_RUN, words
    if found.needs_consent:
        return found.storage, f"{KEEP}, in the file {found.where}"
    return found.storage, f"{KEEP} ({found.storage.value}: {found.where})"


def is_ticked_at_first(offered: Storage, stored: Storage | None) -> bool:
    """Return whether a login is to be stored, before the user says so.

    A file needs consent, which was given for an account that is `stored` there already.
    """
    if stored is not None and not stored.stores_logins:
        return False
    return offered is not Storage.FILE or stored is offered


async def log_in_with(
    workspace: Workspace, server: str, tab: Tab, who: str, secret: str, storage: Storage
) -> LoggedIn:
    """Log in by what was entered. Raises QiscusTuiError."""
    # Loads httpx, which the first frame must not wait for.
    from qiscus_tui.service.account.login import Password, log_in, log_in_with_token

    if workspace.demo is None:
        account_options = replace(workspace.account_options, server=server)
        workspace = replace(workspace, account_options=account_options)
    secrets = await asyncio.to_thread(secret_store, workspace, storage)
    if tab is Tab.TOKEN:
        return await log_in_with_token(workspace, secrets, who, secret)
    return await log_in(workspace, secrets, Password(who, secret))


def field_at_fault(error: QiscusTuiError, tab: Tab) -> str:
    """Return the selector of the field that a login failed by; empty where it is none of them."""
    match error:
        case Forbidden():  # the user's role is
            return ""
        case AddressError() | OutOfReach() | ServerError():
            return "#server"
        case StorageError():
            return "#keep"
        case TokenInvalid() | LoginRefused():
            return "#long-lived" if tab is Tab.TOKEN else "#password"
        case _:
            return ""
