"""Why a file or folder is not trusted, and the command that mends it."""

import os
import shlex
import stat
from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.model.text import safe

OWN_FOLDER = ", or set QISCUS_TUI_DATA_DIR to a folder of your own"
"""What helps where the usual folder is another user's."""

FOREIGN_WRITE = 0o022
"""Mode bits with which others could put files of theirs into a folder."""

FOREIGN_ANY = 0o077
"""Mode bits with which others could do anything with a file."""


def check_file(path: str, found: os.stat_result) -> None:
    """Raises StorageError unless this is a regular file of ours, for nobody else, with one name.

    No name at all is right too: another process has just put a newer file in its place.
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
            f"Part them: cp -p {quoted(path)} {quoted(copy)} && mv {quoted(copy)} {quoted(path)}",
        )


def check_folder(path: str, found: os.stat_result) -> None:
    """Raises StorageError unless this is a folder of ours into which nobody else writes."""
    check_owner(path, found, OWN_FOLDER)
    if found.st_mode & FOREIGN_WRITE:
        raise StorageError(
            f"{shown(path)} may be written by others (mode {mode_of(found)})",
            f"Close it: chmod 700 {quoted(path)}",
        )


def check_settings(path: Path) -> None:
    """Raises StorageError where others than this user and root could change what the file says.

    That is so too where they could put another one in its place. A missing file is right.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return
        folders = {path.absolute().parent, path.resolve().parent}
        parts = [(path, found), *((folder, folder.stat()) for folder in folders)]
    except OSError:
        return  # whoever reads it says why that does not go
    for part, about in parts:
        if about.st_uid != 0:
            check_owner(str(part), about)
        guarded = stat.S_ISDIR(about.st_mode) and about.st_mode & stat.S_ISVTX
        if about.st_mode & FOREIGN_WRITE and not guarded:
            raise StorageError(
                f"{shown(str(part))} may be written by others (mode {mode_of(about)})",
                f"Close it: chmod go-w {quoted(str(part))}",
            )


def check_owner(path: str, found: os.stat_result, otherwise: str = "") -> None:
    """Raises StorageError unless the effective user owns it (so under sudo nothing is touched).

    `otherwise` is what else can be done, for the hint.
    """
    if found.st_uid == os.geteuid():
        return
    owner = user_name(found.st_uid)
    message = f"{shown(path)} belongs to {owner}, and this runs as {user_name(os.geteuid())}"
    if os.geteuid() == 0:
        invoker = os.environ.get("SUDO_USER", "")
        by_sudo = f"Run it without sudo, as {safe(invoker, 60)}." if invoker else ""
        raise StorageError(
            message, by_sudo or f"Run it as {owner}: sudo -u {quoted(owner)} …{otherwise}"
        )
    chown = f"sudo chown {os.geteuid()} {quoted(path)}"
    raise StorageError(message, f"Run it as {owner}, or: {chown}{otherwise}")


def symbolic_link(path: str) -> StorageError:
    """The refusal of a link where a file or folder of ours should be."""
    return StorageError(
        f"{shown(path)} is a symbolic link, and no secret is kept behind one",
        f"See where it leads (ls -l {quoted(path)}), then remove it: rm {quoted(path)}",
    )


def failed(what: str, path: str, error: OSError) -> StorageError:
    """An error of the system in its own words, with what usually mends it."""
    import errno

    hints = {
        errno.ENOSPC: "Make room on the disk and try again.",
        errno.EDQUOT: "Your disk quota is used up: make room and try again.",
        errno.EROFS: "Set QISCUS_TUI_DATA_DIR to a folder that can be written.",
        errno.EACCES: _check_owner_hint(path),
        errno.EPERM: _check_owner_hint(path),
        errno.ENOTDIR: f"A part of the path is a file: {shown(path)}",
    }
    words = os.strerror(error.errno) if error.errno else str(error)
    return StorageError(
        f"{shown(path)} could not be {what}: {words}",
        hints.get(error.errno or 0),
    )


def _check_owner_hint(path: str) -> str:
    return f"Check the owner and mode (ls -ld {quoted(os.path.dirname(path) or '/')}){OWN_FOLDER}"


def user_name(uid: int) -> str:
    """The user's name, or the number where the system knows none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def mode_of(found: os.stat_result) -> str:
    """`0644`."""
    return f"{stat.S_IMODE(found.st_mode):04o}"


def shown(path: str) -> str:
    """A path as it may be shown."""
    return safe(path, 500)


def quoted(path: str) -> str:
    """A path as it may be typed into a shell."""
    return shlex.quote(safe(path, 500))


def moved_away(path: str) -> str:
    """The command that makes room where something else lies."""
    return f"mv {quoted(path)} {quoted(f'{path}.old')}"
