"""Logging in, without leaving a token behind that nobody knows of."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.replies import LoginAnswer
from qiscus_tui.errors import (
    ConfigError,
    Forbidden,
    NoLongLivedToken,
    NotQiscus,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    StorageError,
    TokenExpired,
    TokenInvalid,
    TwoFactor,
)
from qiscus_tui.model.account import Account, Credentials, Role, Storage
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.origin import Origin
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.previous_login import PreviousLogin, holder_here, previous_login
from qiscus_tui.service.account.server_zone import with_zone_learned
from qiscus_tui.service.account_selection import SelectedAccount, configured
from qiscus_tui.service.account_storage import AccountStorage
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.long_lived import ask_long_lived
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.service.token.refresh import end_unstored_token
from qiscus_tui.service.workspace import Workspace
from qiscus_tui.store.accounts import StoredAccount

UNWANTED_ANSWER = 1.6
"""Seconds that are left to get the answer to a login, and to end its token, when nobody waits for
it any more."""


@dataclass(frozen=True)
class LoggedIn:
    """A login that was kept."""

    connection: Connection
    notes: tuple[str, ...] = ()
    """What the user should know besides."""


@dataclass(frozen=True)
class Password:
    """What a login by password takes."""

    email: str
    password: str = field(repr=False)


async def log_in(
    workspace: Workspace, kept: AccountStorage, password: Password, name: str = ""
) -> LoggedIn:
    """Log in by email address and password and keep the account.

    The store is proven writable first. Raises LoginNeeded, ServerError, OutOfReach,
    StorageError; no token is left behind then, as far as that can be had.
    """
    await asyncio.to_thread(_prove_writable, kept)
    origin = workspace.login_server()
    label = await asyncio.to_thread(_label_for, workspace, origin, password.email, name)
    async with workspace.client(origin, "", label) as client:
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
        connection, notes = await _keep(
            workspace,
            kept,
            account,
            credentials,
            name,
            lambda limit: _end_made(client, answer, limit),
        )
    connection, learned = await with_zone_learned(connection, answer.made_at)
    return LoggedIn(connection, (*notes, *learned))


async def log_in_with_token(
    workspace: Workspace, kept: AccountStorage, app_id: str, long_lived: str, name: str = ""
) -> LoggedIn:
    """Keep an account by its long-lived token. Raises as `log_in` does.

    The token is shown to the list call alone: whose it is is known where the list says so, or
    where it is kept here already.
    """
    _must_be_a_secret(long_lived, "long-lived token")
    _must_be_a_secret(app_id, "app id")
    await asyncio.to_thread(_prove_writable, kept)
    origin = workspace.login_server()
    async with workspace.client(origin, app_id) as client:
        account = Account(origin, app_id, user="")
        choice = SelectedAccount(StoredAccount("", account, kept.secrets.storage), "login")
        trial = replace(workspace.connection(choice, kept), client=client)
        try:
            listing = await trial.list_with(Credentials(long_lived=long_lived))
        except TokenInvalid as error:  # to log in is what was just tried
            raise TokenInvalid(
                "The server does not take this long-lived token with this app id",
                "Check the token and the app id, and that they are this server's.",
            ) from error
    users = {session.safe_user for session in listing.sessions if session.user}
    account = replace(account, user=users.pop() if len(users) == 1 else "")
    account = await asyncio.to_thread(holder_here, workspace, account, long_lived)
    connection, notes = await _keep(
        workspace, kept, account, Credentials(long_lived=long_lived), name
    )
    return LoggedIn(connection, notes)


async def log_in_with_key(
    workspace: Workspace, kept: AccountStorage, app_id: str, secret_key: str, name: str = ""
) -> LoggedIn:
    """Keep an account by its REST secret key. It can't manage tokens. Raises as `log_in`."""
    _must_be_a_secret(secret_key, "secret key")
    _must_be_a_secret(app_id, "app id")
    await asyncio.to_thread(_prove_writable, kept)
    origin = workspace.login_server()
    async with workspace.client(origin, app_id) as client:
        profile = await client.profile(client.rest_headers(secret_key), Role.ADMIN)
    account = Account(origin, app_id, profile.email, profile.name, role=Role.ADMIN)
    connection, notes = await _keep(
        workspace, kept, account, Credentials(secret_key=secret_key), name
    )
    with contextlib.suppress(StorageError):  # the account is kept all the same
        if (await connection.credentials()).long_lived is None:
            notes += ("A REST key alone can't list or revoke sessions.",)
    return LoggedIn(connection, notes)


