"""The key that plan files of this user on this machine are sealed with."""

import secrets

from msgspec import Struct

from qiscus_tui.store.jsonfile import JsonFile
from qiscus_tui.store.paths import Paths

_LENGTH = 32


class _Key(Struct, omit_defaults=True):
    key: str = ""
    """Hex digits; empty before the first plan file."""


def plan_key(paths: Paths) -> bytes:
    """Return the key, which is made at its first use. Raises StorageError."""
    lost = "Plan files that were written before can't be applied: make the plans again."
    file = JsonFile(paths, paths.plan_key_file, _Key, lost)
    if not (key := file.read().key):
        with file.changing() as content:
            content.key = key = content.key or secrets.token_hex(_LENGTH)
    return key.encode()
