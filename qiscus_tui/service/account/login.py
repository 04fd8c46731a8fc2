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
    NoLongLivedToken,
    NotQiscus,
    QiscusTuiError,
    StorageError,
    TokenInvalid,
    TwoFactor,
)
from qiscus_tui.model.account import Account, Credentials, Role, Storage
from qiscus_tui.model.origin import Origin
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.audit_trail import AccessTrail
from qiscus_tui.service.account.connection import end_unstored_token
from qiscus_tui.service.account.login_storage import UNWANTED_ANSWER, LoggedIn, store_login
from qiscus_tui.service.account.previous_login import (
    known_account,
)
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.server_zone import learn_zone
from qiscus_tui.service.account.storage import AccountStorage
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.accounts import StoredAccount
from qiscus_tui.store.audit_records import AuditKind

LONGEST_APP_ID = 32
"""Characters of an app code that a failed login records: a longer one may be a token."""


@dataclass(frozen=True)
class Password:
    """The user's own credentials."""

    email: str
    password: str = field(repr=False)


async def log_in(
    workspace: Workspace, account_storage: AccountStorage, password: Password, name: str = ""
) -> LoggedIn:
    """Log in by email address and password and store the account.

    The store is proven writable first. Raises LoginNeeded, ServerError, OutOfReach,
    StorageError; the token of the login is ended then, if the server can be reached.
    """
    await asyncio.to_thread(_prove_writable, account_storage)
    origin = workspace.login_server()
    label = await asyncio.to_thread(_label_for, workspace, origin, password.email, name)
    async with (
        _recorded_if_it_fails(workspace, Account(origin, "", _email(password.email))),
        workspace.client(origin, "", label) as client,
    ):
        answer = await _answered(client, password)
        client.app_id = answer.app_code
        credentials = await _checked(client, answer)
        account = Account(
            origin=origin,
            app_code=answer.app_code,
            user=answer.email,
            user_name=answer.user_name,
            app_name=answer.app_name,
            role=answer.role,
        )
        done = await store_login(
            workspace,
            account_storage,
            account,
            credentials,
            name,
            lambda limit: _end_made(client, answer, limit),
        )
    learned = await learn_zone(done.connection)
    return replace(done, notes=(*done.notes, *learned))


async def log_in_with_token(
    workspace: Workspace,
    account_storage: AccountStorage,
    app_id: str,
    long_lived: str,
    name: str = "",
) -> LoggedIn:
    """Store an account by its long-lived token. Raises as `log_in` does.

    The token is sent to the list call alone: its user is known only where the list names one, or
    where the token is stored here already.
    """
    _must_be_a_secret(long_lived, "long-lived token")
    _must_be_a_secret(app_id, "app code")
    await asyncio.to_thread(_prove_writable, account_storage)
    account = Account(workspace.login_server(), app_id, user="")
    async with _recorded_if_it_fails(workspace, structs.replace(account, app_code=_app_id(app_id))):
        account = await _account_of(workspace, account_storage, account, long_lived)
        done = await store_login(
            workspace, account_storage, account, Credentials(long_lived=long_lived), name
        )
    others = await asyncio.to_thread(_others_of_the_app, workspace, done.connection.account)
    if done.was_known or not account.token_id or not others:
        return done
    note = (
        "The list does not say whose token this is, so it is a second account of this app, beside "
        f"{', '.join(map(safe, others))}."
    )
    return replace(done, notes=(*done.notes, note))


def _others_of_the_app(workspace: Workspace, account: Account) -> list[str]:
    """Return the names of the other accounts of this app here."""
    where = (account.origin, account.app_code)
    return [
        one.name
        for one in workspace.local_files.book.all()
        if (one.account.origin, one.account.app_code) == where and one.account.key != account.key
    ]


async def _account_of(
    workspace: Workspace, account_storage: AccountStorage, account: Account, long_lived: str
) -> Account:
    """Return the account with the user of this long-lived token, as far as the list names one."""
    async with workspace.client(account.origin, account.app_code) as client:
        selected = SelectedAccount(
            StoredAccount("", account, account_storage.secrets.storage), "login"
        )
        trial = structs.replace(workspace.connection(selected, account_storage), client=client)
        try:
            listing = await trial.list_with(Credentials(long_lived=long_lived))
        except TokenInvalid as error:  # its own hint would be to log in
            raise TokenInvalid(
                "The server rejected this long-lived token with this app code",
                "Check the token and the app code, and that they are this server's.",
            ) from error
    users = {session.safe_user for session in listing.sessions if session.user}
    account = structs.replace(account, user=users.pop() if len(users) == 1 else "")
    return await asyncio.to_thread(known_account, workspace, account, long_lived)


async def log_in_with_key(
    workspace: Workspace,
    account_storage: AccountStorage,
    app_id: str,
    secret_key: str,
    name: str = "",
) -> LoggedIn:
    """Store an account by its REST secret key, which can't manage tokens. Raises as `log_in`."""
    _must_be_a_secret(secret_key, "secret key")
    _must_be_a_secret(app_id, "app code")
    await asyncio.to_thread(_prove_writable, account_storage)
    origin = workspace.login_server()
    async with _recorded_if_it_fails(workspace, Account(origin, _app_id(app_id), user="")):
        async with workspace.client(origin, app_id) as client:
            profile = await client.profile(client.rest_headers(secret_key), Role.ADMIN)
        account = Account(origin, app_id, profile.email, profile.name, role=Role.ADMIN)
        done = await store_login(
            workspace, account_storage, account, Credentials(secret_key=secret_key), name
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
        trail = AccessTrail(workspace.local_files, workspace.clock, workspace.warn)
        await trail.record(account, AuditKind.LOGIN, None, error.message)
        raise


def _email(typed: str) -> str:
    """Return what was typed as email address; empty where it may be a password."""
    return safe(typed, 200) if "@" in typed else ""


def _app_id(typed: str) -> str:
    """Return what was typed as app code; empty where it may be a token."""
    return typed if len(typed) <= LONGEST_APP_ID else ""


def _prove_writable(account_storage: AccountStorage) -> None:
    """Raises StorageError where a login could not be stored."""
    account_storage.secrets.probe()
    if account_storage.secrets.storage is not Storage.THIS_RUN:
        account_storage.local_files.book.prove_writable()


async def _answered(client: ApiClient, password: Password) -> LoginAnswer:
    """Return the answer to the login. Where this is cancelled, the token is ended too."""
    asking = asyncio.ensure_future(client.login(password.email, password.password))
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(UNWANTED_ANSWER):
                    await asyncio.wait({asking})
                    if asking.exception() is None:
                        await _end_made(client, asking.result())
        finally:
            asking.cancel()
        raise


async def _end_made(client: ApiClient, answer: LoginAnswer, limit: float | None = None) -> None:
    """End the token that the login made, if that works within `limit` seconds."""
    if answer.short_lived is not None:
        client.app_id = answer.app_code
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await end_unstored_token(client, answer.short_lived.token)


async def _checked(client: ApiClient, answer: LoginAnswer) -> Credentials:
    """Return the secrets of a usable login; end its token where it is not usable."""
    if answer.long_lived is not None:
        if not answer.app_code:
            await _end_made(client, answer)
            raise NotQiscus("The login answer names no app", "Log in with --with-token instead.")
        return Credentials(answer.long_lived, answer.short_lived)
    if answer.short_lived is None:
        raise TwoFactor("This account logs in with a second factor, so the API gave no token")
    await _end_made(client, answer)
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
