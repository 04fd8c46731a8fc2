"""Private files: readable by this user alone, and never half written.

A file is opened inside its opened folder and never through a symbolic link, and what was opened
is checked (not the name, which could be swapped in between). A new version is written beside it,
flushed, and renamed over it: at any instant either the old or the new one is there. Files that the
user names are written only where none was, and checked before they are trusted.
Every function raises StorageError for whatever the system refuses.
"""

import errno
import os
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path

from qiscus_tui.errors import StorageError, UsageError
from qiscus_tui.model.text import safe
from qiscus_tui.store.file_checks import (
    OWN_FOLDER,
    check_file,
    check_folder,
    check_owner,
    failed,
    moved_away,
    quoted,
    shown,
    symbolic_link,
)

FILE_MODE = 0o600
FOLDER_MODE = 0o700
PUBLIC_MODE = 0o644
MOST_BYTES = 64 * 1024 * 1024
"""A larger file is not one of ours."""

_OPEN = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # never wait for a pipe's writer
_LINK_ERRORS = {errno.ELOOP, errno.EMLINK}
_TEMPORARY = ".new"


def prepare_folder(folder: Path) -> None:
    """Create the folder (0700) and its missing parents, and check it."""
    with _storage_errors("created", folder):
        if not is_there(folder):
            _create_folder(folder)
        with _opened_folder(folder):
            pass


def read_private(path: Path) -> bytes | None:
    """Return the whole file; None where it or its folder is missing."""
    with _storage_errors("read", path):
        if not is_there(path.parent):
            return None
        with _opened_folder(path.parent) as folder, _opened_file(folder, path) as descriptor:
            if descriptor is None:
                return None
            data = read_all(descriptor, MOST_BYTES)
    if data is None:
        raise StorageError(
            f"{shown(path)} is too large to be a file of this program",
            f"Move it away: {moved_away(path)}",
        )
    return data


def write_private(path: Path, data: bytes) -> None:
    """Create (0600) or replace the file atomically; flushed to the disk on return.

    The caller holds the lock: what killed writers of this file left behind is removed.
    """
    prepare_folder(path.parent)
    with _storage_errors("written", path), _opened_folder(path.parent) as folder:
        with _opened_file(folder, path):
            pass  # what must not be read must not be replaced silently either
        for name in os.listdir(folder):
            if name.startswith(f".{path.name}.") and name.endswith(_TEMPORARY):
                os.unlink(name, dir_fd=folder)
        temporary = f".{path.name}.{os.getpid()}.{os.urandom(6).hex()}{_TEMPORARY}"
        with new_file(temporary, FILE_MODE, folder) as descriptor:
            write_all(descriptor, data)
            os.fsync(descriptor)
            os.rename(temporary, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)


@contextmanager
def new_file(path: Path | str, mode: int, folder: int | None = None) -> Generator[int]:
    """Give the descriptor of a new file, which is removed where it could not be written.

    Raises OSError, and FileExistsError where something has this name.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPEN
    descriptor = os.open(path, flags, mode, dir_fd=folder)
    try:
        try:
            os.fchmod(descriptor, mode)  # regardless of the umask
            yield descriptor
        finally:
            os.close(descriptor)
    except BaseException:
        with suppress(OSError):  # the first error is the one to report
            os.unlink(path, dir_fd=folder)
        raise


def append_private(path: Path, data: bytes, *, durably: bool = True) -> None:
    """Append whole lines, and flush them and all appended before to the disk if `durably`.

    A line that a crash left half written is ended first; lines that don't fit are removed again.
    The caller holds the lock.
    """
    prepare_folder(path.parent)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    with (
        _storage_errors("written", path),
        _opened_folder(path.parent) as folder,
        _opened_file(folder, path, flags) as descriptor,
    ):
        if descriptor is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        os.fchmod(descriptor, FILE_MODE)  # regardless of the umask
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        try:
            write_all(descriptor, b"\n" + data if torn else data)
        except OSError:
            with suppress(OSError):  # otherwise the next append ends the half line
                os.ftruncate(descriptor, size)
            raise
        if durably:
            os.fsync(descriptor)
            os.fsync(folder)


def move_private(path: Path, target: Path, what: str = "renamed") -> None:
    """Rename within the folder, replacing what has that name, unless the file is missing.

    `what` is the word for it in errors.
    """
    with _storage_errors(what, path), _opened_folder(path.parent) as folder:
        with suppress(FileNotFoundError):
            os.rename(path.name, target.name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)


def set_aside(path: Path) -> Path:
    """Rename a damaged file after the current time, replacing nothing. Return its new path.

    The caller holds the lock.
    """
    base = f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    names = chain([base], (f"{base}-{number}" for number in count(2)))
    aside = next(one for one in map(path.with_name, names) if not is_there(one))
    move_private(path, aside, "set aside")
    return aside


def is_there(path: Path) -> bool:
    """Return whether something has this name, even a link."""
    with _storage_errors("read", path):
        try:
            os.lstat(path)
        except FileNotFoundError:
            return False
    return True


def size_of(path: Path) -> int:
    """Return the file's size in bytes; 0 where it is missing."""
    with _storage_errors("read", path):
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            return 0
    check_file(path, status)
    return status.st_size


