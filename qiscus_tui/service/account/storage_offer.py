"""Where a new login can be kept, said before anything is written."""

from dataclasses import dataclass

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.account_storage import (
    AccountStorage,
)
from qiscus_tui.service.workspace import Workspace
from qiscus_tui.store.config import StorageChoice


@dataclass(frozen=True)
class StorageOffer:
    """The best place that was found. May take 3 s to find out: ask in a thread."""

    storage: Storage
    where: str
    """The place in safe words: the keyring's name or the file's path."""
    reason: str = ""
    """Why it is not the keyring, or why nothing can be kept."""

    @property
    def needs_consent(self) -> bool:
        """Whether the user has to agree to it by name: a file is less than a keyring."""
        return self.storage is Storage.FILE


def offer(workspace: Workspace, wanted: StorageChoice | None = None) -> StorageOffer:
    """Where a new login goes: the keyring, else the file. Raises StorageError.

    `wanted` comes before the configuration. A keyring that is locked or fails is an error, never
    a silent step down to the file.
    """
    if not workspace.local_files.persistent:
        return StorageOffer(Storage.THIS_RUN, "this run only", "the demo keeps nothing")
    path = str(workspace.local_files.paths.secrets_file)
    choice = wanted or workspace.config.storage.backend
    if choice is StorageChoice.FILE:
        return StorageOffer(Storage.FILE, path)
    from qiscus_tui.store.keyring_store import NoKeyring, find_keyring

    found = find_keyring()
    if not isinstance(found, NoKeyring):
        return StorageOffer(Storage.KEYRING, found.where)
    if choice is StorageChoice.KEYRING:
        raise StorageError(
            f"The keyring cannot be used: {found.reason}",
            "Unlock or start it, or choose the file: --store file",
        )
    return StorageOffer(Storage.FILE, path, found.reason)


def keep_in(workspace: Workspace, storage: Storage) -> AccountStorage:
    """The place itself, after consent. THIS_RUN keeps the secrets in memory.

    Raises StorageError.
    """
    return AccountStorage(workspace.secret_store(storage), workspace.local_files)
