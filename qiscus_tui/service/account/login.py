"""Logging in, without leaving a token on the server that is stored nowhere.

A login is stored in place of what an earlier one left, and the token that it replaces is ended.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from msgspec import structs

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.replies import LoginAnswer
from qiscus_tui.errors import (
    ConfigError,
    Forbidden,
    LoginNeeded,
    NoLongLivedToken,
    NotQiscus,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    StorageError,
    TokenInvalid,
    TwoFactor,
)
from qiscus_tui.model.account import Account, Credentials, Origin, Role, Storage
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

LONGEST_APP_ID = 32
"""Characters of an app code that a failed login records: a longer one may be a token."""


GIVEN_UP = "given up: a new token may exist on the server"
"""What the audit log says of a login that was cancelled before it was stored."""

UNWANTED_ANSWER = 1.6
"""Seconds to get the answer to a login that was cancelled, and to end its token."""


@dataclass(frozen=True)
class Password:
    """The user's own credentials."""

    email: str
    password: str = field(repr=False)


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


async def log_in(
    workspace: Workspace, secrets: SecretStore, password: Password, name: str = ""
) -> LoggedIn:
    """Log in by email address and password and store the account.

    `secrets` is where they are stored, which is proven writable first. Raises LoginNeeded,
    ServerError, OutOfReach, StorageError; the token of the login is ended then, if the server can
    be reached.
    """
    await asyncio.to_thread(_prove_writable, workspace, secrets)
    origin = workspace.login_server()
    label = await asyncio.to_thread(_label_for, workspace, origin, password.email, name)
    async with (
        api_client(workspace, origin, "", label) as client,
        _answer_to(workspace, client, password) as (answer, made),
    ):
        credentials = _usable(answer)
        account = Account(
            origin=origin,
            app_code=answer.app_code,
            user=answer.email,
            user_name=answer.user_name,
            app_name=answer.app_name,
            role=answer.role,
        )
        done = await _store(workspace, secrets, account, credentials, name, made)
    learned = await _learn_zone(done.connection)
    return replace(done, notes=(*done.notes, *learned))


async def log_in_with_token(
    workspace: Workspace, secrets: SecretStore, app_id: str, long_lived: str, name: str = ""
) -> LoggedIn:
    """Store an account by its long-lived token. Raises as `log_in` does.

    The token is sent to the list call alone: its user is known only where the list names one, or
    where the token is stored here already.
    """
    _must_be_a_secret(long_lived, "long-lived token")
    _must_be_a_secret(app_id, "app code")
    await asyncio.to_thread(_prove_writable, workspace, secrets)
    account = Account(workspace.login_server(), app_id, user="")
    async with _recorded_if_it_fails(workspace, structs.replace(account, app_code=_app_id(app_id))):
        account = await _account_of(workspace, secrets, account, long_lived)
        return await _store(workspace, secrets, account, Credentials(long_lived=long_lived), name)


async def _account_of(
    workspace: Workspace, secrets: SecretStore, account: Account, long_lived: str
) -> Account:
    """Return the account with the user of this long-lived token, as far as the list names one."""
    selected = SelectedAccount(StoredAccount("", account, secrets.storage), "login")
    connection = connect(workspace, selected, secrets)
    try:
        listing = await connection.list_with(Credentials(long_lived=long_lived))
    except TokenInvalid as error:  # its own hint would be to log in
        raise TokenInvalid(
            "The server rejected this long-lived token with this app code",
            "Check the token and the app code, and that they are this server's.",
        ) from error
    finally:
        await connection.close()
    users = {session.safe_user for session in listing.sessions if session.user}
    account = structs.replace(account, user=users.pop() if len(users) == 1 else "")
    return await asyncio.to_thread(_known_account, workspace, account, long_lived)


