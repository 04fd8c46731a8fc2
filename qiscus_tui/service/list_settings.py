"""How the list of an account is shown, from one run to the next.

Where the file can't be used, the list is shown the usual way.
"""

import contextlib

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Account
from qiscus_tui.service.account_storage import LocalFiles
from qiscus_tui.store.shown_lists import ShownAs

__all__ = ["ShownAs", "last_shown", "remember_shown"]


def last_shown(local_files: LocalFiles, account: Account) -> ShownAs:
    """Return how the account's list was shown last; the usual way where that can't be read."""
    try:
        return local_files.shown_lists.last(account.key)
    except StorageError:
        return ShownAs()


def remember_shown(local_files: LocalFiles, account: Account, shown: ShownAs) -> None:
    """Store how the account's list is shown, if it can be stored. Uses files."""
    with contextlib.suppress(StorageError):
        local_files.shown_lists.remember(account.key, shown)
