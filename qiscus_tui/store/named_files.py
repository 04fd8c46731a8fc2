"""Files that the user names: written only where none was, and checked before they are trusted."""

import contextlib
import errno
import os
import stat
from collections.abc import Generator
from pathlib import Path

from qiscus_tui.errors import StorageError, UsageError
from qiscus_tui.model.text import safe
from qiscus_tui.store.file_checks import check_file, quoted, shown

PRIVATE_MODE = 0o600
PUBLIC_MODE = 0o644

_PIECE = 1 << 20


@contextlib.contextmanager
def new_private_file(path: Path) -> Generator[int]:
    """Give the descriptor of a new file, 0600, flushed to the disk on leaving.

    Raises StorageError, also where the file exists. One that could not be written completely is
    removed.
    """
    try:
        with _created(path, PRIVATE_MODE) as descriptor:
            yield descriptor
    except FileExistsError as error:
        raise StorageError(
            f"{shown(path)} exists already", "Nothing is overwritten: give another name."
        ) from error
    except OSError as error:
        raise _not_written(path, error) from error


def write_public(path: Path, text: str) -> None:
    """Replace the file (0644), such as the metrics; readers see the old or the new one.

    The new one is written beside it, under a hidden name that no collector reads. If it can't be,
    the old one is removed: it would be taken for new. Raises StorageError.
    """
    temporary = path.parent / f".{path.name}.{os.getpid()}.{os.urandom(6).hex()}.new"
    try:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise StorageError(f"{shown(path)} is not a file", "Name a file to replace.")
        with (
            _created(temporary, PUBLIC_MODE) as descriptor,
            open(descriptor, "wb", closefd=False) as file,
        ):
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(descriptor)
            os.rename(temporary, path)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            os.unlink(path)
        raise _not_written(path, error) from error


@contextlib.contextmanager
def _created(path: Path, mode: int) -> Generator[int]:
    """Give the descriptor of a new file, which is removed where it could not be written."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, mode)
    except ValueError as error:
        raise OSError(errno.EINVAL, "not a name of a file") from error
    try:
        try:
            os.fchmod(descriptor, mode)  # whatever the umask is
            yield descriptor
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):  # the first error is the one to report
            os.unlink(path)
        raise


def read_named(path: Path, most: int) -> bytes:
    """Return the whole file of at most so many bytes.

    Raises UsageError where there is none or it is larger; StorageError where it is a link, not
    this user's alone, or can't be read.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # wait for no pipe
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {shown(path)}", "Check its name.") from error
    except (OSError, ValueError) as error:
        raise _not_opened(path, error) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise StorageError(f"{shown(path)} is not a regular file", "Check its name.")
        check_file(path, found)
        return _read(descriptor, path, most)
    except OSError as error:
        raise _not_opened(path, error) from error
    finally:
        os.close(descriptor)


def _read(descriptor: int, path: Path, most: int) -> bytes:
    pieces: list[bytes] = []
    left = most
    while left >= 0 and (piece := os.read(descriptor, min(_PIECE, left + 1))):
        pieces.append(piece)
        left -= len(piece)
    if left < 0:
        raise UsageError(
            f"{shown(path)} is larger than {most // _PIECE} MB",
            "This is not a file of this program.",
        )
    return b"".join(pieces)


def _not_opened(path: Path, error: Exception) -> StorageError:
    if isinstance(error, OSError) and error.errno in {errno.ELOOP, errno.EMLINK}:
        return StorageError(f"{shown(path)} is a symbolic link", "Name the file itself.")
    return StorageError(
        f"{shown(path)} could not be read: {_why(error)}",
        f"Check its owner and mode: ls -l {quoted(path)}",
    )


def _not_written(path: Path, error: Exception) -> StorageError:
    return StorageError(
        f"{shown(path)} could not be written: {_why(error)}",
        "Check the folder's name, owner, mode and free space.",
    )


def _why(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) else None
    return safe(words or str(error), 200)
