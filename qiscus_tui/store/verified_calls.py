"""On which servers the revoke call was seen to work, so that only its first use is a trial."""

from msgspec import Struct

from qiscus_tui.store.jsonfile import JsonFile
from qiscus_tui.store.paths import Paths


class _Verified(Struct, omit_defaults=True):
    verified: dict[str, object] = {}
    """Calls by server and app."""


class VerifiedCalls:
    """Remembers whether the revoke call of one server and app works. All raises StorageError."""

    def __init__(self, paths: Paths, origin: str, app_id: str, call: str) -> None:
        """`call` is the path and field as configured: another call needs a trial of its own."""
        lost = "Run it again: the next revoke begins with a trial."
        self._file = JsonFile(paths, paths.verified_file, _Verified, lost)
        self._key = f"{origin} {app_id}"
        self._call = call

    def is_verified(self) -> bool:
        """Return whether this very call was seen to end a session there."""
        return self._file.read().verified.get(self._key) == self._call

    def remember(self) -> None:
        """Remember that it was seen to end a session."""
        with self._file.changing() as content:
            content.verified[self._key] = self._call

    def forget(self) -> None:
        """Make the next use a trial again: the call was seen to fail."""
        with self._file.changing() as content:
            content.verified.pop(self._key, None)
