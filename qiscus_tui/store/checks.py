"""What `check --new` saw: fingerprints of clients and networks, and times. No tokens."""

from collections.abc import Mapping

from msgspec import Struct

from qiscus_tui.model.timestamps import EpochSeconds
from qiscus_tui.store.jsonfile import JsonFile, decoded
from qiscus_tui.store.paths import Paths

MOST_PAIRS = 50_000
"""Pairs that are remembered of an account; those not seen for longest are forgotten first."""


class Seen(Struct, frozen=True):
    """What the checks of one account saw."""

    pairs: Mapping[str, EpochSeconds] = {}
    """When each pair of client and network was seen last, by fingerprint; server's clock."""
    returned: Mapping[str, EpochSeconds] = {}
    """Creation of the newest session of each revoked pair that was reported as returned."""


class _Checks(Struct, omit_defaults=True):
    accounts: dict[str, object] = {}
    """What was seen, by the account's key."""


class Checks:
    """Reads and extends what was seen. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Run it again with --new: that check is taken for the first."
        self._file = JsonFile(paths, paths.checks_file, _Checks, lost)

    def seen(self, account_key: str) -> Seen | None:
        """Return what earlier checks of the account saw; None before the first."""
        return decoded(self._file.read().accounts.get(account_key), Seen)

    def remember(self, account_key: str, new: Seen) -> None:
        """Add what a check saw to what is there now: another check may have ended meanwhile."""
        with self._file.changing() as content:
            old = decoded(content.accounts.get(account_key), Seen) or Seen()
            pairs = _latest(old.pairs, new.pairs)
            newest = sorted(pairs, key=lambda one: pairs[one], reverse=True)[:MOST_PAIRS]
            content.accounts[account_key] = {
                "pairs": {one: pairs[one] for one in newest},
                "returned": _latest(old.returned, new.returned),
            }

    def forget(self, account_key: str) -> None:
        """Forget an account that was removed from this machine."""
        with self._file.changing() as content:
            content.accounts.pop(account_key, None)


def _latest(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {key: max(one.get(key, 0.0), other.get(key, 0.0)) for key in {**one, **other}}
