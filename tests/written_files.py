"""What REFERENCE.md says of the files that are written."""

import stat
from fnmatch import fnmatch
from pathlib import Path

from tests.pages import REFERENCE, cells


def inventory() -> dict[str, tuple[str, int]]:
    """Return by each file's name, which may be a pattern, its folder and its mode."""
    rows = cells(REFERENCE, "| file | where | holds | until | mode |")
    listed = [row for row in rows if row[0].startswith("`") and row[-1].isdecimal()]
    return {name.strip("`"): (folder, int(mode, 8)) for name, folder, *_, mode in listed}


def not_as_written(data: Path) -> list[str]:
    """Return the files below QISCUS_TUI_DATA_DIR that are not listed, or are elsewhere or open."""
    folders = {"data": data, "state": data / "state", "cache": data / "cache"}
    wrong: list[str] = []
    for path in data.rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_dir():
            as_listed = mode == 0o700 and path in folders.values()
        else:
            as_listed = any(
                fnmatch(path.name, name)
                and mode == wanted
                and path.parent == folders.get(folder, path.parent)
                for name, (folder, wanted) in inventory().items()
            )
        if not as_listed:
            wrong.append(f"{path.relative_to(data)} {mode:o}")
    return wrong
