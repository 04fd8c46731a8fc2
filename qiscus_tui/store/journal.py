"""The journal of revoke-all: lets the next start explain a crash in the middle of one.

`pending` before the call, `stored` once the new tokens are on the disk, cleared when all is done.
It holds no secret.
"""

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from qiscus_tui.store.jsonfile import JsonFile, moment, table
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.processes import Process, Running, this_process


class JournalState(enum.Enum):
    """How far a revoke-all came."""

    PENDING = "pending"
    """It may have reached the server; the new tokens are not known to be stored."""
    STORED = "stored"
    """The new tokens are stored."""


@dataclass(frozen=True)
class JournalEntry:
    """A revoke-all that was begun and not cleared."""

    account_key: str
    account_name: str
    state: JournalState
    process: Process
    at: float
    """When it was begun: epoch seconds."""

    @property
    def crashed(self) -> bool:
        """Whether its process is known to be gone. One that still runs may yet finish."""
        return self.process.running() is Running.NO


class Journal:
    """Writes and reads the journal, under the account's lock. All of it raises StorageError."""

    def __init__(self, paths: Paths, now: Callable[[], float] = time.time) -> None:
        lost = "See the sessions: qiscus-tui sessions"
        self._file = JsonFile(paths, paths.journal_file, lost, ("entries",))
        self._now = now

    def pending(self, account_key: str, account_name: str) -> None:
        """A revoke-all of this account is about to be sent."""
        with self._file.changing() as content:
            table(content, "entries")[account_key] = {
                "name": account_name,
                "state": JournalState.PENDING.value,
                "process": this_process().to_json(),
                "at": self._now(),
            }

    def stored(self, account_key: str) -> None:
        """Its new tokens are on the disk."""
        with self._file.changing() as content:
            entries = table(content, "entries")
            if account_key in entries:
                table(entries, account_key)["state"] = JournalState.STORED.value

    def clear(self, account_key: str) -> None:
        """It is done, or was explained to the user."""
        with self._file.changing() as content:
            table(content, "entries").pop(account_key, None)

    def unfinished(self) -> tuple[JournalEntry, ...]:
        """Every entry that was not cleared, those of running processes too."""
        entries = table(self._file.read(), "entries")
        return tuple(_entry(key, value) for key, value in entries.items())


def _entry(key: str, value: object) -> JournalEntry:
    fields = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    stored = fields.get("state") == JournalState.STORED.value
    return JournalEntry(
        account_key=key,
        account_name=str(fields.get("name", key)),
        state=JournalState.STORED if stored else JournalState.PENDING,
        process=Process.from_json(fields.get("process")),
        at=moment(fields.get("at")) or 0.0,
    )
