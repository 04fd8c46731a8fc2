"""Stores a login in place of what an earlier one left, and ends the token that it replaces."""

import asyncio
import contextlib
import shlex
from dataclasses import dataclass, field

from msgspec import structs

from qiscus_tui.api.client import ApiClient
from qiscus_tui.errors import Forbidden, OutOfReach, ServerError, StorageError, TokenInvalid
from qiscus_tui.model.account import Account, Credentials, Storage
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.audit_trail import record_access
from qiscus_tui.service.account.connection import (
    Connection,
    api_client,
    ask_long_lived,
    connect,
    end_unstored_token,
    held_account,
)
from qiscus_tui.service.account.logout import OwnToken, end_token
from qiscus_tui.service.account.selection import SelectedAccount, configured
from qiscus_tui.service.account.storage import secret_store
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.store.accounts import StoredAccount
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.secrets import SecretStore

UNWANTED_ANSWER = 1.6
"""Seconds that whoever gives up a login waits for its answer, and for a token to be ended."""

NOT_ENDED = "given up: the token of the earlier login may still be valid"
"""What the audit log says of a token that could not be ended before the login was given up."""


@dataclass
class MadeToken:
    """The token that a login made: ended again unless it is stored."""

    client: ApiClient
    token: str | None = field(default=None, repr=False)
    is_stored: bool = False

    async def end(self) -> None:
        """End it, if the server can be reached."""
        if self.token is not None and not self.is_stored:
            await end_unstored_token(self.client, self.token)


@dataclass(frozen=True)
class LoggedIn:
    """A login that was stored."""

    connection: Connection
    notes: tuple[str, ...] = ()
    """What the user should know."""


@dataclass(frozen=True)
class PreviousLogin:
    """What an earlier login of the same account left here."""

    credentials: Credentials | None = None
    stored: StoredAccount | None = None
    """The account as it was stored."""
    elsewhere: SecretStore | None = None
    """Where the secrets are, if that is another place than the new one."""
    trouble: str = ""
    """Why the secrets could not be read, in the user's words."""


async def store_login(
    workspace: Workspace,
    secrets: SecretStore,
    account: Account,
    credentials: Credentials,
    name: str,
    made: MadeToken | None = None,
) -> LoggedIn:
    """Store the account, and end the token that it replaces; `made` is what this login made."""
    async with held_account(workspace.local_files, secrets.storage, account):
        before = await asyncio.to_thread(_previous_login, workspace, secrets, account)
        old = before.credentials
        if old and await _was_renewed_elsewhere(workspace, account, credentials, old):
            if made is not None:
                await made.end()
            credentials = old
        token, held = made.token if made is not None else None, credentials

        def write() -> tuple[StoredAccount, Credentials, tuple[str, ...]]:
            stored, kept = _write(workspace, secrets, account, held, name, before)
            record_access(workspace, stored.account, AuditKind.LOGIN, token)
            return stored, kept, _tidy_up(stored, before, name)

        given_up: asyncio.CancelledError | None = None
        with shield.held():  # a signal must not come between the answer and the disk
            writing = asyncio.ensure_future(asyncio.to_thread(write))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError as error:
                given_up = error
            finally:  # who gives up meanwhile leaves a whole login, not half of one
                await asyncio.wait({writing})
                if made is not None:
                    made.is_stored = writing.exception() is None
            if given_up is not None and writing.exception() is not None:
                raise given_up
            stored, credentials, notes = writing.result()
    selected = SelectedAccount(configured(stored, workspace.config), "login")
    connection = connect(workspace, selected, secrets)
    replaced, short = old.short_lived if old is not None else None, credentials.short_lived
    # A server may give the same token again.
    if replaced is not None and (short is None or replaced.token != short.token):
        ending = asyncio.create_task(_end_replaced(connection, replaced.token))
        try:
            if given_up is None:
                notes += await asyncio.shield(ending)
        except asyncio.CancelledError as error:
            given_up = error
        if given_up is not None:
            await _end_in_time(connection, replaced.token, ending)
    if given_up is not None:
        await connection.close()
        raise given_up
    return LoggedIn(connection, notes)


async def _end_in_time(
    connection: Connection, token: str, ending: asyncio.Task[tuple[str, ...]]
) -> None:
    """Wait until a token is ended, `UNWANTED_ANSWER` at most; record it where that is not known."""
    try:
        done, _ = await asyncio.wait({ending}, timeout=UNWANTED_ANSWER)
        if not done:
            record = (connection, connection.account, AuditKind.LOGOUT, token, NOT_ENDED)
            await asyncio.to_thread(record_access, *record)
    finally:
        ending.cancel()


