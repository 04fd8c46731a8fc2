"""Secret stores that fail when a test tells them to."""

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials
from qiscus_tui.store.secrets import MemorySecrets


class FailingSecrets(MemorySecrets):
    """In memory; can't be proven writable, or can't be written, from now on."""

    def __init__(self) -> None:
        super().__init__()
        self.no_probe = False
        self.no_write = False

    def probe(self) -> None:
        if self.no_probe:
            raise StorageError("The secrets' file belongs to somebody else")

    def write(self, key: str, credentials: Credentials) -> None:
        if self.no_write:
            raise StorageError("No space left on device")
        super().write(key, credentials)
