"""What this machine remembers in passing: small files, without tokens.

What was verified, listed, checked and shown, by server and app or by the account's key.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping
from itertools import islice

from msgspec import Struct

from qiscus_tui.errors import StorageError
from qiscus_tui.model.ids import is_full_id, sha256
from qiscus_tui.model.timestamps import EpochSeconds
from qiscus_tui.store.jsonfile import Fields, JsonFile, decoded
from qiscus_tui.store.paths import Paths

Pair = tuple[str, str]
"""Client and network."""

# On which servers the revoke call was seen to work, so that only its first use is a trial


class VerifiedCalls:
    """Remembers whether the revoke call of one server and app works. All raises StorageError."""

    def __init__(self, paths: Paths, origin: str, app_id: str, call: str) -> None:
        """`call` is the path and field as configured: another call needs a trial of its own."""
        lost = "Run it again: the next revoke begins with a trial."
        self._file = JsonFile(paths, paths.verified_file, lost, "verified")
        self._key = f"{origin} {app_id}"
        self._call = call

    def is_verified(self) -> bool:
        """Return whether this very call was seen to end a session there."""
        return self._file.entry("verified", self._key, str) == self._call

    def remember(self) -> None:
        """Remember that it was seen to end a session."""
        self._file.put("verified", self._key, self._call)

    def forget(self) -> None:
        """Make the next use a trial again: the call was seen to fail."""
        self._file.remove(self._key, "verified")


# What was listed at the last visit, as salted fingerprints: the file does not show who logs in


class Seen(Struct, frozen=True):
    """The fingerprints of (client, network) pairs that the last visit stored."""

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


class Visits:
    """Reads and replaces what was seen, by the account's key. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Continue: nothing is marked as new on this visit."
        self._file = JsonFile(paths, paths.visits_file, lost, "seen", "lists")

    def last(self, account_key: str) -> Seen:
        """Return what was listed at the account's last visit."""
        fields = self._file.read()
        return Seen(fields.text("salt"), _prints(fields, account_key))

    def new_pairs(self, account_key: str, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Return the pairs that were not listed at the last visit; none on the first one."""
        return self.last(account_key).new_among(pairs)

    def remember(
        self, account_key: str, pairs: Iterable[Pair], found: LastList | None = None
    ) -> None:
        """End a visit: store these pairs, and what the list had.

        What is no longer listed is forgotten, unless the list was incomplete.
        """
        with self._file.changing() as fields:
            salt = fields.text("salt") or os.urandom(16).hex()
            prints = {_fingerprint(salt, pair) for pair in pairs}
            if found is not None and not found.is_whole:
                prints |= _prints(fields, account_key) or set()
            fields["salt"] = salt
            fields.table("seen")[account_key] = sorted(prints)
            if found is not None:
                fields.table("lists")[account_key] = found

    def last_lists(self) -> dict[str, LastList]:
        """Return what the list of each account had when it was last seen, by its key."""
        stored = self._file.read().table("lists").items()
        found = ((key, decoded(value, LastList)) for key, value in stored)
        return {key: one for key, one in found if one is not None}

    def forget(self, account_key: str) -> None:
        """Forget an account that was removed from this machine."""
        self._file.remove(account_key, "seen", "lists")


def _prints(fields: Fields, account_key: str) -> frozenset[str] | None:
    return decoded(fields.table("seen").get(account_key), frozenset[str])


def _fingerprint(salt: str, pair: Pair) -> str:
    return sha256("\0".join((salt, *pair)))[:16]


# What `check --new` saw

MOST_PAIRS = 50_000
"""Pairs that are remembered of an account; those not seen for longest are forgotten first."""


class Checked(Struct, frozen=True):
    """What the checks of one account saw."""

    pairs: Mapping[str, EpochSeconds] = {}
    """When each pair of client and network was seen last, by fingerprint; server's clock."""
    returned: Mapping[str, EpochSeconds] = {}
    """Creation of the newest session of each revoked pair that was reported as returned."""


class Checks:
    """Reads and extends what was seen, by the account's key. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Run it again with --new: that check is taken for the first."
        self._file = JsonFile(paths, paths.checks_file, lost, "accounts")

    def seen(self, account_key: str, filter_text: str = "") -> Checked | None:
        """Return what earlier checks of the account saw, with this filter; None before the first.

        Checks with another filter see other sessions: each filter has a state of its own.
        """
        return self._file.entry("accounts", _checked_key(account_key, filter_text), Checked)

    def remember(self, account_key: str, new: Checked, filter_text: str = "") -> None:
        """Add what a check saw to what is there now: another check may have ended meanwhile."""
        key = _checked_key(account_key, filter_text)
        with self._file.changing() as fields:
            accounts = fields.table("accounts")
            old = decoded(accounts.get(key), Checked) or Checked()
            pairs = _latest(old.pairs, new.pairs)
            newest = sorted(pairs, key=lambda one: pairs[one], reverse=True)[:MOST_PAIRS]
            accounts[key] = Checked(
                {one: pairs[one] for one in newest}, _latest(old.returned, new.returned)
            )

    def forget(self, account_key: str) -> None:
        """Forget an account that was removed from this machine."""
        with self._file.changing() as fields:
            accounts = fields.table("accounts")
            for key in [one for one in accounts if one.partition(_NARROWED)[0] == account_key]:
                del accounts[key]


_NARROWED = " narrowed by "


def _checked_key(account_key: str, filter_text: str) -> str:
    """Return the key of a state; the file has no filter in it, which may name a token."""
    if not filter_text:
        return account_key
    return f"{account_key}{_NARROWED}{sha256(filter_text)[:16]}"


def _latest(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {key: max(one.get(key, 0.0), other.get(key, 0.0)) for key in {**one, **other}}


# How things were shown last


class ShownAs(Struct, frozen=True):
    """As sessions or groups, and in which order. Keys are the words of the command line."""

    is_grouped: bool
    group_by: tuple[str, ...]
    group_sort: str
    group_reverse: bool
    sort: str
    reverse: bool


class ShownLists:
    """Remembers how each account's list was shown, and the theme. All raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Continue: the list is shown as usual."
        self._file = JsonFile(paths, paths.shown_file, lost, "shown")

    def last(self, account_key: str) -> ShownAs | None:
        """Return how the account's list was shown last; None where that is not stored."""
        return self._file.entry("shown", account_key, ShownAs)

    def remember(self, account_key: str, shown: ShownAs) -> None:
        """Store how the account's list is shown."""
        self._file.put("shown", account_key, shown)

    def theme(self) -> str:
        """Return the theme that was chosen last in the app; empty for none."""
        return self._file.read().text("theme")

    def remember_theme(self, name: str) -> None:
        """Store a theme that was chosen."""
        with self._file.changing() as fields:
            fields["theme"] = name

    def forget(self, account_key: str) -> None:
        """Forget an account that was removed from this machine."""
        self._file.remove(account_key, "shown")


# The ids that `sessions` listed last: for shell completion, and to know an id that has ended

LOCK_TIMEOUT = 0.5
"""Seconds that completion may delay a list."""

MOST_IDS = 5000
"""Ids that are stored."""

IDS_AT_A_PROMPT = 500
"""Ids that completion offers; more would not help."""


def remember_ids(paths: Paths, ids: Iterable[str], account_key: str = "") -> None:
    """Store the first of these ids of one account, not the earlier; on failure do nothing."""
    with contextlib.suppress(StorageError), _ids_file(paths).changing(LOCK_TIMEOUT) as fields:
        fields["ids"], fields["account"] = list(islice(ids, MOST_IDS)), account_key


def remembered_ids(paths: Paths, account_key: str | None = None) -> list[str]:
    """Return the stored ids of this account, or some for a prompt. Raises StorageError."""
    fields = _ids_file(paths).read()
    ids = decoded(fields.get("ids"), list[object]) or []
    if account_key is None:
        ids = ids[:IDS_AT_A_PROMPT]
    elif fields.get("account") != account_key:
        ids = []
    return [one for one in ids if isinstance(one, str) and is_full_id(one)]


def _ids_file(paths: Paths) -> JsonFile:
    return JsonFile(paths, paths.ids_file, "List the sessions again.")
