"""Locks between processes: one around each change of a file, one of each account.

The kernel holds a lock, and releases it however its process ends. Its file is never removed: two
processes could then lock two files of the same name. A file system without locks is an error.
"""

import errno
import os
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.model.ids import sha256
from qiscus_tui.store.file_checks import failed, quoted, shown, symbolic_link
from qiscus_tui.store.files import FILE_MODE, prepare_folder

WAIT = 30.0
"""Seconds to wait for a lock."""

ACCOUNT_WAIT = 120.0
"""Seconds to wait for an account: whoever holds it may be waiting for the server."""

_PAUSE = 0.05
"""Seconds between two attempts to take a lock."""


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


@asynccontextmanager
async def account_lock(
    folder: Path, account_key: str, longest: float = ACCOUNT_WAIT
) -> AsyncGenerator[None]:
    """Lock the account against every other process of this user.

    Waits at most `longest` seconds without blocking the event loop; cancelling takes effect at
    once. Not re-entrant. Raises StorageError.
    """
    import asyncio  # a stored token is printed without

    lock = KernelLock(folder, account_lock_name(account_key))
    give_up = time.monotonic() + longest
    while not lock.take():
        if time.monotonic() >= give_up:
            raise lock.busy(longest)
        await asyncio.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.give_back()


def account_lock_name(account_key: str) -> str:
    """Return the name of the account's lock file. It does not reveal the account."""
    return f"account-{sha256(account_key)[:16]}.lock"


class KernelLock:
    """The lock of one file. All of it raises StorageError."""

    def __init__(self, folder: Path, name: str) -> None:
        from filelock import FileLock  # loads asyncio, too

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