def _prove_writable(kept: AccountStorage) -> None:
    """Raises StorageError where a login could not be kept."""
    kept.secrets.probe()
    if kept.secrets.storage is not Storage.THIS_RUN:
        kept.local_files.book.prove_writable()


async def _answered(client: ApiClient, password: Password) -> LoginAnswer:
    """The answer to the login. Who gives up waiting for it leaves no token behind either."""
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
    """End the token that the login made, as well as that goes within `limit` seconds."""
    if answer.short_lived is not None:
        client.app_id = answer.app_code
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await end_unstored_token(client, answer.short_lived.token)


async def _checked(client: ApiClient, answer: LoginAnswer) -> Credentials:
    """The secrets of a login that can go on; ends its token where it can't."""
    if answer.long_lived is not None:
        if not answer.app_code:
            await _end_made(client, answer)
            raise NotQiscus("The login answer names no app", "Log in with --with-token instead.")
        return Credentials(answer.long_lived, answer.short_lived)
    if answer.short_lived is None:
        raise TwoFactor("This account logs in with a second factor, so the API gave no token")
    await _end_made(client, answer)
    raise NoLongLivedToken("This app is too old for token management: it has no long-lived token")


async def _nothing_made(_limit: float | None) -> None:
    """End nothing: this login made no token."""


async def _keep(
    workspace: Workspace,
    kept: AccountStorage,
    account: Account,
    credentials: Credentials,
    name: str,
    end_made: Callable[[float | None], Awaitable[None]] = _nothing_made,
) -> tuple[Connection, tuple[str, ...]]:
    """Store the account; the token that it replaces is ended.

    Where it can't be stored, or a signal comes first, `end_made` ends the token of this login.
    """
    stored: StoredAccount | None = None
    try:
        async with kept.lock(account):
            before = await asyncio.to_thread(previous_login, workspace, kept, account)
            if before.credentials is not None and await _was_replaced(
                workspace, account, credentials, before.credentials
            ):
                await end_made(None)
                credentials = before.credentials
            with shield.held():  # a signal must not fall between the answer and the disk
                stored, credentials = await asyncio.to_thread(
                    _stored, workspace, kept, account, credentials, name, before
                )
            notes = await asyncio.to_thread(_tidied, stored, kept, before, name)
    except (QiscusTuiError, asyncio.CancelledError) as error:
        if stored is None:
            await end_made(UNWANTED_ANSWER if isinstance(error, asyncio.CancelledError) else None)
        raise
    connection = workspace.connection(
        SelectedAccount(configured(stored, workspace.config), "login"), kept
    )
    ended = before.credentials.short_lived if before.credentials is not None else None
    if ended is not None and ended != credentials.short_lived:
        notes += await _end_replaced(connection, ended.token)
    return connection, notes


async def _was_replaced(
    workspace: Workspace, account: Account, new: Credentials, old: Credentials
) -> bool:
    """Return whether another program got a newer long-lived token than that of this login.

    The server says which one lives; where it does not, nothing is overwritten. Raises OutOfReach,
    ServerError, TokenInvalid where both are dead.
    """
    if new.long_lived is None or old.long_lived is None or new.long_lived == old.long_lived:
        return False
    if not account.user:
        return False  # it may be another user's
    async with workspace.client(account.origin, account.app_code, account.label) as client:
        try:
            await ask_long_lived(client, new.long_lived)
        except TokenInvalid:
            await ask_long_lived(client, old.long_lived)
            return True
        except Forbidden:
            return False  # this role may not list, but it is known
    return False


