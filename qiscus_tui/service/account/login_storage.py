"""Stores a login: its secrets and its account, in place of what an earlier login left."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec.structs import replace

from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.model.account import Account, Credentials, Storage
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.account.audit_trail import AccessTrail
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.account.previous_login import (
    PreviousLogin,
    end_replaced,
    previous_login,
    was_renewed_elsewhere,
)
from qiscus_tui.service.account.selection import SelectedAccount, configured
from qiscus_tui.service.account.storage import AccountStorage
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.store.accounts import StoredAccount
from qiscus_tui.store.audit_records import AuditKind

UNWANTED_ANSWER = 1.6
"""Seconds to get the answer to a login that was cancelled, and to end its token."""


@dataclass(frozen=True)
class LoggedIn:
    """A login that was stored."""

    connection: Connection
    notes: tuple[str, ...] = ()
    """What the user should know."""
    was_known: bool = False
    """Whether this machine had the account before."""


async def _nothing_made(_limit: float | None) -> None:
    """Do nothing: this login made no token."""


async def store_login(
    workspace: Workspace,
    account_storage: AccountStorage,
    account: Account,
    credentials: Credentials,
    name: str,
    end_made: Callable[[float | None], Awaitable[None]] = _nothing_made,
) -> LoggedIn:
    """Store the account, and end the token that it replaces.

    Where it can't be stored, or a signal comes first, `end_made` ends the token of this login.
    """
    stored: StoredAccount | None = None
    made = credentials.short_lived
    try:
        async with account_storage.lock(account):
            before = await asyncio.to_thread(previous_login, workspace, account_storage, account)
            old = before.credentials
            if old and await was_renewed_elsewhere(workspace, account, credentials, old):
                await end_made(None)
                credentials = old
            with shield.held():  # a signal must not come between the answer and the disk
                stored, credentials = await asyncio.to_thread(
                    _write, workspace, account_storage, account, credentials, name, before
                )
                trail = AccessTrail(workspace.local_files, workspace.clock, workspace.warn)
                await trail.record(stored.account, AuditKind.LOGIN, made.token if made else None)
            notes = await asyncio.to_thread(_tidy_up, stored, before, name)
    except (QiscusTuiError, asyncio.CancelledError) as error:
        if stored is None:
            await end_made(UNWANTED_ANSWER if isinstance(error, asyncio.CancelledError) else None)
        raise
    selected = SelectedAccount(configured(stored, workspace.config), "login")
    connection = workspace.connection(selected, account_storage)
    replaced = old.short_lived if old is not None else None
    if replaced is not None and replaced != credentials.short_lived:
        notes += await end_replaced(connection, replaced.token)
    return LoggedIn(connection, notes, was_known=before != PreviousLogin())


def _write(
    workspace: Workspace,
    account_storage: AccountStorage,
    account: Account,
    credentials: Credentials,
    name: str,
    before: PreviousLogin,
) -> tuple[StoredAccount, Credentials]:
    """Write secrets and account; return them as they are stored. Raises StorageError."""
    made, secrets = credentials.short_lived, account_storage.secrets
    credentials = before.over(credentials)
    if made is None and before.account is not None:
        account = before.account  # an earlier login by password learned more of it
    secrets.write(account.key, credentials)
    short = credentials.short_lived
    own_id = fingerprint(short.token) if short else ""
    # Its section of config.toml, which may say readonly, may be found by the name that it has.
    is_configured = before.name != account.name and before.name in workspace.config.accounts
    name = before.name if is_configured else name
    stored = StoredAccount(name, account, secrets.storage, own_id, workspace.clock.now())
    if secrets.storage is not Storage.THIS_RUN:
        stored = _enter_in_book(account_storage, stored, before)
    return (stored if stored.name else replace(stored, name=account.name)), credentials


def _tidy_up(stored: StoredAccount, before: PreviousLogin, name: str) -> tuple[str, ...]:
    """Remove the earlier secrets from another place; return what the user should know."""
    if stored.storage is Storage.THIS_RUN:
        return ()
    return (
        *before.remove_elsewhere(stored.account.key),
        *before.about_name(name, stored.name),
    )


def _enter_in_book(
    account_storage: AccountStorage, stored: StoredAccount, before: PreviousLogin
) -> StoredAccount:
    """Return the account as the book has it. Where that fails, the secrets are put back."""
    key, book = stored.account.key, account_storage.local_files.book
    try:
        stored = book.save(stored)
        book.use(stored.name)
    except StorageError:
        with contextlib.suppress(StorageError):  # the first error is the one to report
            if before.credentials is not None and before.elsewhere is None:
                account_storage.secrets.write(key, before.credentials)
            else:
                account_storage.secrets.remove(key)
        raise
    return stored
