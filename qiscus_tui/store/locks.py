"""Locks between processes: one around each change of a file, one of each account.

The kernel holds a lock, and releases it however its process ends. Its file is never removed: two
processes could then lock two files of the same name. A file system without locks is an error.
"""

import errno
import os
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from qiscus_tui.errors import StorageError
from qiscus_tui.model.ids import sha256
from qiscus_tui.store.file_checks import failed, quoted, shown, symbolic_link
from qiscus_tui.store.files import FILE_MODE, prepare_folder

WAIT = 30.0
"""Seconds to wait for a lock."""

BETWEEN_TRIES = 0.05
"""Seconds between two tries to take the lock of an account."""

ACCOUNT_WAIT = 120.0
"""Seconds to wait for an account: whoever holds it may be waiting for the server."""

KERNEL_LOCK: dict[str, Any] = {
    "mode": FILE_MODE,
    "thread_local": False,
    "fallback_to_soft": False,
    "preserve_lock_file": True,
}
"""Settings of each lock."""


@contextmanager
def store_lock(folder: Path, timeout: float = WAIT) -> Generator[None]:
    """Lock the files of this user for one change. Raises StorageError.

    Where both are needed, the account's lock comes first.
    """
    from filelock import FileLock  # loads asyncio, too

    prepare_folder(folder)
    lock = FileLock(folder / "store.lock", timeout, **KERNEL_LOCK)
    with _lock_errors(folder / "store.lock", timeout):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def account_lock(
    folder: Path, account_key: str, longest: float = ACCOUNT_WAIT
) -> AsyncGenerator[None]:
    """Lock the account against every other process of this user.

    Waits at most `longest` seconds without blocking the event loop; cancelling takes effect at
    once. Not re-entrant. Raises StorageError.
    """
    import asyncio  # a stored token is printed without it

    from filelock import FileLock, Timeout  # AsyncFileLock takes as long again to load

    prepare_folder(folder)
    path = folder / account_lock_name(account_key)
    lock = FileLock(path, **KERNEL_LOCK)
    with _lock_errors(path, longest):
        async with asyncio.timeout(longest):
            while not lock.is_locked:
                try:
                    lock.acquire(blocking=False)
                except Timeout:
                    await asyncio.sleep(BETWEEN_TRIES)
    try:
        yield
    finally:
        lock.release()


def account_lock_name(account_key: str) -> str:
    """Return the name of the account's lock file. It does not reveal the account."""
    return f"account-{sha256(account_key)[:16]}.lock"


_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
"""Errors of file systems without locks; filelock turns some into NotImplementedError."""


@contextmanager
def _lock_errors(path: Path, timeout: float) -> Generator[None]:
    """Turn errors of taking a lock into StorageError."""
    try:
        yield
    except TimeoutError as error:
        raise StorageError(
            f"Another program held {shown(path)} for {timeout:g} s",
            f"Wait until it is done, or find it and end it: fuser {quoted(path)}",
        ) from error
    except (OSError, NotImplementedError) as error:
        if path.is_symlink():
            raise symbolic_link(path) from error
        if isinstance(error, OSError) and error.errno not in _WITHOUT_LOCKS:
            raise failed("locked", path, error) from error
        words = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise StorageError(
            f"{shown(path)} could not be locked: {shown(str(words))}",
            "If this file system has no locks, set QISCUS_TUI_DATA_DIR to a folder on a local "
            "disk.",
        ) from error
