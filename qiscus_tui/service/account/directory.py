"""The accounts of this machine: lists and chooses them. No server is called."""

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.errors import NoAccount, UsageError
from qiscus_tui.model.account import Account, Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import (
    AccountOptions,
    SelectedAccount,
    configured,
    must_not_come_from_environment,
)
from qiscus_tui.service.account.workspace import Workspace

CHOSEN_HERE = "chosen in the app"


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


def must_be_free_to_choose(workspace: Workspace) -> None:
    """Raise UsageError where the environment has chosen the account. Raises ConfigError."""
    why = "it takes precedence over a choice made here"
    must_not_come_from_environment(workspace.environ, why)


def switched_to(workspace: Workspace, name: str) -> SelectedAccount:
    """Return the account of this name, and remember it as the one used last. Uses files.

    Raises UsageError where the environment holds credentials, NoAccount, StorageError.
    """
    must_be_free_to_choose(workspace)
    selected = account_named(workspace, name)
    workspace.local_files.book.use(selected.name)
    workspace.local_files.book.note_use(selected.account.key, workspace.clock.now())
    return selected


def account_named(workspace: Workspace, name: str) -> SelectedAccount:
    """Return the account of this name. Raises NoAccount, StorageError."""
    stored = workspace.local_files.book.find(name)
    if stored is None:
        raise NoAccount(
            f"There is no account '{safe(name, 100)}' here any longer",
            "It was logged out or forgotten meanwhile. Add it again with a login.",
        )
    return SelectedAccount(configured(stored, workspace.config), CHOSEN_HERE)
