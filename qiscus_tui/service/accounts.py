"""The accounts of this machine: seen, chosen, forgotten. No server is asked."""

import asyncio
from dataclasses import dataclass

from qiscus_tui.errors import LoginNeeded, NoAccount, UsageError
from qiscus_tui.model.text import safe
from qiscus_tui.service.choice import ENVIRONMENT_NAME, Choice, configured
from qiscus_tui.service.logout import forget
from qiscus_tui.service.workspace import Workspace
from qiscus_tui.store.accounts import StoredAccount


@dataclass(frozen=True)
class KnownAccount:
    """One account, and whether this run would use it."""

    stored: StoredAccount
    chosen_by: str
    """Why a command uses it, empty where it does not."""


def accounts(workspace: Workspace) -> list[KnownAccount]:
    """Every account: the environment's, then those kept here. Raises ConfigError, StorageError."""
    chosen = _chosen(workspace)
    kept = list(workspace.disk.book.all()) if workspace.disk else []
    stored = [configured(one, workspace.config) for one in kept]
    if chosen is not None and chosen.given is not None:
        stored.insert(0, chosen.stored)
    by = {chosen.name: chosen.by} if chosen is not None else {}
    return [KnownAccount(one, by.get(one.name, "")) for one in stored]


def _chosen(workspace: Workspace) -> Choice | None:
    try:
        return workspace.choose()
    except (LoginNeeded, UsageError) as error:
        if isinstance(error, NoAccount) or type(error) is UsageError:
            return None  # none here, or several and none chosen: that is no error of a list
        raise


def use(workspace: Workspace, name: str) -> None:
    """Choose the account for the next time. Raises NoAccount, StorageError."""
    if workspace.disk is None:
        raise _demo_has_none(name)
    workspace.disk.book.use(name)


async def forget_account(workspace: Workspace, name: str) -> bool:
    """Forget the account on this machine, its secrets first; its tokens live on.

    Gives whether it held a short-lived token that may still live. Raises NoAccount, StorageError.
    """
    book = workspace.disk.book if workspace.disk else None
    stored = await asyncio.to_thread(book.find, name) if book else None
    if stored is None:
        raise _demo_has_none(name) if book is None else _unknown(name)
    connection = workspace.connect(Choice(stored, "accounts forget"))
    try:
        held = await asyncio.to_thread(connection.keeping.secrets.read, stored.account.key)
        await forget(connection)
    finally:
        await connection.close()
    return held is not None and held.short_lived is not None


def _unknown(name: str) -> NoAccount:
    if name == ENVIRONMENT_NAME:
        return NoAccount(
            "The environment's account is not kept here", "Unset its variables to be without it."
        )
    return NoAccount(f"There is no account '{safe(name, 100)}' here", "See: qiscus-tui accounts")


def _demo_has_none(name: str) -> NoAccount:
    return NoAccount(f"The demo keeps no account '{safe(name, 100)}'", "Leave --demo out.")
