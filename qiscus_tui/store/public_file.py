"""A file that other users read, such as the metrics of `check`: replaced as a whole."""

import contextlib
import os
import stat
from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.store.file_checks import shown

FILE_MODE = 0o644


def write_public(path: Path, text: str) -> None:
    """Replace the file (0644); readers see the old or the new one. Raises StorageError.

    The new one is written beside it, under a hidden name that no collector reads.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(6).hex()}.new")
    try:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise StorageError(f"{shown(path)} is not a file", "Name a file to replace.")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, FILE_MODE)
        try:
            with open(descriptor, "wb") as file:
                os.fchmod(descriptor, FILE_MODE)  # whatever the umask is
                file.write(text.encode("utf-8", "replace"))
                file.flush()
                os.fsync(descriptor)
            os.rename(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error is the one to report
                os.unlink(temporary)
            raise
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a name of a file"
        raise StorageError(
            f"{shown(path)} could not be written: {why}",
            "Check the folder's name, owner, mode and free space.",
        ) from error
