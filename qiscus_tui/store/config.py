"""The user's settings: config.toml, each with its type and default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from qiscus_tui.errors import ConfigError
from qiscus_tui.model.account import Storage
from qiscus_tui.model.durations import DAY, MINUTE
from qiscus_tui.model.known import Known
from qiscus_tui.model.origin import Origin
from qiscus_tui.model.text import safe
from qiscus_tui.store import config_checks as read
from qiscus_tui.store.config_reader import Names, read_config, setting, unreadable
from qiscus_tui.store.file_checks import check_settings, shown


@dataclass(frozen=True)
class ServerConfig:
    """`[server]`."""

    url: Annotated[Origin | None, setting(read.origin)] = None
    """Server of a new login; None for the usual one."""
    timeout: Annotated[float, setting(read.seconds(1, 10 * MINUTE))] = 20.0
    """Seconds for one answer."""
    ca_bundle: Annotated[Path | None, setting(read.absolute_file)] = None
    """Certificates of a private CA, besides the system's; None for the system's alone."""
    proxy: Annotated[str | None, setting(read.proxy)] = field(default=None, repr=False)
    """Address of a proxy, maybe with a password; None for the environment's."""


@dataclass(frozen=True)
class UiConfig:
    """`[ui]`."""

    theme: Annotated[str, setting(read.label)] = "qiscus-dark"
    """Name of the colour theme."""
    reload: Annotated[float, setting(read.seconds(1, DAY))] = 60.0
    """Seconds between two reloads of the list."""
    expiring: Annotated[float, setting(read.seconds(1, 365 * DAY))] = float(DAY)
    """Seconds before expiry from which a session counts as expiring."""
    mouse: bool = True
    """Whether the mouse works in the app (it then does not select text in the terminal)."""
    bell: bool = True
    """Whether the app rings the terminal's bell at the end of a long revoke."""


@dataclass(frozen=True)
class StorageConfig:
    """`[storage]`."""

    backend: Annotated[Storage | None, setting(read.storage)] = None
    """Where a new login is stored; None for the keyring if there is one, else the file."""


@dataclass(frozen=True)
class AccountConfig:
    """`[account."name"]`."""

    readonly: bool = False
    """Whether everything that changes the server is off for this account."""
    label: Annotated[str, setting(read.label)] = ""
    """Part of our User-Agent: shows which machine made a session."""


@dataclass(frozen=True)
class Override:
    """`[api.CALL]`: how this server names an undocumented call."""

    path: Annotated[str | None, setting(read.api_path)] = None
    """Path of the call; None for the built-in one."""
    field: Annotated[str | None, setting(read.field_name)] = None
    """Name of the field with the token; None for the built-in one."""


@dataclass(frozen=True)
class Config:
    """All settings."""

    server: ServerConfig = ServerConfig()
    ui: UiConfig = UiConfig()
    storage: StorageConfig = StorageConfig()
    accounts: Mapping[str, AccountConfig] = field(default_factory=dict[str, AccountConfig])
    """By the account's name."""
    known: tuple[Known, ...] = ()
    """Integrations that the admin named; the first match counts."""
    api: Mapping[str, Override] = field(default_factory=dict[str, Override])
    """By the call's name, such as "revoke_token"."""


@dataclass(frozen=True)
class _Known:
    """`[[known]]`."""

    client: str = ""
    ip: Annotated[tuple[str, read.Network] | None, setting(read.network)] = None
    label: str = ""
    protect: bool = False

    def __post_init__(self) -> None:
        if not self.client and self.ip is None:
            raise ValueError("needs client or ip, to select its sessions")

    @property
    def known(self) -> Known:
        written, network = self.ip or ("", None)
        label = safe(self.label or self.client or written, 60)
        return Known(label, self.client, network, protect=self.protect)


@dataclass(frozen=True)
class _File:
    """The tables of config.toml."""

    server: ServerConfig = ServerConfig()
    ui: UiConfig = UiConfig()
    storage: StorageConfig = StorageConfig()
    account: Mapping[str, AccountConfig] = field(default_factory=dict[str, AccountConfig])
    known: tuple[_Known, ...] = ()
    api: Mapping[str, Override] = field(default_factory=dict[str, Override])


def load_config(path: Path, calls: Names) -> Config:
    """Return the settings of the file; the defaults where there is none.

    `calls` returns the names of the calls that `[api]` may override.

    Raises ConfigError, and StorageError where others could have written it.
    """
    try:
        if path.is_fifo():
            raise ConfigError(f"{shown(path)} is a named pipe", "Put a file in its place.")
        return _config(path, calls)
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise unreadable(path, error) from error


def load_named_config(path: Path, calls: Names) -> Config:
    """Return the settings of a file that the user named. Raises as `load_config`."""
    try:
        return _config(path, calls)
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no file {shown(path)}", "Check what --config names."
        ) from error


def _config(path: Path, calls: Names) -> Config:
    check_settings(path)
    file = read_config(path, _File, {"api": calls})
    if file.server.ca_bundle is not None:
        check_settings(file.server.ca_bundle)  # whoever can write it is trusted with our tokens
    known = tuple(one.known for one in file.known)
    return Config(file.server, file.ui, file.storage, file.account, known, file.api)
