"""Writes an export to a new file that only this user can read."""

from pathlib import Path

from qiscus_tui.errors import StorageError
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.export import Export, ExportFormat
from qiscus_tui.store.named_files import new_private_file


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
    """Write a new file, 0600. Raises StorageError, also where the file exists."""
    with (
        new_private_file(path) as descriptor,
        open(descriptor, "w", encoding="utf-8", newline="", closefd=False) as out,
    ):
        what.write(kind, out)
