"""Lists, chooses and forgets the accounts of this machine. No server is called."""

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.errors import NoAccount, StorageError, UsageError
from qiscus_tui.model.account import Account, Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import (
    ENVIRONMENT_NAME,
    AccountOptions,
    SelectedAccount,
    configured,
)
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.audit_records import AuditKind


class KnownAccount(Struct, frozen=True):
    """One account in a list."""

    name: str
    account: Account
    storage: Storage
    last_used: float | None = None
    """Epoch seconds; None where unknown."""
    chosen_by: str = ""
    """Why a command uses it; empty where it does not."""

    @property
    def is_kept(self) -> bool:
        """Whether it is stored on this machine beyond this run."""
        return self.storage.stores_logins


def kept_accounts(workspace: Workspace) -> list[KnownAccount]:
    """Return the accounts that are stored here, oldest first. Raises StorageError."""
    book = workspace.local_files.book
    uses = book.last_uses()
    stored = [configured(one, workspace.config) for one in book.all()]
    return [
        KnownAccount(one.name, one.account, one.storage, uses.get(one.account.key))
        for one in stored
    ]


def last_logins(workspace: Workspace) -> dict[str, float]:
    """Return when each account logged in last, by its own name, as the audit log has it.

    Epoch seconds. Nothing where the log can't be read: the audit says why.
    """
    try:
        accesses = workspace.local_files.audit.accesses()
    except StorageError:
        return {}
    return {
        one.account: one.time for one in accesses if one.kind is AuditKind.LOGIN and not one.error
    }


def accounts(workspace: Workspace) -> list[KnownAccount]:
    """Return every account: the environment's, then those stored here; marks the one in use.

    Raises ConfigError, StorageError.
    """
    kept = kept_accounts(workspace)
    selected = _selected(workspace)
    if selected is None:
        return kept
    if selected.given is not None:
        storage = selected.stored.storage
        return [
            KnownAccount(selected.name, selected.account, storage, chosen_by=selected.by),
            *kept,
        ]
    return [
        replace(one, chosen_by=selected.by) if one.name == selected.name else one for one in kept
    ]


def _selected(workspace: Workspace) -> SelectedAccount | None:
    try:
        return workspace.choose()
    except NoAccount:
        return None
    except UsageError as error:
        # A list may have several accounts with none selected; an option that fails is an error.
        if type(error) is UsageError and workspace.account_options == AccountOptions():
            return None
        raise


def use(workspace: Workspace, name: str) -> None:
    """Make the account the one that is used by default. Raises NoAccount, StorageError."""
    workspace.local_files.book.use(name)


async def forget_account(workspace: Workspace, name: str) -> bool:
    """Forget the account on this machine, its secrets first; its tokens remain valid.

    Of the environment's account that is the short-lived token that is cached for it, whatever
    the variables are now. Return whether it held a short-lived token that may still be valid.
    Raises NoAccount, StorageError.
    """
    from asyncio import to_thread

    from qiscus_tui.service.account.logout import forget

    stored = await to_thread(workspace.local_files.book.find, name)
    if stored is None and name == ENVIRONMENT_NAME:
        return await to_thread(_forget_environment, workspace)
    if stored is None:
        raise NoAccount(f"There is no account '{safe(name, 100)}' here", "See: qiscus-tui accounts")
    connection = workspace.connect(SelectedAccount(stored, "accounts forget"))
    try:
        held = await to_thread(connection.account_storage.secrets.read, stored.account.key)
        await forget(connection)
    finally:
        await connection.close()
    return held is not None and held.short_lived is not None


def _forget_environment(workspace: Workspace) -> bool:
    from qiscus_tui.store.secrets import forget_environment_tokens

    if not forget_environment_tokens(workspace.local_files.paths):
        raise NoAccount(
            "Nothing is stored here for credentials of the environment",
            "To be without them, unset their variables.",
        )
    return True