async def log_in_with_key(
    workspace: Workspace, secrets: SecretStore, app_id: str, secret_key: str, name: str = ""
) -> LoggedIn:
    """Store an account by its REST secret key, which can't manage tokens. Raises as `log_in`."""
    _must_be_a_secret(secret_key, "secret key")
    _must_be_a_secret(app_id, "app code")
    await asyncio.to_thread(_prove_writable, workspace, secrets)
    origin = workspace.login_server()
    async with _recorded_if_it_fails(workspace, Account(origin, _app_id(app_id), user="")):
        async with api_client(workspace, origin, app_id) as client:
            profile = await client.profile(client.rest_headers(secret_key), Role.ADMIN)
        account = Account(origin, app_id, profile.email, profile.name, role=Role.ADMIN)
        done = await _store(workspace, secrets, account, Credentials(secret_key=secret_key), name)
    with contextlib.suppress(StorageError):  # the account is stored anyway
        if (await done.connection.credentials()).long_lived is None:
            cannot = "A REST key alone can't list or revoke sessions."
            return replace(done, notes=(*done.notes, cannot))
    return done


@contextlib.asynccontextmanager
async def _recorded_if_it_fails(workspace: Workspace, account: Account) -> AsyncGenerator[None]:
    """Record a login of this account that fails, and why."""
    try:
        yield
    except QiscusTuiError as error:
        await asyncio.to_thread(
            record_access, workspace, account, AuditKind.LOGIN, None, error.message
        )
        raise


def _email(typed: str) -> str:
    """Return what was typed as email address; empty where it may be a password."""
    return safe(typed, 200) if "@" in typed else ""


def _app_id(typed: str) -> str:
    """Return what was typed as app code; empty where it may be a token."""
    return typed if len(typed) <= LONGEST_APP_ID else ""


def _prove_writable(workspace: Workspace, secrets: SecretStore) -> None:
    """Raises StorageError where a login could not be stored."""
    secrets.probe()
    if secrets.storage is not Storage.THIS_RUN:
        workspace.local_files.book.prove_writable()


@contextlib.asynccontextmanager
async def _answer_to(
    workspace: Workspace, client: ApiClient, password: Password
) -> AsyncGenerator[tuple[LoginAnswer, MadeToken]]:
    """Give the answer to the login. Where it is then not stored, its token is ended.

    Whoever gives up meanwhile waits for both no longer than `UNWANTED_ANSWER`. That is recorded,
    as is what fails.
    """
    account = Account(client.origin, "", _email(password.email))
    made = MadeToken(client)

    async def ask() -> LoginAnswer:
        answer = await client.login(password.email, password.password)
        client.app_id = answer.app_code
        made.token = answer.short_lived.token if answer.short_lived is not None else None
        return answer

    asking = asyncio.ensure_future(ask())
    try:
        yield await asyncio.shield(asking), made
    except (QiscusTuiError, asyncio.CancelledError) as error:
        why, longest = GIVEN_UP, UNWANTED_ANSWER
        if isinstance(error, QiscusTuiError):
            why, longest = error.message, None
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(longest):
                    await asyncio.wait({asking})
                    await made.end()
        finally:
            asking.cancel()
        if not made.is_stored:
            record = (workspace, account, AuditKind.LOGIN, made.token, why)
            await asyncio.to_thread(record_access, *record)
        raise


def _usable(answer: LoginAnswer) -> Credentials:
    """Return the secrets of the login. Raises NotQiscus, TwoFactor, NoLongLivedToken."""
    if answer.long_lived is not None:
        if not answer.app_code:
            raise NotQiscus("The login answer names no app", "Log in with --with-token instead.")
        return Credentials(answer.long_lived, answer.short_lived)
    if answer.short_lived is None:
        raise TwoFactor("This account logs in with a second factor, so the API gave no token")
    raise NoLongLivedToken("This app is too old for token management: it has no long-lived token")


