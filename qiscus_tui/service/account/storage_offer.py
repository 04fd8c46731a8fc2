"""Where a new login can be stored; nothing is written before the user knows."""

from dataclasses import dataclass

from qiscus_tui.model.account import Storage
from qiscus_tui.service.account.storage import AccountStorage
from qiscus_tui.service.account.workspace import Workspace


@dataclass(frozen=True)
class StorageOffer:
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
        return StorageOffer(choice, workspace.secret_store(choice).where)
    from qiscus_tui.store.keyring_store import NoKeyring, find_keyring

    found = find_keyring()
    if isinstance(found, NoKeyring):
        where = workspace.secret_store(Storage.FILE).where
        return StorageOffer(Storage.FILE, where, found.reason)
    return StorageOffer(Storage.KEYRING, found.where)


def keep_in(workspace: Workspace, storage: Storage) -> AccountStorage:
    """Return the place itself, after consent. Raises StorageError."""
    return AccountStorage(workspace.secret_store(storage), workspace.local_files)
