"""Which ids an account is known to have listed: what it no longer lists is then gone."""

import contextlib
from collections.abc import Set

from qiscus_tui.errors import StorageError
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.store.state import remembered_ids


def seen_before(connection: Connection, ids: Set[str]) -> Set[str]:
    """Return those of these ids that were listed to this account, or revoked from it, before.

    Where that can't be read, none.
    """
    if not ids:
        return frozenset()
    account, files = connection.account, connection.account_storage.local_files
    with contextlib.suppress(StorageError):
        found = {
            one for intent in files.audit.intents() if intent.is_of(account) for one in intent.ids
        }
        return ids & found.union(remembered_ids(files.paths, account.key))
    return frozenset()
