"""Where a new login can be kept, said before anything is written."""

from dataclasses import dataclass

from qiscus_tui.model.account import Storage
from qiscus_tui.service.account_storage import AccountStorage
from qiscus_tui.service.workspace import Workspace


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


def offer(workspace: Workspace, choice: Storage | None) -> StorageOffer:
    """Return where a new login is stored: `choice`, else the keyring, else the file.

    Raises StorageError: a keyring that is locked or fails never turns into the file silently.
    """
    if not workspace.local_files.persistent:
        return StorageOffer(Storage.THIS_RUN, "this run only", "the demo keeps nothing")
    if choice is not None:
        return StorageOffer(choice, workspace.secret_store(choice).where)
    from qiscus_tui.store.keyring_store import NoKeyring, find_keyring

    found = find_keyring()
    if isinstance(found, NoKeyring):
        where = workspace.secret_store(Storage.FILE).where
        return StorageOffer(Storage.FILE, where, found.reason)
    return StorageOffer(Storage.KEYRING, found.where)


def keep_in(workspace: Workspace, storage: Storage) -> AccountStorage:
    """The place itself, after consent. THIS_RUN keeps the secrets in memory.

    Raises StorageError.
    """
    return AccountStorage(workspace.secret_store(storage), workspace.local_files)
