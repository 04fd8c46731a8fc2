"""Writes an export to a new file that only this user can read."""

import contextlib
import os
from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.export import Export, ExportFormat

FILE_MODE = 0o600


def named_path(name: str) -> Path:
    """Return the path that a user typed; `~` is the home folder. Raises StorageError."""
    text = name.strip()
    if not text or "\x00" in text:
        raise StorageError("Not a file name", "Name the file to write, such as sessions.csv.")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise StorageError(
            f"There is no home folder for {safe(text, 80)}", "Give the whole path."
        ) from error


def export_to(path: Path, kind: ExportFormat, what: Export) -> None:
    """Write a new file, 0600. Raises StorageError, also where the file exists.

    A file that could not be written completely is removed.
    """
    shown = safe(str(path), 200)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, FILE_MODE)
    except FileExistsError as error:
        raise StorageError(
            f"{shown} exists already", "Nothing is overwritten: give another name."
        ) from error
    except (OSError, ValueError) as error:
        raise _not_written(shown, error) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            os.fchmod(descriptor, FILE_MODE)  # whatever the umask is
            what.write(kind, out)
            out.flush()
            os.fsync(descriptor)
    except BaseException as error:
        with contextlib.suppress(OSError):  # the first error is the one to report
            os.unlink(path)
        if isinstance(error, OSError):
            raise _not_written(shown, error) from error
        raise


def _not_written(shown: str, error: Exception) -> StorageError:
    why = error.strerror if isinstance(error, OSError) else None
    return StorageError(
        f"{shown} could not be written: {safe(why or str(error), 200)}",
        "Check the folder's name, owner, mode and free space.",
    )
