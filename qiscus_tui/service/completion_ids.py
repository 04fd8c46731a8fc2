"""Ids that were listed last, for the shell's completion. They are no secrets."""

import contextlib
from collections.abc import Iterable
from itertools import islice

from msgspec import Struct

from qiscus_tui.errors import StorageError
from qiscus_tui.model.session import is_full_id
from qiscus_tui.service.account_storage import LocalFiles
from qiscus_tui.store.jsonfile import JsonFile

PATIENCE = 0.5
"""Seconds that a list may be held up by its completion."""

MOST = 500
"""More would help nobody who types."""


def remember_ids(local_files: LocalFiles, ids: Iterable[str]) -> None:
    """Keep the first of these ids, in place of those kept before."""
    # A list is worth more than its completion, and waits for nobody on its account.
    with contextlib.suppress(StorageError), _file(local_files).changing(PATIENCE) as content:
        content.ids = list(islice(ids, MOST))


def remembered_ids(local_files: LocalFiles) -> list[str]:
    """The ids that were kept. Raises StorageError."""
    ids = _file(local_files).read().ids
    return [one for one in ids if isinstance(one, str) and is_full_id(one)]


class _Ids(Struct, omit_defaults=True):
    ids: list[object] = []


def _file(local_files: LocalFiles) -> JsonFile[_Ids]:
    paths = local_files.paths
    return JsonFile(paths, paths.ids_file, _Ids, "List the sessions again.")