def _stored(
    workspace: Workspace,
    kept: AccountStorage,
    account: Account,
    credentials: Credentials,
    name: str,
    before: PreviousLogin,
) -> tuple[StoredAccount, Credentials]:
    """Write secrets and account; return them as they are kept. Raises StorageError."""
    made, replaced = credentials.short_lived, before.credentials
    if replaced is not None and not _may_be_anothers(account, credentials, replaced):
        credentials = credentials.over(replaced)
    if made is None and before.account is not None:
        account = before.account  # an earlier login by password learned more of it
    kept.secrets.write(account.key, credentials)
    short = credentials.short_lived
    own_id = fingerprint(short.token) if short else ""
    kept_name = before.name if _is_configured_by(before.name, account, workspace) else name
    stored = StoredAccount(kept_name, account, kept.secrets.storage, own_id, workspace.clock.now())
    if kept.secrets.storage is not Storage.THIS_RUN:
        stored = _entered_in_book(kept, stored, before)
    return (stored if stored.name else replace(stored, name=account.name)), credentials


def _tidied(
    stored: StoredAccount, kept: AccountStorage, before: PreviousLogin, name: str
) -> tuple[str, ...]:
    """Take the earlier secrets away from another place; return what the user should know."""
    if kept.secrets.storage is Storage.THIS_RUN:
        return ()
    return (*before.leave(stored.account.key), *_about_name(name, stored.name, before.name))


def _is_configured_by(name: str, account: Account, workspace: Workspace) -> bool:
    """Return whether its part of config.toml, which may say readonly, is found by this name."""
    return name != account.name and name in workspace.config.accounts


def _about_name(wanted: str, name: str, before: str) -> tuple[str, ...]:
    """Return what the user should know of the account's name."""
    if wanted and before == name != wanted:
        return (
            f"The account is still called {safe(name)}, as config.toml has a part for it. "
            f"Rename it there to log in with --name.",
        )
    if wanted and before and before != name:
        return (f"The account was called {safe(before)}; it is called {safe(name)} now.",)
    if wanted and name != wanted:
        return (f"The account is called {safe(name)} here: another one has that name.",)
    return ()


def _may_be_anothers(account: Account, new: Credentials, old: Credentials) -> bool:
    """Whether the old secrets may be another user's: only the app is known, the token differs."""
    return not account.user and len({new.long_lived, old.long_lived} - {None}) > 1


def _entered_in_book(
    kept: AccountStorage, stored: StoredAccount, before: PreviousLogin
) -> StoredAccount:
    """The account as the book has it. Where that fails, the secrets are as they were before."""
    key = stored.account.key
    try:
        stored = kept.local_files.book.save(stored)
        kept.local_files.book.use(stored.name)
    except StorageError:
        with contextlib.suppress(StorageError):  # the first error is the one to tell
            if before.credentials is not None and before.elsewhere is None:
                kept.secrets.write(key, before.credentials)
            else:
                kept.secrets.remove(key)
        raise
    return stored


async def _end_replaced(connection: Connection, token: str) -> tuple[str, ...]:
    try:
        await connection.client.logout(token)
    except TokenExpired:
        return ()  # it had ended by itself
    except (ServerError, OutOfReach) as error:
        return (f"The token of the earlier login could not be ended: {error.message}",)
    return ("The token of the earlier login was ended.",)


def _label_for(workspace: Workspace, origin: Origin, email: str, name: str) -> str:
    """The label of this login's part of the configuration: the app is not known yet.

    By the name that it is given or has here, else by the one part with this address.
    """
    parts = workspace.config.accounts
    book = workspace.local_files.book.all() if parts else ()
    kept = {one.name for one in book if (one.account.origin, one.account.user) == (origin, email)}
    names = [part for part in parts if part in {name, *kept}] or [
        part for part in parts if part.startswith(f"{email}@") or part == email
    ]
    return parts[names[0]].label if len(names) == 1 else ""


def _must_be_a_secret(text: str, what: str) -> None:
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigError(
            f"This can be no {what}: it is empty or holds characters that none has",
            "Give it alone, on one line.",
        )
