"""The accounts of this machine: seen, chosen, forgotten. No server is asked."""

import asyncio
from dataclasses import dataclass, replace

from qiscus_tui.errors import NoAccount, UsageError
from qiscus_tui.model.account import Account, Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.logout import forget
from qiscus_tui.service.account_selection import (
    ENVIRONMENT_NAME,
    AccountOptions,
    SelectedAccount,
    configured,
)
from qiscus_tui.service.workspace import Workspace


@dataclass(frozen=True)
class KnownAccount:
    """One account as a list shows it."""

    name: str
    account: Account
    storage: Storage
    last_used: float | None = None
    """Epoch seconds; None where that is not known."""
    chosen_by: str = ""
    """Why a command uses it, empty where it does not."""

    @property
    def is_kept(self) -> bool:
        """Whether this machine knows it after this run, without the environment."""
        return self.storage.stores_logins


def kept_accounts(workspace: Workspace) -> list[KnownAccount]:
    """The accounts that are kept here, in the order of their adding. Raises StorageError."""
    book = workspace.local_files.book
    uses = book.last_uses()
    stored = [configured(one, workspace.config) for one in book.all()]
    return [
        KnownAccount(one.name, one.account, one.storage, uses.get(one.account.key))
        for one in stored
    ]


def accounts(workspace: Workspace) -> list[KnownAccount]:
    """Every account: the environment's, then those kept here, with the one that a command uses.

    Raises ConfigError, StorageError.
    """
    kept = kept_accounts(workspace)
    chosen = _chosen(workspace)
    if chosen is None:
        return kept
    if chosen.given is not None:
        storage = chosen.stored.storage
        return [KnownAccount(chosen.name, chosen.account, storage, chosen_by=chosen.by), *kept]
    return [replace(one, chosen_by=chosen.by) if one.name == chosen.name else one for one in kept]


def _chosen(workspace: Workspace) -> SelectedAccount | None:
    try:
        return workspace.choose()
    except NoAccount:
        return None
    except UsageError as error:
        # Several, and none chosen: that is no error of a list. A wish that can't be met is one.
        if type(error) is UsageError and workspace.account_options == AccountOptions():
            return None
        raise


def use(workspace: Workspace, name: str) -> None:
    """Choose the account for the next time. Raises NoAccount, StorageError."""
    workspace.local_files.book.use(name)


async def forget_account(workspace: Workspace, name: str) -> bool:
    """Forget the account on this machine, its secrets first; its tokens live on.

    Gives whether it held a short-lived token that may still live. Raises NoAccount, StorageError.
    """
    stored = await asyncio.to_thread(workspace.local_files.book.find, name)
    if stored is None:
        raise _unknown(name)
    connection = workspace.connect(SelectedAccount(stored, "accounts forget"))
    try:
        held = await asyncio.to_thread(connection.account_storage.secrets.read, stored.account.key)
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
