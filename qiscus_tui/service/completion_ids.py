"""The ids that were listed last, for shell completion. They are not secret."""

import contextlib
from collections.abc import Iterable
from itertools import islice

from msgspec import Struct

from qiscus_tui.errors import StorageError
from qiscus_tui.model.session import is_full_id
from qiscus_tui.service.account_storage import LocalFiles
from qiscus_tui.store.jsonfile import JsonFile

LOCK_TIMEOUT = 0.5
"""Seconds that completion may delay a list."""

MOST = 500
"""Ids that are stored; more would not help at a prompt."""


def remember_ids(local_files: LocalFiles, ids: Iterable[str]) -> None:
    """Store the first of these ids in place of the earlier ones; on failure do nothing."""
    with contextlib.suppress(StorageError), _file(local_files).changing(LOCK_TIMEOUT) as content:
        content.ids = list(islice(ids, MOST))


def remembered_ids(local_files: LocalFiles) -> list[str]:
    """Return the stored ids. Raises StorageError."""
    ids = _file(local_files).read().ids
    return [one for one in ids if isinstance(one, str) and is_full_id(one)]


class _Ids(Struct, omit_defaults=True):
    ids: list[object] = []


def _file(local_files: LocalFiles) -> JsonFile[_Ids]:
    paths = local_files.paths
    return JsonFile(paths, paths.ids_file, _Ids, "List the sessions again.")
