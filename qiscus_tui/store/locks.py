"""Real locks between processes: one an account, and one around each change of a file.

A lock lives in the kernel and ends with its process, however that ends. Its file stays: removing
it would let two processes lock two files of one name. On file systems without locks nothing is
locked by other means; that is an error.
"""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.store.files import FILE_MODE, prepare_folder, read_private
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.refusals import failed, shown, symbolic_link

WAIT = 30.0
"""Seconds after which waiting for a lock is given up."""


@contextmanager
def account_lock(paths: Paths, account_key: str, timeout: float = WAIT) -> Generator[None]:
    """Hold the account against every other process of this user. Raises StorageError.

    May be entered in one thread and left in another. Not re-entrant.
    """
    import hashlib

    name = hashlib.sha256(account_key.encode()).hexdigest()[:16]
    with _held(paths.state_dir / f"account-{name}.lock", timeout):
        yield


@contextmanager
def store_lock(paths: Paths, timeout: float = WAIT) -> Generator[None]:
    """Hold the files of this user for one change. Raises StorageError.

    Where both are needed, the account's lock is taken first.
    """
    with _held(paths.state_dir / "store.lock", timeout):
        yield


@contextmanager
def _held(path: Path, timeout: float) -> Generator[None]:
    from filelock import FileLock, Timeout

    prepare_folder(path.parent)
    lock = FileLock(
        path,
        timeout=timeout,
        mode=FILE_MODE,
        thread_local=False,
        fallback_to_soft=False,
        preserve_lock_file=True,
    )
    try:
        lock.acquire()
    except Timeout as error:
        raise StorageError(
            f"Another qiscus-tui{_holder(path)} held a lock for {timeout:g} s", _BUSY
        ) from error
    except (OSError, NotImplementedError) as error:
        raise _cannot_lock(path, error) from error
    try:
        _sign(path)
        yield
    finally:
        lock.release()


_BUSY = "Wait until it is done, or end it, and run this again."


_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
"""What file systems without locks answer; filelock makes NotImplementedError of some."""


def _cannot_lock(path: Path, error: OSError | NotImplementedError) -> StorageError:
    if path.is_symlink():
        return symbolic_link(str(path))
    if isinstance(error, OSError) and error.errno not in _WITHOUT_LOCKS:
        return failed("locked", str(path), error)
    words = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return StorageError(
        f"{shown(str(path))} could not be locked: {shown(words)}",
        "If this file system has no locks, set QISCUS_TUI_DATA_DIR to a folder on a local disk.",
    )


def _sign(path: Path) -> None:
    """Say in the lock's file who holds it, for those who wait."""
    with suppress(OSError):  # a courtesy: on a full disk the lock holds all the same
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.write(descriptor, str(os.getpid()).encode())
        finally:
            os.close(descriptor)


def _holder(path: Path) -> str:
    text = (read_private(path) or b"").decode("ascii", "replace")
    return f" (process {text})" if text.isdigit() else ""