def _label_for(workspace: Workspace, origin: Origin, email: str, name: str) -> str:
    """Return the label of this login's section of config.toml; the app is not known yet.

    The section is found by the account's new or present name, else by the email address.
    """
    parts = workspace.config.accounts
    book = workspace.local_files.book.all() if parts else ()
    known = {one.name for one in book if (one.account.origin, one.account.user) == (origin, email)}
    names = [part for part in parts if part in {name, *known}] or [
        part for part in parts if part.startswith(f"{email}@") or part == email
    ]
    return parts[names[0]].label if len(names) == 1 else ""


def _must_be_a_secret(text: str, what: str) -> None:
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigError(
            f"The {what} is empty or has characters that none has",
            "Give it alone, on one line.",
        )


# Storing a login, in place of what an earlier one left


async def _store(
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

        def write() -> tuple[StoredAccount, Credentials]:
            done = _write(workspace, secrets, account, held, name, before)
            record_access(workspace, done[0].account, AuditKind.LOGIN, token)
            return done

        with shield.held():  # a signal must not come between the answer and the disk
            writing = asyncio.ensure_future(asyncio.to_thread(write))
            try:
                await asyncio.shield(writing)
            finally:  # who gives up meanwhile leaves a whole login, not half of one
                await asyncio.wait({writing})
                is_stored = writing.exception() is None
                if made is not None:
                    made.is_stored = is_stored
            stored, credentials = writing.result()
        notes = await asyncio.to_thread(_tidy_up, stored, before, name)
    selected = SelectedAccount(configured(stored, workspace.config), "login")
    connection = connect(workspace, selected, secrets)
    replaced = old.short_lived if old is not None else None
    if replaced is not None and replaced != credentials.short_lived:
        notes += await _end_replaced(connection, replaced.token)
    return LoggedIn(connection, notes)


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
        was, now = safe(before.stored.name), safe(stored.name)
        notes.append(f"The account was called {was}. Use --account {now} now, in scripts too.")
    if wanted and stored.name != wanted:
        notes.append(
            f"The account is called {safe(stored.name)}: another one is called {safe(wanted)}, or "
            "config.toml has a section for this name."
        )
    return tuple(notes)


# What a login replaces: the same account's earlier secrets, wherever they are stored


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


def _known_account(workspace: Workspace, unsure: Account, long_lived: str) -> Account:
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
        return (f"The token of the earlier login could not be ended: {error.message}",)
    if ended is OwnToken.HAD_ENDED:
        return ()
    if ended is OwnToken.UNKNOWN:
        return ("Can't tell whether the token of the earlier login was ended.",)
    await asyncio.to_thread(record_access, connection, connection.account, AuditKind.LOGOUT, token)
    return ("The token of the earlier login was ended.",)


# What a login learns of the server's times, from the session that it made


async def _learn_zone(connection: Connection) -> tuple[str, ...]:
    """Read the list in the server's zone; return what the user should know of its times.

    What was learned is stored with the account, if that is possible.
    """
    try:
        listed = await connection.read_list()
    except (LoginNeeded, ServerError, OutOfReach, StorageError) as error:
        return (f"The sessions could not be listed: {error.message}",)
    if listed.time_doubt:
        return (f"{listed.time_doubt}: no rule about age is followed on this server.",)
    offset = connection.zone.offset
    if not offset:
        return ()
    hours = f"{offset / 3600:+g} h"
    note = f"This server's times have no zone and run {hours} from UTC; they are shown corrected."
    own, book = listed.current_session, connection.local_files.book
    if connection.storage is Storage.THIS_RUN:
        return (note,)
    account = structs.replace(connection.account, zone_offset=offset)
    # Without a new name.
    stored = StoredAccount("", account, connection.storage, own.id if own else "")
    try:
        async with connection.locked():
            # It may have been logged out or moved meanwhile.
            if await asyncio.to_thread(book.keeps, account.key, connection.storage):
                await asyncio.to_thread(book.save, stored)
    except StorageError as error:  # the login is stored anyway
        return note, f"That could not be stored: {error.message}"
    return (note,)
