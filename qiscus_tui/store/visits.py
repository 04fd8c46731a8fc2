"""What was listed at the last visit, so that the next one can mark what is new.

Only salted fingerprints of (client, network) pairs are kept: the file tells nobody who logs in
from where.
"""

import hashlib
import os
from collections.abc import Iterable
from typing import cast

from qiscus_tui.store.jsonfile import Content, JsonFile, table
from qiscus_tui.store.paths import Paths

Pair = tuple[str, str]
"""Client and network."""


class Visits:
    """Reads and replaces what was seen. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Go on: nothing is marked as new on this visit."
        self._file = JsonFile(paths, paths.visits_file, lost)

    def seen(self, account_key: str) -> frozenset[str] | None:
        """Fingerprints of the last visit; None before the first one has ended."""
        prints = table(self._file.read(), "seen").get(account_key)
        if not isinstance(prints, list):
            return None
        return frozenset(str(one) for one in cast("list[object]", prints))

    def new_pairs(self, account_key: str, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Those of the pairs that were not there at the last visit; none on the first one."""
        seen = self.seen(account_key)
        if seen is None:
            return frozenset()
        salt = _salt(self._file.read())
        return frozenset(pair for pair in set(pairs) if _fingerprint(salt, pair) not in seen)

    def remember(self, account_key: str, pairs: Iterable[Pair]) -> None:
        """A visit ends: keep exactly these, and forget what is no longer listed."""
        with self._file.changing() as content:
            salt = _salt(content) or os.urandom(16).hex()
            content["salt"] = salt
            prints = sorted({_fingerprint(salt, pair) for pair in pairs})
            table(content, "seen")[account_key] = prints

    def forget(self, account_key: str) -> None:
        """The account is gone from this machine."""
        with self._file.changing() as content:
            table(content, "seen").pop(account_key, None)


def _salt(content: Content) -> str:
    salt = content.get("salt")
    return salt if isinstance(salt, str) else ""


def _fingerprint(salt: str, pair: Pair) -> str:
    text = "\0".join((salt, *pair))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
