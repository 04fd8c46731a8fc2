"""Where the secrets of an account are stored, and where a new login can be. Loads asyncio."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from msgspec import Struct, field

from qiscus_tui.model.account import Account, Storage
from qiscus_tui.model.masking import Unshown
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.workspace import LocalFiles, Workspace, secret_store
from qiscus_tui.store.account_lock import ACCOUNT_WAIT, account_lock
from qiscus_tui.store.secrets import SecretStore


class AccountStorage(Unshown, frozen=True):
    """Where one account's secrets and records are stored."""

    secrets: SecretStore
    local_files: LocalFiles

    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The tasks of this process queue here."""

    def is_in_book(self, account: Account) -> bool:
        """Return whether the book means these secrets: a later login may have stored others."""
        storage, book = self.secrets.storage, self.local_files.book
        return any(one.account.key == account.key and one.storage is storage for one in book.all())

    @contextlib.asynccontextmanager
    async def lock(self, account: Account, longest: float = ACCOUNT_WAIT) -> AsyncGenerator[None]:
        """Hold the account against every other task and process of this user.

        Waits for another process at most `longest` seconds. Not re-entrant. Raises StorageError.
        """
        async with self._turn:
            if self.secrets.storage is Storage.THIS_RUN:
                yield  # no other process knows these secrets, and the disk may be read-only
                return
            async with account_lock(self.local_files.paths.state_dir, account.key, longest):
                yield


def storage_of(workspace: Workspace, selected: SelectedAccount) -> AccountStorage:
    """Return where the account's secrets are. Raises StorageError."""
    secrets = secret_store(workspace, selected.stored.storage, selected.given)
    return AccountStorage(secrets, workspace.local_files)


def keep_in(workspace: Workspace, storage: Storage) -> AccountStorage:
    """Return the place of a new login, after consent. Raises StorageError."""
    return AccountStorage(secret_store(workspace, storage), workspace.local_files)


# Where a new login can be stored; nothing is written before the user knows


class StorageOffer(Struct, frozen=True):
    """The best place for new secrets."""

    storage: Storage
    where: str
    """The place as safe text: the keyring's name or the file's path."""
    reason: str = ""
    """Why it is not the keyring, or why nothing can be stored."""

    @property
    def needs_consent(self) -> bool:
        """Whether the user must agree first: a file is less safe than a keyring."""
        return self.storage is Storage.FILE


def offer(workspace: Workspace, choice: Storage | None) -> StorageOffer:
    """Return where a new login is stored: `choice`, else the keyring, else the file.

    Raises StorageError: a keyring that is locked or fails never turns into the file silently.
    May take 3 s: call it in a thread.
    """
    if not workspace.local_files.persistent:
        return StorageOffer(Storage.THIS_RUN, "this run only", "the demo stores nothing")
    if choice is not None:
        return StorageOffer(choice, secret_store(workspace, choice).where)
    from qiscus_tui.store.keyring_store import NoKeyring, find_keyring  # takes 180 ms to load

    found = find_keyring()
    if isinstance(found, NoKeyring):
        where = secret_store(workspace, Storage.FILE).where
        return StorageOffer(Storage.FILE, where, found.reason)
    return StorageOffer(Storage.KEYRING, found.where)
