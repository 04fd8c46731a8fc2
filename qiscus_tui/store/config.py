"""The user's settings: config.toml, every one with its type and what it does when left out."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qiscus_tui.errors import ConfigError
from qiscus_tui.model.durations import DAY, MINUTE
from qiscus_tui.model.known import Known
from qiscus_tui.model.origin import Origin
from qiscus_tui.model.text import safe
from qiscus_tui.store.config_checks import (
    absolute_file,
    api_path,
    field_name,
    label,
    network,
    origin,
    proxy,
)
from qiscus_tui.store.config_reader import Section, parse_config
from qiscus_tui.store.refusals import shown

CALLS = ("revoke_token", "refresh_token", "revoke_all_token", "active_token_list")
"""The calls whose path and field can be given."""


class StorageChoice(enum.Enum):
    """Where secrets of a new login go."""

    AUTO = "auto"
    """The keyring where one was found, else the file after consent."""
    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True)
class ServerConfig:
    """`[server]`."""

    url: Origin | None = None
    """Server of a new login; None where the configuration names none."""
    timeout: float = 20.0
    """Seconds for one answer."""
    ca_bundle: Path | None = None
    """Certificates of a private CA, besides the system's; None for the system's alone."""
    proxy: str | None = field(default=None, repr=False)
    """Address of a proxy, maybe with a password; None for what the environment says."""


@dataclass(frozen=True)
class UiConfig:
    """`[ui]`."""

    theme: str = "qiscus-dark"
    """Name of the colour theme."""
    reload: float = 60.0
    """Seconds between two readings of the list."""
    expiring: float = float(DAY)
    """Seconds before its end from which on a session counts as expiring."""
    mouse: bool = True
    """Whether the mouse works in the app (it then does not select text in the terminal)."""


@dataclass(frozen=True)
class StorageConfig:
    """`[storage]`."""

    backend: StorageChoice = StorageChoice.AUTO
    """Where secrets of a new login go."""


@dataclass(frozen=True)
class AccountConfig:
    """`[account."name"]`."""

    readonly: bool = False
    """Whether everything that changes the server is off for this account."""
    label: str = ""
    """Goes into our User-Agent: which machine made a session."""


@dataclass(frozen=True)
class Override:
    """`[api.CALL]`: what a server calls one of the calls that are not documented."""

    path: str | None = None
    """Path of the call; None for the built-in one."""
    field: str | None = None
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
    """Integrations that the admin named; the first that matches counts."""
    api: Mapping[str, Override] = field(default_factory=dict[str, Override])
    """By the call's name, one of CALLS."""

    def account(self, name: str) -> AccountConfig:
        """The settings of an account; the usual ones where none are given."""
        return self.accounts.get(name, AccountConfig())


def load_config(path: Path) -> Config:
    """The settings in the file; the usual ones where there is none. Raises ConfigError."""
    if path.is_fifo():
        raise ConfigError(f"{shown(str(path))} is a named pipe", "Put a file in its place.")
    try:
        return _config(parse_config(path))
    except FileNotFoundError:
        return Config()


def load_named_config(path: Path) -> Config:
    """The same for a file that the user named, which must be there. Raises ConfigError."""
    try:
        return _config(parse_config(path))
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no file {shown(str(path))}", "Check what --config names."
        ) from error


def _config(top: Section) -> Config:
    config = Config(
        server=_server(top.section("server")),
        ui=_ui(top.section("ui")),
        storage=_storage(top.section("storage")),
        accounts={name: _account(one) for name, one in top.section("account").sections()},
        known=tuple(_known(one) for one in top.section_list("known")),
        api=_overrides(top.section("api")),
    )
    top.finish()
    return config


def _server(section: Section) -> ServerConfig:
    usual = ServerConfig()
    server = ServerConfig(
        url=section.checked("url", origin, usual.url),
        timeout=section.duration("timeout", usual.timeout, 1, 10 * MINUTE),
        ca_bundle=section.checked("ca_bundle", absolute_file, usual.ca_bundle),
        proxy=section.checked("proxy", proxy, usual.proxy),
    )
    section.finish()
    return server


def _ui(section: Section) -> UiConfig:
    usual = UiConfig()
    ui = UiConfig(
        theme=section.checked("theme", label, usual.theme),
        reload=section.duration("reload", usual.reload, 1, DAY),
        expiring=section.duration("expiring", usual.expiring, 1, 365 * DAY),
        mouse=section.boolean("mouse", usual.mouse),
    )
    section.finish()
    return ui


def _storage(section: Section) -> StorageConfig:
    usual = StorageConfig()
    names = [choice.value for choice in StorageChoice]
    backend = StorageChoice(section.choice("backend", names, usual.backend.value))
    section.finish()
    return StorageConfig(backend)


def _account(section: Section) -> AccountConfig:
    usual = AccountConfig()
    account = AccountConfig(
        readonly=section.boolean("readonly", usual.readonly),
        label=section.checked("label", label, usual.label),
    )
    section.finish()
    return account


def _known(section: Section) -> Known:
    client = section.text("client", "")
    ip = section.text("ip", "")
    known = Known(
        label=safe(section.text("label", "") or client or ip, 60),
        client=client,
        network=section.checked("ip", network, None),
        protect=section.boolean("protect", False),
    )
    section.finish()
    if not known.client and known.network is None:
        raise section.error("client", "or ip must say which sessions these are")
    return known


def _overrides(section: Section) -> dict[str, Override]:
    overrides: dict[str, Override] = {}
    for call in CALLS:
        if section.has(call):
            one = section.section(call)
            overrides[call] = Override(
                path=one.checked("path", api_path, None),
                field=one.checked("field", field_name, None),
            )
            one.finish()
    section.finish(CALLS)
    return overrides
