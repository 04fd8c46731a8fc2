"""Locks between processes: one around each change of a file; that of an account is account_lock.

The kernel holds a lock, and releases it however its process ends. Its file is never removed: two
processes could then lock two files of the same name. A file system without locks is an error.
"""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.store.file_checks import failed, shown, symbolic_link
from qiscus_tui.store.files import FILE_MODE, prepare_folder, read_private

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
    with lock.taken():
        yield


class KernelLock:
    """The lock of one file. All of it raises StorageError."""

    def __init__(self, folder: Path, name: str) -> None:
        from filelock import FileLock  # loads asyncio: a stored token is printed without

        prepare_folder(folder)
        self.path = folder / name
        self.lock = FileLock(
            self.path,
            mode=FILE_MODE,
            thread_local=False,
            fallback_to_soft=False,
            preserve_lock_file=True,
        )

    def take(self, timeout: float = 0.0) -> bool:
        """Take the lock; return whether that worked within `timeout` seconds."""
        try:
            self.lock.acquire(timeout=timeout)
        except TimeoutError:
            return False
        except (OSError, NotImplementedError) as error:
            raise _cannot_lock(self.path, error) from error
        return True

    @contextmanager
    def taken(self) -> Generator[None]:
        """Sign the lock that was taken, and give it back at the end."""
        try:
            _sign(self.path)
            yield
        finally:
            self.lock.release()

    def busy(self, timeout: float) -> StorageError:
        """Return the error for a lock that another program held all the time."""
        return StorageError(
            f"{_holder(self.path)} held a lock for {timeout:g} s",
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
