"""What was listed at the last visit, so that the next one can mark what is new.

Only salted fingerprints of (client, network) pairs are kept: the file tells nobody who logs in
from where.
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import Struct

from qiscus_tui.store.jsonfile import JsonFile, decoded
from qiscus_tui.store.paths import Paths

Pair = tuple[str, str]
"""Client and network."""


@dataclass(frozen=True)
class Seen:
    """What the last visit left."""

    salt: str = ""
    prints: frozenset[str] | None = None
    """Fingerprints; None before the first visit has ended."""

    def new_among(self, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Those of the pairs that were not there; none on the first visit."""
        if self.prints is None:
            return frozenset()
        prints = self.prints
        return frozenset(p for p in set(pairs) if _fingerprint(self.salt, p) not in prints)


class _Visits(Struct, omit_defaults=True):
    salt: str = ""
    seen: dict[str, object] = {}
    """Lists of fingerprints by the account's key."""


class Visits:
    """Reads and replaces what was seen. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Go on: nothing is marked as new on this visit."
        self._file = JsonFile(paths, paths.visits_file, _Visits, lost)

    def last(self, account_key: str) -> Seen:
        """What the account's last visit left."""
        content = self._file.read()
        return Seen(content.salt, decoded(content.seen.get(account_key), frozenset[str]))

    def seen(self, account_key: str) -> frozenset[str] | None:
        """Fingerprints of the last visit; None before the first one has ended."""
        return self.last(account_key).prints

    def new_pairs(self, account_key: str, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Those of the pairs that were not there at the last visit; none on the first one."""
        return self.last(account_key).new_among(pairs)

    def remember(self, account_key: str, pairs: Iterable[Pair]) -> None:
        """A visit ends: keep exactly these, and forget what is no longer listed."""
        self._keep(account_key, pairs, frozenset())

    def add(self, account_key: str, pairs: Iterable[Pair]) -> None:
        """A visit ends that saw a part of the list only: keep these besides what was seen."""
        self._keep(account_key, pairs, self.seen(account_key) or frozenset())

    def _keep(self, account_key: str, pairs: Iterable[Pair], besides: frozenset[str]) -> None:
        with self._file.changing() as content:
            content.salt = content.salt or os.urandom(16).hex()
            prints = {_fingerprint(content.salt, pair) for pair in pairs}
            content.seen[account_key] = sorted(prints | besides)

    def forget(self, account_key: str) -> None:
        """The account is gone from this machine."""
        with self._file.changing() as content:
            content.seen.pop(account_key, None)


def _fingerprint(salt: str, pair: Pair) -> str:
    text = "\0".join((salt, *pair))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
