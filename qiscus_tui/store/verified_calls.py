"""On which servers the revoke call was seen to work, so that only its first use is a trial."""

from typing import Protocol

from msgspec import Struct

from qiscus_tui.store.jsonfile import JsonFile
from qiscus_tui.store.paths import Paths


class VerifiedCalls(Protocol):
    """Remembers verified revoke calls by server and app.

    `call` is the path and field as configured: with another call the trial begins anew.
    """

    def is_verified(self, origin: str, app_id: str, call: str) -> bool:
        """Whether this very call was seen to end a session there."""
        ...

    def remember(self, origin: str, app_id: str, call: str) -> None:
        """It was seen to end a session."""
        ...

    def forget(self, origin: str, app_id: str) -> None:
        """It was seen not to: the next use is a trial again."""
        ...


class _Verified(Struct, omit_defaults=True):
    verified: dict[str, object] = {}
    """Calls by server and app."""


class VerifiedRevokes:
    """Kept in the state folder. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Run it again: the next revoke begins with a trial."
        self._file = JsonFile(paths, paths.verified_file, _Verified, lost)

    def is_verified(self, origin: str, app_id: str, call: str) -> bool:
        return self._file.read().verified.get(_key(origin, app_id)) == call

    def remember(self, origin: str, app_id: str, call: str) -> None:
        with self._file.changing() as content:
            content.verified[_key(origin, app_id)] = call

    def forget(self, origin: str, app_id: str) -> None:
        with self._file.changing() as content:
            content.verified.pop(_key(origin, app_id), None)


class MemoryVerified:
    """Kept for this run only: the demo writes nothing."""

    def __init__(self) -> None:
        self._calls: dict[str, str] = {}

    def is_verified(self, origin: str, app_id: str, call: str) -> bool:
        return self._calls.get(_key(origin, app_id)) == call

    def remember(self, origin: str, app_id: str, call: str) -> None:
        self._calls[_key(origin, app_id)] = call

    def forget(self, origin: str, app_id: str) -> None:
        self._calls.pop(_key(origin, app_id), None)


def _key(origin: str, app_id: str) -> str:
    return f"{origin} {app_id}"
