"""Where private files are stored: on this machine, or in memory until the run ends."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from qiscus_tui.store import files
from qiscus_tui.store.locks import WAIT, store_lock


class FileStore(Protocol):
    """Reads and writes whole private files. All of it raises StorageError."""

    @property
    def persistent(self) -> bool:
        """Whether the files outlive this run."""
        ...

    def lock(self, folder: Path, timeout: float = WAIT, /) -> AbstractContextManager[None]:
        """Lock every file of this user for one change."""
        ...

    def prepare_folder(self, folder: Path, /) -> None: ...

    def read(self, path: Path, /) -> bytes | None: ...

    def write(self, path: Path, data: bytes, /) -> None: ...

    def append(self, path: Path, data: bytes, /) -> None: ...

    def append_durably(self, path: Path, data: bytes, /) -> None: ...

    def move(self, path: Path, target: Path, /) -> None: ...

    def set_aside(self, path: Path, /) -> Path: ...

    def sweep_temporaries(self, path: Path, /) -> None: ...

    def is_there(self, path: Path, /) -> bool: ...

    def size_of(self, path: Path, /) -> int: ...


class DiskFiles:
    """Files of this machine; the functions are described in `files` and `locks`."""

    persistent = True
    lock = staticmethod(store_lock)
    prepare_folder = staticmethod(files.prepare_folder)
    read = staticmethod(files.read_private)
    write = staticmethod(files.write_private)
    append = staticmethod(files.append_private)
    append_durably = staticmethod(files.append_durably)
    move = staticmethod(files.move_private)
    set_aside = staticmethod(files.set_aside)
    sweep_temporaries = staticmethod(files.sweep_temporaries)
    is_there = staticmethod(files.is_there)
    size_of = staticmethod(files.size_of)


class MemoryFiles:
    """Files that end with this run: nothing on the machine is read or written."""

    persistent = False

    def __init__(self) -> None:
        import threading

        self._contents: dict[Path, bytes] = {}
        self._lock = threading.Lock()

    @contextmanager
    def lock(self, _folder: Path, _timeout: float = WAIT, /) -> Generator[None]:
        with self._lock:
            yield

    def prepare_folder(self, _folder: Path, /) -> None:
        """Memory has no folders."""

    def read(self, path: Path, /) -> bytes | None:
        return self._contents.get(path)

    def write(self, path: Path, data: bytes, /) -> None:
        self._contents[path] = data

    def append(self, path: Path, data: bytes, /) -> None:
        self._contents[path] = self._contents.get(path, b"") + data

    append_durably = append

    def move(self, path: Path, target: Path, /) -> None:
        self._contents[target] = self._contents.pop(path)

    def set_aside(self, path: Path, /) -> Path:
        del self._contents[path]
        return path

    def sweep_temporaries(self, path: Path, /) -> None:
        """Memory has no half-written files."""

    def is_there(self, path: Path, /) -> bool:
        return any(path in {one, one.parent} for one in self._contents)

    def size_of(self, path: Path, /) -> int:
        return len(self._contents.get(path, b""))


ON_DISK = DiskFiles()
