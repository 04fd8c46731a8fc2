"""What was listed at the last visit, so that the next one can mark what is new.

Only salted fingerprints of (client, network) pairs are stored: the file does not reveal who logs
in from where.
"""

import hashlib
import os
from collections.abc import Iterable

from msgspec import Struct

from qiscus_tui.model.timestamps import EpochSeconds
from qiscus_tui.store.jsonfile import JsonFile, decoded
from qiscus_tui.store.paths import Paths

Pair = tuple[str, str]
"""Client and network."""


class Seen(Struct, frozen=True):
    """The fingerprints that the last visit stored."""

    salt: str = ""
    prints: frozenset[str] | None = None
    """None before the first visit has ended."""

    def new_among(self, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Return the pairs that were not listed then; none on the first visit."""
        if self.prints is None:
            return frozenset()
        prints = self.prints
        return frozenset(p for p in set(pairs) if _fingerprint(self.salt, p) not in prints)


class LastList(Struct, frozen=True):
    """What the list of an account had when it was last seen here."""

    live: int
    is_whole: bool
    """Whether every live session was listed; there are more otherwise."""
    at: EpochSeconds
    """When it was read: this machine's clock."""


class _Visits(Struct, omit_defaults=True):
    salt: str = ""
    seen: dict[str, object] = {}
    """Lists of fingerprints by the account's key."""
    lists: dict[str, object] = {}
    """What the last list of each account had, by its key."""


class Visits:
    """Reads and replaces what was seen. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Continue: nothing is marked as new on this visit."
        self._file = JsonFile(paths, paths.visits_file, _Visits, lost)

    def last(self, account_key: str) -> Seen:
        """Return what was listed at the account's last visit."""
        content = self._file.read()
        return Seen(content.salt, decoded(content.seen.get(account_key), frozenset[str]))

    def new_pairs(self, account_key: str, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Return the pairs that were not listed at the last visit; none on the first one."""
        return self.last(account_key).new_among(pairs)

    def remember(self, account_key: str, pairs: Iterable[Pair]) -> None:
        """End a visit: store exactly these, and forget what is no longer listed."""
        with self._file.changing() as content:
            content.seen[account_key] = sorted(_prints(content, pairs))

    def add(self, account_key: str, pairs: Iterable[Pair]) -> None:
        """End a visit that listed only a part: store these and what was stored before."""
        with self._file.changing() as content:
            earlier = decoded(content.seen.get(account_key), frozenset[str]) or frozenset()
            content.seen[account_key] = sorted(_prints(content, pairs) | earlier)

    def note_list(self, account_key: str, found: LastList) -> None:
        """Store what the account's list has."""
        with self._file.changing() as content:
            content.lists[account_key] = found

    def last_lists(self) -> dict[str, LastList]:
        """Return what the list of each account had when it was last seen, by its key."""
        stored = self._file.read().lists.items()
        found = ((key, decoded(value, LastList)) for key, value in stored)
        return {key: one for key, one in found if one is not None}

    def forget(self, account_key: str) -> None:
        """Forget an account that was removed from this machine."""
        with self._file.changing() as content:
            content.seen.pop(account_key, None)
            content.lists.pop(account_key, None)


def _prints(content: _Visits, pairs: Iterable[Pair]) -> set[str]:
    content.salt = content.salt or os.urandom(16).hex()
    return {_fingerprint(content.salt, pair) for pair in pairs}


def _fingerprint(salt: str, pair: Pair) -> str:
    text = "\0".join((salt, *pair))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
