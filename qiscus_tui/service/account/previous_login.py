"""What a login replaces: the same account's earlier secrets, wherever they are."""

import contextlib
from dataclasses import dataclass

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Account, Credentials, Storage
from qiscus_tui.service.account_storage import AccountStorage
from qiscus_tui.service.workspace import Workspace
from qiscus_tui.store.secrets import SecretStore


@dataclass(frozen=True)
class PreviousLogin:
    """What an earlier login of the same account left here."""

    credentials: Credentials | None = None
    account: Account | None = None
    """What it knew of the account."""
    name: str = ""
    """What the account is called here."""
    elsewhere: SecretStore | None = None
    """Where that is, if it is another place than the new one."""
    trouble: str = ""
    """Why it can't be told, in the user's words."""

    def leave(self, key: str) -> tuple[str, ...]:
        """Take the secrets away from the other place; gives what the user should know."""
        if self.elsewhere is None:
            return (self.trouble,) if self.trouble else ()
        where = self.elsewhere.where
        try:
            self.elsewhere.remove(key)
        except StorageError as error:
            return (f"The earlier login's secrets are still in {where}: {error.message}",)
        return (f"The earlier login's secrets were removed from {where}.",)


def holder_here(workspace: Workspace, unsure: Account, long_lived: str) -> Account:
    """The account of the same app that is kept here with this very token, else the given one."""
    for stored in workspace.local_files.book.all():
        account = stored.account
        if (account.origin, account.app_code) != (unsure.origin, unsure.app_code):
            continue
        with contextlib.suppress(StorageError):  # a place that can't be read tells nothing
            found = workspace.secret_store(stored.storage).read(account.key)
            if found is not None and found.long_lived == long_lived:
                return account
    return unsure


def previous_login(workspace: Workspace, kept: AccountStorage, account: Account) -> PreviousLogin:
    """What this account had here. A login for this run only replaces none that is kept.

    An old place that can't be read stops no login: to log in again is what mends it.
    Raises StorageError where the list of accounts can't be read.
    """
    storage = kept.secrets.storage
    if storage is Storage.THIS_RUN:
        return PreviousLogin(kept.secrets.read(account.key))
    known = workspace.local_files.book.all()
    before = next((stored for stored in known if stored.account.key == account.key), None)
    if before is None:
        return PreviousLogin()
    try:
        if before.storage is storage:
            return PreviousLogin(kept.secrets.read(account.key), before.account, before.name)
        store = workspace.secret_store(before.storage)
        return PreviousLogin(store.read(account.key), before.account, before.name, elsewhere=store)
    except StorageError as error:
        trouble = _could_not(before.storage, storage, error)
        return PreviousLogin(account=before.account, name=before.name, trouble=trouble)


def _could_not(old: Storage, new: Storage, error: StorageError) -> str:
    if old is new:
        return f"The token of the earlier login could not be ended: {error.message}"
    return (
        f"The earlier login's secrets are still in the {old.value}, and its token lives on: "
        f"{error.message}"
    )
