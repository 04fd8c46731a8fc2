"""Where the program's files are."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from qiscus_tui.errors import ConfigError
from qiscus_tui.model.text import safe
from qiscus_tui.store.file_checks import quoted, shown
from qiscus_tui.store.file_store import ON_DISK, FileStore, MemoryFiles

CONFIG_VARIABLE = "QISCUS_TUI_CONFIG_DIR"
DATA_VARIABLE = "QISCUS_TUI_DATA_DIR"


class Paths(Struct, frozen=True):
    """The four folders, and the files in them. Reading creates nothing."""

    config_dir: Path
    data_dir: Path
    state_dir: Path
    cache_dir: Path
    files: FileStore = ON_DISK
    """What reads and writes them."""

    @property
    def config_file(self) -> Path:
        """The user's settings. Never written."""
        return self.config_dir / "config.toml"

    @property
    def secrets_file(self) -> Path:
        """Secrets of the accounts that use this file."""
        return self.data_dir / "secrets.json"

    @property
    def accounts_file(self) -> Path:
        """The accounts, without secrets."""
        return self.data_dir / "accounts.json"

    @property
    def chosen_file(self) -> Path:
        """The account that was used last."""
        return self.state_dir / "chosen.json"

    @property
    def short_file(self) -> Path:
        """Short-lived tokens of accounts whose long-lived token is in the environment."""
        return self.state_dir / "short.json"

    @property
    def audit_file(self) -> Path:
        """The audit log."""
        return self.state_dir / "audit.jsonl"

    def rotated_audit(self, number: int) -> Path:
        """Return the audit log's older part of this number: 1 is the newest of them."""
        return self.audit_file.with_name(f"audit.{number}.jsonl")

    @property
    def journal_file(self) -> Path:
        """Revoke-alls that were started."""
        return self.state_dir / "journal.json"

    @property
    def verified_file(self) -> Path:
        """Servers on which the revoke call was seen to work."""
        return self.state_dir / "verified.json"

    @property
    def checks_file(self) -> Path:
        """Fingerprints of what `check` saw."""
        return self.state_dir / "checks.json"

    @property
    def visits_file(self) -> Path:
        """Fingerprints of what was listed at the last visit."""
        return self.state_dir / "visits.json"

    @property
    def shown_file(self) -> Path:
        """How the list of each account was shown last."""
        return self.state_dir / "shown.json"

    @property
    def known_file(self) -> Path:
        """Integrations that were named in the app or by `known add`."""
        return self.state_dir / "known.json"

    @property
    def plan_key_file(self) -> Path:
        """The key that plan files are sealed with."""
        return self.state_dir / "plan_key.json"

    @property
    def ids_file(self) -> Path:
        """Session ids for the shell's completion."""
        return self.cache_dir / "ids.json"


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
    from platformdirs import PlatformDirs

    home = environ.get("HOME")
    if home is not None and not Path(home).is_absolute():
        raise _no_home(": HOME is not an absolute path")
    usual = PlatformDirs("qiscus-tui", appauthor=False)
    try:
        found = (usual.user_config_path, usual.user_data_path, usual.user_state_path)
        folders = (*found, usual.user_cache_path)
    except RuntimeError as error:  # pathlib's, where the system does not know this user either
        raise _no_home(": HOME is not set, and the system does not know this user") from error
    if not all(folder.is_absolute() for folder in folders):
        raise _no_home("")
    return Paths(*folders)


def _no_home(reason: str) -> ConfigError:
    return ConfigError(
        f"There is no home folder to store anything in{reason}",
        f"Set HOME, or both {CONFIG_VARIABLE} and {DATA_VARIABLE}, to folders of your own.",
    )
