"""Where secrets are stored, and where those of a new login can be."""

from msgspec import Struct

from qiscus_tui.errors import NoAccount
from qiscus_tui.model.account import Account, Credentials, Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.secrets import SecretStore, open_store


def secret_store(
    workspace: Workspace, storage: Storage, given: Credentials | None = None
) -> SecretStore:
    """Return the store of this kind; in the demo, memory. Raises StorageError."""
    kind = storage if workspace.local_files.persistent else Storage.THIS_RUN
    return open_store(kind, workspace.local_files.paths, given)


def stored_credentials(store: SecretStore, account: Account, name: str) -> Credentials:
    """Return the secrets as they are stored. Raises NoAccount where they are gone, StorageError."""
    found = store.read(account.key)
    if found is None:
        raise NoAccount(
            f"The secrets of the account {safe(name)} are gone",
            "It may have been logged out by another program. Log in again: qiscus-tui login",
        )
    return found


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

    try:
        return StorageOffer(Storage.KEYRING, find_keyring().where)
    except NoKeyring as error:
        where = secret_store(workspace, Storage.FILE).where
        return StorageOffer(Storage.FILE, where, error.reason)
