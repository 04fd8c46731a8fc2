"""The ids that `sessions` listed last. They are not secret.

They are for shell completion, and show that an id that is no longer listed was this account's.
"""

import contextlib
from collections.abc import Iterable
from itertools import islice

from msgspec import Struct

from qiscus_tui.errors import StorageError
from qiscus_tui.model.session import is_full_id
from qiscus_tui.service.account.storage import LocalFiles
from qiscus_tui.store.jsonfile import JsonFile

LOCK_TIMEOUT = 0.5
"""Seconds that completion may delay a list."""

MOST = 5000
"""Ids that are stored."""

AT_A_PROMPT = 500
"""Ids that completion offers; more would not help."""


def remember_ids(local_files: LocalFiles, ids: Iterable[str], account_key: str = "") -> None:
    """Store the first of these ids of one account, not the earlier; on failure do nothing."""
    with contextlib.suppress(StorageError), _file(local_files).changing(LOCK_TIMEOUT) as content:
        content.ids, content.account = list(islice(ids, MOST)), account_key


def remembered_ids(local_files: LocalFiles, account_key: str | None = None) -> list[str]:
    """Return the stored ids of this account, or some for a prompt. Raises StorageError."""
    content = _file(local_files).read()
    if account_key is None:
        ids = content.ids[:AT_A_PROMPT]
    else:
        ids = content.ids if content.account == account_key else []
    return [one for one in ids if isinstance(one, str) and is_full_id(one)]


class _Ids(Struct, omit_defaults=True):
    ids: list[object] = []
    account: object = None
    """The key of the account that listed them."""


def _file(local_files: LocalFiles) -> JsonFile[_Ids]:
    paths = local_files.paths
    return JsonFile(paths, paths.ids_file, _Ids, "List the sessions again.")