def _write(
    workspace: Workspace,
    secrets: SecretStore,
    account: Account,
    credentials: Credentials,
    name: str,
    before: PreviousLogin,
) -> tuple[StoredAccount, Credentials]:
    """Write secrets and account; return them as they are stored. Raises StorageError."""
    book = workspace.local_files.book
    if credentials.short_lived is None and before.stored is not None:
        account = before.stored.account  # an earlier login by password learned more of it
    if before.credentials is not None:
        credentials = credentials.over(before.credentials)
    secrets.write(account.key, credentials)
    short = credentials.short_lived
    own_id = fingerprint(short.token) if short else ""
    # Its section of config.toml, which may say readonly, may be found by the name that it has.
    before_name = before.stored.name if before.stored is not None else ""
    if before_name != account.name and before_name in workspace.config.accounts:
        name = before_name
    stored = StoredAccount(name, account, secrets.storage, own_id, workspace.clock.now())
    if secrets.storage is Storage.THIS_RUN:
        return structs.replace(stored, name=name or account.name), credentials
    try:
        stored = book.save(stored)
        book.use(stored.name)
    except StorageError:
        with contextlib.suppress(StorageError):  # the first error is the one to report
            if before.credentials is not None and before.elsewhere is None:
                secrets.write(account.key, before.credentials)
            else:
                secrets.remove(account.key)
            if before.stored is not None:
                book.save(before.stored)
            else:
                book.remove(account.key)
        raise
    return stored, credentials


def _tidy_up(stored: StoredAccount, before: PreviousLogin, wanted: str) -> tuple[str, ...]:
    """Remove the earlier secrets from another place; return what the user should know."""
    if stored.storage is Storage.THIS_RUN:
        return ()
    notes = [before.trouble] if before.trouble else []
    if before.elsewhere is not None:
        where = before.elsewhere.where
        try:
            before.elsewhere.remove(stored.account.key)
        except StorageError as error:
            notes.append(f"The earlier login's secrets are still in {where}: {error.message}")
        else:
            notes.append(f"The earlier login's secrets were removed from {where}.")
    if before.stored is not None and before.stored.name != stored.name:
        was, now = safe(before.stored.name), shlex.quote(safe(stored.name))
        notes.append(f"The account was called {was}. Use --account {now} now, in scripts too.")
    if wanted and stored.name != wanted:
        notes.append(
            f"The account is called {safe(stored.name)}: another one is called {safe(wanted)}, or "
            "config.toml has a section for this name."
        )
    return tuple(notes)


def _previous_login(workspace: Workspace, secrets: SecretStore, account: Account) -> PreviousLogin:
    """Return what this account had here. A login for this run only replaces none that is stored.

    An old place that can't be read stops no login: logging in again is what repairs it.
    Raises StorageError where the list of accounts can't be read.
    """
    if secrets.storage is Storage.THIS_RUN:
        return PreviousLogin(secrets.read(account.key))
    known = workspace.local_files.book.all()
    before = next((stored for stored in known if stored.account.key == account.key), None)
    if before is None:
        return PreviousLogin()
    is_elsewhere = before.storage is not secrets.storage
    try:
        store = secret_store(workspace, before.storage) if is_elsewhere else secrets
        found = store.read(account.key)
    except StorageError as error:
        trouble = (
            f"The earlier login's secrets in the {before.storage.value} could not be read, so its "
            f"token was not ended: {error.message}"
        )
        return PreviousLogin(stored=before, trouble=trouble)
    return PreviousLogin(found, before, elsewhere=store if is_elsewhere else None)


def known_account(workspace: Workspace, unsure: Account, long_lived: str) -> Account:
    """Return the account of the same app that is stored with this very token, else `unsure`.

    Where nothing tells its user, its token's id tells it apart: it may be another user's.
    """
    for stored in workspace.local_files.book.all():
        account = stored.account
        if (account.origin, account.app_code) != (unsure.origin, unsure.app_code):
            continue
        with contextlib.suppress(StorageError):  # a place that can't be read has no say
            found = secret_store(workspace, stored.storage).read(account.key)
            if found is not None and long_lived in {found.long_lived, found.replaced}:
                return account
    return unsure if unsure.user else structs.replace(unsure, token_id=fingerprint(long_lived))


async def _was_renewed_elsewhere(
    workspace: Workspace, account: Account, new: Credentials, old: Credentials
) -> bool:
    """Return whether another program got a newer long-lived token than that of this login.

    The server says which one is valid; where it does not, nothing is overwritten. Raises
    OutOfReach, ServerError, TokenInvalid where neither is valid.
    """
    if not new.long_lived or not old.long_lived or new.long_lived == old.long_lived:
        return False
    async with api_client(workspace, account.origin, account.app_code, account.label) as client:
        try:
            await ask_long_lived(client, new.long_lived)
        except TokenInvalid:
            await ask_long_lived(client, old.long_lived)
            return True
        except Forbidden:
            return False  # this role may not list, but the token is valid
    return False


async def _end_replaced(connection: Connection, token: str) -> tuple[str, ...]:
    """End the token of the earlier login; return what the user should know."""
    if connection.account.readonly:
        return ("The token of the earlier login remains valid: the account is read-only here.",)
    try:
        ended = await end_token(connection, token)
    except (ServerError, OutOfReach) as error:
        record = (connection, connection.account, AuditKind.LOGOUT, token, error.message)
        await asyncio.to_thread(record_access, *record)
        return (f"The token of the earlier login could not be ended: {error.message}",)
    if ended is OwnToken.HAD_ENDED:
        return ()
    if ended is OwnToken.UNKNOWN:
        return ("Can't tell whether the token of the earlier login was ended.",)
    await asyncio.to_thread(record_access, connection, connection.account, AuditKind.LOGOUT, token)
    return ("The token of the earlier login was ended.",)
