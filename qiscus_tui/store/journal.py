"""The journal of revoke-all: lets the next start explain a crash in the middle of one.

`pending` before the call, `stored` once the new tokens are on the disk, cleared at the end. It
holds no secrets.
"""

import enum
import time
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.timestamps import EpochSeconds
from qiscus_tui.store.jsonfile import JsonFile, decoded
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.processes import Process, Running, this_process

_LONGEST = 3600.0
"""Seconds; no revoke-all takes as long."""


class JournalState(enum.Enum):
    """How far a revoke-all came."""

    PENDING = "pending"
    """It may have reached the server; whether the new tokens were stored is unknown."""
    STORED = "stored"
    """The new tokens are stored."""


class JournalEntry(Struct, frozen=True):
    """A revoke-all that was started and not cleared."""

    account_key: str
    account_name: str
    state: JournalState
    process: Process
    at: float
    """When it was started: epoch seconds; 0 where that can't be read."""
    crashed: bool = False
    """Whether its process is gone. One that is still running may yet finish.

    One that can't be asked about (another machine's, an entry that is damaged) is gone after an
    hour.
    """


class _Begun(Struct):
    """An entry of the file."""

    name: str
    state: JournalState
    process: Process
    at: EpochSeconds


class Journal:
    """Writes and reads the journal, under the account's lock. All of it raises StorageError."""

    def __init__(self, paths: Paths, now: Callable[[], float] = time.time) -> None:
        lost = "See the sessions: qiscus-tui sessions"
        self._file = JsonFile(paths, paths.journal_file, lost, "entries")
        self._now = now

    def pending(self, account_key: str, account_name: str) -> None:
        """Record that a revoke-all of this account is about to be sent."""
        begun = _Begun(account_name, JournalState.PENDING, this_process(), self._now())
        self._file.put("entries", account_key, begun)

    def stored(self, account_key: str) -> None:
        """Record that its new tokens are on the disk."""
        with self._file.changing() as fields:
            entries = fields.table("entries")
            if account_key in entries:
                begun = _begun(account_key, entries[account_key])
                entries[account_key] = replace(begun, state=JournalState.STORED)

    def clear(self, account_key: str) -> None:
        """Remove the entry: the revoke-all is done, or was explained to the user."""
        self._file.remove(account_key, "entries")

    def unfinished(self) -> tuple[JournalEntry, ...]:
        """Return every entry that was not cleared, including those of running processes."""
        entries = self._file.read().table("entries").items()
        begun = ((key, _begun(key, value)) for key, value in entries)
        return tuple(
            JournalEntry(key, one.name, one.state, one.process, one.at, self._crashed(one))
            for key, one in begun
        )

    def _crashed(self, one: _Begun) -> bool:
        match one.process.running():
            case Running.YES:
                return False
            case Running.NO:
                return True
            case Running.UNKNOWN:
                return self._now() - one.at > _LONGEST


def _begun(key: str, value: object) -> _Begun:
    """Return the entry. A damaged one may have reached the server, by an unknown process."""
    return decoded(value, _Begun) or _Begun(key, JournalState.PENDING, Process("", 0, ""), 0.0)