@contextmanager
def _storage_errors(what: str, path: Path) -> Generator[None]:
    """Turn errors of the system into StorageError: `path` could not be `what`."""
    try:
        yield
    except OSError as error:
        raise failed(what, path, error) from error


def _create_folder(folder: Path) -> None:
    missing: list[Path] = []
    above = folder
    while not is_there(above):
        missing.append(above)
        above = above.parent
    nearest = os.stat(above)
    if os.geteuid() == 0:
        # under sudo, make no root-owned folders in a user's home
        check_owner(above, nearest, OWN_FOLDER)
    for new in reversed(missing):
        try:
            os.mkdir(new, FOLDER_MODE)
        except FileExistsError:
            continue  # another process was faster
        os.chmod(new, FOLDER_MODE)  # regardless of the umask


@contextmanager
def _opened_folder(folder: Path) -> Generator[int]:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _OPEN)
    except OSError as error:
        if os.path.islink(folder):
            raise symbolic_link(folder) from error
        raise failed("opened", folder, error) from error
    try:
        check_folder(folder, os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _opened_file(folder: int, path: Path, flags: int = os.O_RDONLY) -> Generator[int | None]:
    try:
        descriptor = os.open(path.name, flags | _OPEN, FILE_MODE, dir_fd=folder)
    except FileNotFoundError:
        yield None
        return
    except OSError as error:
        raise _why_not_opened(folder, path, error) from error
    try:
        check_file(path, os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def _why_not_opened(folder: int, path: Path, error: OSError) -> StorageError:
    if error.errno in _LINK_ERRORS:
        return symbolic_link(path)
    try:
        check_file(path, os.stat(path.name, dir_fd=folder, follow_symlinks=False))
    except StorageError as refusal:
        return refusal
    except OSError as gone:
        return failed("opened", path, gone)
    return failed("opened", path, error)


def read_all(descriptor: int, most: int) -> bytes | None:
    """Return what an open file holds; None where that is more than so many bytes."""
    pieces: list[bytes] = []
    while most >= 0 and (piece := os.read(descriptor, min(1 << 20, most + 1))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces) if most >= 0 else None


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it to an open file."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


# Files that the user names


@contextmanager
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
            f"{shown(path)} exists already",
            "Nothing is overwritten: give another name.",
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
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise StorageError(f"{shown(path)} is not a file", "Name a file to replace.")
        with new_file(temporary, PUBLIC_MODE) as descriptor:
            write_all(descriptor, text.encode("utf-8", "replace"))
            os.fsync(descriptor)
            os.rename(temporary, path)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            os.unlink(path)
        raise _not_written(path, error) from error


@contextmanager
def opened_named(path: Path, flags: int = os.O_RDONLY) -> Generator[int]:
    """Give the descriptor of a file that the user named; one that is made is 0600.

    Raises UsageError where there is none; StorageError where it is a link, not this user's alone,
    or can't be opened.
    """
    try:
        descriptor = os.open(path, flags | _OPEN, FILE_MODE)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not flags & os.O_CREAT:
            raise UsageError(f"{shown(path)} does not exist", "Check its name.") from error
        if error.errno in _LINK_ERRORS:
            message = f"{shown(path)} is a symbolic link"
            raise StorageError(message, "Name the file itself.") from error
        raise StorageError(
            f"{shown(path)} could not be opened: {_why(error)}",
            f"Check its owner and mode: ls -l {quoted(path)}",
        ) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):  # a device must not be moved away like a file
            raise StorageError(f"{shown(path)} is not a regular file", "Name another file.")
        check_file(path, found)
        yield descriptor
    finally:
        os.close(descriptor)


def read_named(path: Path, most: int) -> bytes:
    """Return the whole file of at most so many bytes. Raises UsageError, StorageError."""
    with _storage_errors("read", path), opened_named(path) as descriptor:
        data = read_all(descriptor, most)
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
