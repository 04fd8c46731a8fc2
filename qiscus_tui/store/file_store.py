"""Where private files are stored: on this machine, or in memory until the run ends."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from qiscus_tui.store import files
from qiscus_tui.store.locks import WAIT, store_lock


class DiskFiles:
    """Files of this machine; the functions are described in `files` and `locks`."""

    persistent = True
    """Whether the files outlive this run."""
    lock = staticmethod(store_lock)
    prepare_folder = staticmethod(files.prepare_folder)
    read = staticmethod(files.read_private)
    write = staticmethod(files.write_private)
    append = staticmethod(files.append_private)
    append_durably = staticmethod(files.append_durably)
    move = staticmethod(files.move_private)
    set_aside = staticmethod(files.set_aside)
    is_there = staticmethod(files.is_there)
    size_of = staticmethod(files.size_of)


class MemoryFiles:
    """Files that end with this run: nothing on the machine is read or written."""

    persistent = False

    def __init__(self) -> None:
        self._contents: dict[Path, bytes] = {}
        self._lock = threading.Lock()

    @contextmanager
    def lock(self, _folder: Path, _timeout: float = WAIT) -> Generator[None]:
        with self._lock:
            yield

    def prepare_folder(self, _folder: Path) -> None:
        """Memory has no folders."""

    def read(self, path: Path) -> bytes | None:
        return self._contents.get(path)

    def write(self, path: Path, data: bytes) -> None:
        self._contents[path] = data

    def append(self, path: Path, data: bytes) -> None:
        self._contents[path] = self._contents.get(path, b"") + data

    append_durably = append

    def move(self, path: Path, target: Path) -> None:
        self._contents[target] = self._contents.pop(path)

    def set_aside(self, path: Path) -> Path:
        del self._contents[path]
        return path

    def is_there(self, path: Path) -> bool:
        return any(path in {one, one.parent} for one in self._contents)

    def size_of(self, path: Path) -> int:
        return len(self._contents.get(path, b""))


FileStore = DiskFiles | MemoryFiles
ON_DISK = DiskFiles()
