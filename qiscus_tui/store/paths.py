"""Where the program's files are: on this machine, or in memory until the run ends."""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from qiscus_tui.errors import ConfigError
from qiscus_tui.model.text import safe
from qiscus_tui.store import files
from qiscus_tui.store.file_checks import quoted, shown
from qiscus_tui.store.locks import WAIT, store_lock

CONFIG_VARIABLE = "QISCUS_TUI_CONFIG_DIR"
DATA_VARIABLE = "QISCUS_TUI_DATA_DIR"


class DiskFiles:
    """Files of this machine; the functions are described in `files` and `locks`."""

    persistent = True
    """Whether the files outlive this run."""
    lock = staticmethod(store_lock)
    read = staticmethod(files.read_private)
    write = staticmethod(files.write_private)
    append = staticmethod(files.append_private)
    move = staticmethod(files.move_private)
    set_aside = staticmethod(files.set_aside)
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

    def read(self, path: Path) -> bytes | None:
        return self._contents.get(path)

    def write(self, path: Path, data: bytes) -> None:
        self._contents[path] = data

    def append(self, path: Path, data: bytes, *, durably: bool = True) -> None:
        self._contents[path] = self._contents.get(path, b"") + data

    def move(self, path: Path, target: Path) -> None:
        if path in self._contents:
            self._contents[target] = self._contents.pop(path)

    def set_aside(self, path: Path) -> Path:
        del self._contents[path]
        return path

    def size_of(self, path: Path) -> int:
        return len(self._contents.get(path, b""))


FileStore = DiskFiles | MemoryFiles
ON_DISK = DiskFiles()


class _File:
    """A file in one of the folders."""

    def __init__(self, folder: str, name: str) -> None:
        self._folder = folder
        self._name = name

    def __get__(self, paths: "Paths", _owner: type["Paths"]) -> Path:
        folder: Path = getattr(paths, self._folder)
        return folder / self._name


class Paths(Struct, frozen=True):
    """The four folders, and the files in them. Reading creates nothing."""

    config_dir: Path
    data_dir: Path
    state_dir: Path
    cache_dir: Path
    files: FileStore = ON_DISK
    """What reads and writes them."""

    config_file = _File("config_dir", "config.toml")
    """The user's settings. Never written."""
    secrets_file = _File("data_dir", "secrets.json")
    """Secrets of the accounts that use this file."""
    accounts_file = _File("data_dir", "accounts.json")
    """The accounts, without secrets."""
    chosen_file = _File("state_dir", "chosen.json")
    """The account that was used last."""
    short_file = _File("state_dir", "short.json")
    """Short-lived tokens of accounts whose long-lived token is in the environment."""
    audit_file = _File("state_dir", "audit.jsonl")
    verified_file = _File("state_dir", "verified.json")
    """Servers on which the revoke call was seen to work."""
    checks_file = _File("state_dir", "checks.json")
    """Fingerprints of what `check` saw."""
    visits_file = _File("state_dir", "visits.json")
    """Fingerprints of what was listed at the last visit."""
    shown_file = _File("state_dir", "shown.json")
    """How the list of each account was shown last."""
    known_file = _File("state_dir", "known.json")
    """Integrations that were named in the app or by `known add`."""
    plan_key_file = _File("state_dir", "plan_key.json")
    """The key that plan files are sealed with."""
    ids_file = _File("cache_dir", "ids.json")
    """Session ids for the shell's completion."""

    def rotated_audit(self, number: int) -> Path:
        """Return the audit log's older part of this number: 1 is the newest of them."""
        return self.audit_file.with_name(f"audit.{number}.jsonl")


def check_config_dir(environ: Mapping[str, str]) -> None:
    """Raise ConfigError where the variable names a folder that is not there."""
    folder = _given(environ, CONFIG_VARIABLE)
    if folder is not None and not folder.is_dir():
        raise ConfigError(
            f"{CONFIG_VARIABLE} names {shown(folder)}, which is no folder",
            f"Correct the variable, or make the folder: mkdir -p {quoted(folder)}",
        )


def paths_in_memory() -> Paths:
    """Return folders that exist in memory only, until this run ends."""
    folder = Path("memory")
    return Paths(folder, folder, folder, folder, MemoryFiles())


def find_paths(environ: Mapping[str, str]) -> Paths:
    """Return the user's folders: those of our two variables, else the platform's usual ones.

    platformdirs has the usual ones, and reads the process's own environment. Raises ConfigError
    for relative folders and where there is no home.
    """
    config, data = _given(environ, CONFIG_VARIABLE), _given(environ, DATA_VARIABLE)
    if config and data:
        return Paths(config, data, data / "state", data / "cache")
    usual = _usual_paths(environ)
    if data:
        return Paths(usual.config_dir, data, data / "state", data / "cache")
    return Paths(config or usual.config_dir, usual.data_dir, usual.state_dir, usual.cache_dir)


def _given(environ: Mapping[str, str], variable: str) -> Path | None:
    text = environ.get(variable, "")
    if not text:
        return None
    if not Path(text).is_absolute():
        raise ConfigError(
            f"{variable} is '{safe(text, 200)}', which is not an absolute path",
            f"Give the whole path, from the first /: {variable}=/home/me/qiscus-tui",
        )
    return Path(text)


def _usual_paths(environ: Mapping[str, str]) -> Paths:
    from platformdirs import PlatformDirs  # not where our two variables name the folders

    usual = PlatformDirs("qiscus-tui", appauthor=False)
    try:
        found = (usual.user_config_path, usual.user_data_path, usual.user_state_path)
        folders = (*found, usual.user_cache_path)
    except RuntimeError:  # pathlib's, where the system does not know this user either
        folders = (Path(), Path(), Path(), Path())
    home = Path(environ.get("HOME", "/"))  # empty, it would be the root of the file system
    if not all(folder.is_absolute() for folder in (home, *folders)):
        raise ConfigError(
            "There is no home folder to store anything in: HOME is not set, or not an absolute "
            "path",
            f"Set HOME, or both {CONFIG_VARIABLE} and {DATA_VARIABLE}, to folders of your own.",
        )
    return Paths(*folders)
