"""Locks between processes: one per account, and one around each change of a file.

The kernel holds a lock, and releases it however its process ends. Its file is never removed: two
processes could then lock two files of the same name. A file system without locks is an error.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qiscus_tui.errors import StorageError
from qiscus_tui.store.file_checks import failed, shown, symbolic_link
from qiscus_tui.store.files import FILE_MODE, prepare_folder, read_private

if TYPE_CHECKING:
    from filelock import FileLock

WAIT = 30.0
"""Seconds to wait for a lock."""

ACCOUNT_WAIT = 120.0
"""Seconds to wait for an account: whoever holds it may be waiting for the server."""

_PAUSE = 0.05
"""Seconds between two attempts to take a lock."""


@asynccontextmanager
async def account_lock(
    folder: Path, account_key: str, longest: float = ACCOUNT_WAIT
) -> AsyncGenerator[None]:
    """Lock the account against every other process of this user.

    Waits at most `longest` seconds without blocking the event loop; cancelling takes effect at
    once. Not re-entrant. Raises StorageError.
    """
    import asyncio

    path = account_lock_path(folder, account_key)
    prepare_folder(folder)
    lock = _lock(path)
    give_up = time.monotonic() + longest
    while not _taken(lock, path):
        if time.monotonic() >= give_up:
            raise _busy(path, longest)
        await asyncio.sleep(_PAUSE)
    with _signed(lock, path):
        yield


def account_lock_path(folder: Path, account_key: str) -> Path:
    """Return the path of the account's lock file. Its name does not reveal the account."""
    name = hashlib.sha256(account_key.encode()).hexdigest()[:16]
    return folder / f"account-{name}.lock"


@contextmanager
def store_lock(folder: Path, timeout: float = WAIT) -> Generator[None]:
    """Lock the files of this user for one change. Raises StorageError.

    Where both are needed, the account's lock comes first.
    """
    path = folder / "store.lock"
    prepare_folder(folder)
    lock = _lock(path)
    if not _taken(lock, path, timeout):
        raise _busy(path, timeout)
    with _signed(lock, path):
        yield


def _lock(path: Path) -> FileLock:
    from filelock import FileLock

    return FileLock(
        path,
        mode=FILE_MODE,
        thread_local=False,
        fallback_to_soft=False,
        preserve_lock_file=True,
    )


def _taken(lock: FileLock, path: Path, timeout: float = 0.0) -> bool:
    """Take the lock; return whether that worked within `timeout` seconds. Raises StorageError."""
    from filelock import Timeout

    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        return False
    except (OSError, NotImplementedError) as error:
        raise _cannot_lock(path, error) from error
    return True


@contextmanager
def _signed(lock: FileLock, path: Path) -> Generator[None]:
    try:
        _sign(path)
        yield
    finally:
        lock.release()


def _busy(path: Path, timeout: float) -> StorageError:
    return StorageError(
        f"{_holder(path)} held a lock for {timeout:g} s",
        "Wait until it is done, or end it, and run this again.",
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


def _sign(path: Path) -> None:
    """Write into the lock file who holds it, for those who wait."""
    with suppress(OSError):  # optional: the lock holds on a full disk too
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.write(descriptor, str(os.getpid()).encode())
        finally:
            os.close(descriptor)


def _holder(path: Path) -> str:
    """Return who holds the lock. It may be a program that does not sign: `flock`, a backup."""
    text = (read_private(path) or b"").decode("ascii", "replace")
    if text.isdigit() and _is_running(int(text)):
        return f"Another qiscus-tui (process {text})"
    return "Another program"


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return pid > 0
