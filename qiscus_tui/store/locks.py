"""Locks between processes: one around each change of a file; that of an account is account_lock.

The kernel holds a lock, and releases it however its process ends. Its file is never removed: two
processes could then lock two files of the same name. A file system without locks is an error.
"""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.store.file_checks import failed, quoted, shown, symbolic_link
from qiscus_tui.store.files import FILE_MODE, prepare_folder

WAIT = 30.0
"""Seconds to wait for a lock."""


@contextmanager
def store_lock(folder: Path, timeout: float = WAIT) -> Generator[None]:
    """Lock the files of this user for one change. Raises StorageError.

    Where both are needed, the account's lock comes first.
    """
    lock = KernelLock(folder, "store.lock")
    if not lock.take(timeout):
        raise lock.busy(timeout)
    try:
        yield
    finally:
        lock.give_back()


class KernelLock:
    """The lock of one file. All of it raises StorageError."""

    def __init__(self, folder: Path, name: str) -> None:
        from filelock import FileLock  # loads asyncio: a stored token is printed without

        prepare_folder(folder)
        self.path = folder / name
        self._lock = FileLock(
            self.path,
            mode=FILE_MODE,
            thread_local=False,
            fallback_to_soft=False,
            preserve_lock_file=True,
        )

    def take(self, timeout: float = 0.0) -> bool:
        """Take the lock; return whether that worked within `timeout` seconds."""
        try:
            self._lock.acquire(timeout=timeout)
        except TimeoutError:
            return False
        except (OSError, NotImplementedError) as error:
            raise _cannot_lock(self.path, error) from error
        return True

    def give_back(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def busy(self, timeout: float) -> StorageError:
        """Return the error for a lock that another program held all the time."""
        return StorageError(
            f"Another program held {shown(self.path)} for {timeout:g} s",
            f"Wait until it is done, or find it and end it: fuser {quoted(self.path)}",
        )


_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
"""Errors of file systems without locks; filelock turns some into NotImplementedError."""


def _cannot_lock(path: Path, error: OSError | NotImplementedError) -> StorageError:
    if path.is_symlink():
        return symbolic_link(path)
    if isinstance(error, OSError) and error.errno not in _WITHOUT_LOCKS:
        return failed("locked", path, error)
    words = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return StorageError(
        f"{shown(path)} could not be locked: {shown(words)}",
        "If this file system has no locks, set QISCUS_TUI_DATA_DIR to a folder on a local disk.",
    )
