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
from qiscus_tui.store.files import FILE_MODE, new_file, read_all, write_all

PUBLIC_MODE = 0o644


@contextlib.contextmanager
def new_private_file(path: Path) -> Generator[int]:
    """Give the descriptor of a new file, 0600, flushed to the disk on leaving.

    Raises StorageError, also where the file exists. One that could not be written completely is
    removed.
    """
    try:
        with new_file(path, FILE_MODE) as descriptor:
            yield descriptor
            os.fsync(descriptor)
    except FileExistsError as error:
        raise StorageError(
            f"{shown(path)} exists already", "Nothing is overwritten: give another name."
        ) from error
    except (OSError, ValueError) as error:
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
        with new_file(temporary, PUBLIC_MODE) as descriptor:
            write_all(descriptor, text.encode("utf-8", "replace"))
            os.fsync(descriptor)
            os.rename(temporary, path)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            os.unlink(path)
        raise _not_written(path, error) from error


def read_named(path: Path, most: int) -> bytes:
    """Return the whole file of at most so many bytes.

    Raises UsageError where there is none or it is larger; StorageError where it is a link, not
    this user's alone, or can't be read.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # wait for no pipe
    try:
        descriptor = os.open(path, flags)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise StorageError(f"{shown(path)} is not a regular file", "Check its name.")
            check_file(path, found)
            data = read_all(descriptor, most)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {shown(path)}", "Check its name.") from error
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in {errno.ELOOP, errno.EMLINK}:
            message = f"{shown(path)} is a symbolic link"
            raise StorageError(message, "Name the file itself.") from error
        raise StorageError(
            f"{shown(path)} could not be read: {_why(error)}",
            f"Check its owner and mode: ls -l {quoted(path)}",
        ) from error
    if data is None:
        raise UsageError(
            f"{shown(path)} is larger than {most >> 20} MB", "This is not a file of this program."
        )
    return data


def _not_written(path: Path, error: OSError | ValueError) -> StorageError:
    return StorageError(
        f"{shown(path)} could not be written: {_why(error)}",
        "Check the folder's name, owner, mode and free space.",
    )


def _why(error: OSError | ValueError) -> str:
    """Return the system's words; a name with a NUL in it gives a ValueError."""
    if not isinstance(error, OSError):
        return "not a name of a file"
    return safe(error.strerror or str(error), 200)
