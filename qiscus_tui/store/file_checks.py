"""Why a file or folder is not trusted, and the command that fixes it."""

import errno
import os
import pwd
import shlex
import stat
from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.model.text import safe

OWN_FOLDER = ", or set QISCUS_TUI_DATA_DIR to a folder of your own"
"""The other way out, for a hint: the usual folder may be another user's."""

AnyPath = Path | str

FOREIGN_WRITE = 0o022
"""Mode bits that let others put files of theirs into a folder."""

FOREIGN_ANY = 0o077
"""Mode bits that let others read, write or run a file."""


def check_file(path: AnyPath, found: os.stat_result) -> None:
    """Raise StorageError unless this is a regular file, ours alone, with one name.

    No name at all is fine: another process has just put a newer file in its place.
    """
    if not stat.S_ISREG(found.st_mode):
        raise StorageError(
            f"{shown(path)} is not a regular file", f"Move it away: {moved_away(path)}"
        )
    check_owner(path, found)
    if found.st_mode & FOREIGN_ANY:
        raise StorageError(
            f"{shown(path)} may be read or written by others (mode {mode_of(found)})",
            f"Close it: chmod 600 {quoted(path)}",
        )
    if found.st_nlink > 1:
        copy = f"{path}.copy"
        raise StorageError(
            f"{shown(path)} has {found.st_nlink} names (hard links); secrets must have one",
            f"Copy it: cp -p {quoted(path)} {quoted(copy)} && mv {quoted(copy)} {quoted(path)}",
        )


def check_folder(path: AnyPath, found: os.stat_result) -> None:
    """Raise StorageError unless this is a folder of ours that others can't write to."""
    check_owner(path, found, OWN_FOLDER)
    if found.st_mode & FOREIGN_WRITE:
        raise StorageError(
            f"{shown(path)} may be written by others (mode {mode_of(found)})",
            f"Close it: chmod 700 {quoted(path)}",
        )


def check_settings(path: Path) -> None:
    """Raise StorageError if users other than this one and root could change or replace the file.

    A missing file is fine.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return
        folders = {path.absolute().parent, path.resolve().parent}
        parts = [(path, found), *((folder, folder.stat()) for folder in folders)]
    except OSError:
        return  # whoever reads it reports why it can't be read
    for part, about in parts:
        if about.st_uid != 0:
            check_owner(part, about)
        guarded = stat.S_ISDIR(about.st_mode) and about.st_mode & stat.S_ISVTX
        if about.st_mode & FOREIGN_WRITE and not guarded:
            raise StorageError(
                f"{shown(part)} may be written by others (mode {mode_of(about)})",
                f"Close it: chmod go-w {quoted(part)}",
            )


def check_owner(path: AnyPath, found: os.stat_result, otherwise: str = "") -> None:
    """Raise StorageError unless the effective user owns it (so sudo touches nothing).

    `otherwise` ends the hint: what else can be done.
    """
    if found.st_uid == os.geteuid():
        return
    owner = user_name(found.st_uid)
    message = f"{shown(path)} belongs to {owner}, and this runs as {user_name(os.geteuid())}"
    if os.geteuid() == 0:
        invoker = os.environ.get("SUDO_USER", "")
        if invoker:
            raise StorageError(message, f"Run it without sudo, as {safe(invoker, 60)}.")
        raise StorageError(message, f"Run it as {owner}: sudo -u {quoted(owner)} …{otherwise}")
    chown = f"sudo chown {os.geteuid()} {quoted(path)}"
    raise StorageError(message, f"Run it as {owner}, or: {chown}{otherwise}")


def symbolic_link(path: AnyPath) -> StorageError:
    """Return the error for a link where a file or folder of ours should be."""
    return StorageError(
        f"{shown(path)} is a symbolic link, and secrets are never stored behind one",
        f"See where it points (ls -l {quoted(path)}), then remove it: rm {quoted(path)}",
    )


def failed(what: str, path: AnyPath, error: OSError) -> StorageError:
    """Return the error for a path that could not be `what`, with the usual remedy."""
    hints = {
        errno.ENOSPC: "Make room on the disk and try again.",
        errno.EDQUOT: "Your disk quota is used up: make room and try again.",
        errno.EROFS: "Set QISCUS_TUI_DATA_DIR to a writable folder.",
        errno.EACCES: _check_owner_hint(path),
        errno.EPERM: _check_owner_hint(path),
        errno.ENOTDIR: f"A part of the path is a file: {shown(path)}",
    }
    words = os.strerror(error.errno) if error.errno else str(error)
    return StorageError(
        f"{shown(path)} could not be {what}: {words}",
        hints.get(error.errno or 0),
    )


def _check_owner_hint(path: AnyPath) -> str:
    return f"Check the owner and mode (ls -ld {quoted(os.path.dirname(path) or '/')}){OWN_FOLDER}"


def user_name(uid: int) -> str:
    """Return the user's name, or the number where the system has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def mode_of(found: os.stat_result) -> str:
    """Return the mode as `0644`."""
    return f"{stat.S_IMODE(found.st_mode):04o}"


def shown(path: AnyPath) -> str:
    """Return a path as it may be shown."""
    return safe(str(path), 500)


def quoted(path: AnyPath) -> str:
    """Return a path as it may be typed into a shell."""
    return shlex.quote(shown(path))


def moved_away(path: AnyPath) -> str:
    """Return the command that moves what has this name out of the way."""
    return f"mv {quoted(path)} {quoted(f'{path}.old')}"
