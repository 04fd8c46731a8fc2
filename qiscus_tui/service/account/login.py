"""Logging in, without leaving a token on the server that is stored nowhere."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from msgspec import structs

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.replies import LoginAnswer
from qiscus_tui.errors import (
    ConfigError,
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
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.audit_trail import record_access
from qiscus_tui.service.account.connection import Connection, api_client, connect
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.stored_login import (
    UNWANTED_ANSWER,
    LoggedIn,
    MadeToken,
    known_account,
    store_login,
)
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.accounts import StoredAccount
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.secrets import SecretStore

LONGEST_APP_ID = 32
"""Characters of an app code that a failed login records: a longer one may be a token."""

GIVEN_UP = "given up: a new token may exist on the server"
"""What the audit log says of a login that was cancelled before it was stored."""


@dataclass(frozen=True)
class Password:
    """The user's own credentials."""

    email: str
    password: str = field(repr=False)


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
        done = await store_login(workspace, secrets, account, credentials, name, made)
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
        return await store_login(
            workspace, secrets, account, Credentials(long_lived=long_lived), name
        )


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
    return await asyncio.to_thread(known_account, workspace, account, long_lived)


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
        done = await store_login(
            workspace, secrets, account, Credentials(secret_key=secret_key), name
        )
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
