"""The user's settings: config.toml, each with its type and default."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Struct

from qiscus_tui.errors import ConfigError
from qiscus_tui.model.account import Origin, Storage
from qiscus_tui.model.clients import Known
from qiscus_tui.model.clock import DAY, MINUTE, duration_between
from qiscus_tui.model.masking import Unshown
from qiscus_tui.model.retention_rules import RetentionRules
from qiscus_tui.store import config_checks as read
from qiscus_tui.store.config_reader import ConfigFile, unreadable
from qiscus_tui.store.file_checks import check_settings, quoted, shown
from qiscus_tui.store.known import Integration


class ServerConfig(Unshown, frozen=True, forbid_unknown_fields=True):
    """`[server]`."""

    url: Annotated[Origin | None, read.origin] = None
    """Server of a new login; None for the usual one."""
    timeout: Annotated[float, duration_between(1, 10 * MINUTE)] = 20.0
    """Seconds for one answer."""
    ca_bundle: Annotated[Path | None, read.absolute_file] = None
    """Certificates of a private CA, besides the system's; None for the system's alone."""
    proxy: Annotated[str | None, read.proxy] = None
    """Address of a proxy, maybe with a password; None for the environment's."""


class UiConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """`[ui]`."""

    theme: Annotated[str, read.label] = "auto"
    """Name of the colour theme; "auto" is the one chosen in the app, else the terminal's."""
    reload: Annotated[float, duration_between(1, DAY)] = 60.0
    """Seconds between two reloads of the list."""
    expiring: Annotated[float, duration_between(1, 365 * DAY)] = float(DAY)
    """Seconds before expiry from which a session counts as expiring."""
    mouse: bool = True
    """Whether the mouse works in the app (it then does not select text in the terminal)."""
    bell: bool = True
    """Whether the app rings the terminal's bell at the end of a long revoke."""


class StorageConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """`[storage]`."""

    backend: Annotated[Storage | None, read.one_of(read.STORAGE)] = None
    """Where a new login is stored; None for the keyring if there is one, else the file."""


class AccountConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """`[account."name"]`."""

    readonly: bool = False
    """Whether everything that changes the server is off for this account."""
    label: Annotated[str, read.label] = ""
    """Part of our User-Agent: shows which machine made a session."""


class AuditConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """`[audit]`."""

    syslog: bool = False
    """Whether audit records go to the system's log too."""
    reason: Annotated[bool, read.one_of(read.REQUIRED)] = False
    """Whether nothing is revoked without a reason ("required"); it is "optional" otherwise."""


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """`[api.CALL]`: how this server names an undocumented call."""

    path: Annotated[str | None, read.api_path] = None
    """Path of the call; None for the built-in one."""
    field: Annotated[str | None, read.field_name] = None
    """Name of the field with the token; None for the built-in one."""


class Policy(RetentionRules, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[policy.NAME]`: what `prune` keeps of each group, and of which sessions it revokes the rest.

    Without a rule it needs one from the command line.
    """

    name: str
    filter: str = ""
    """Only the sessions that it matches; all where it is empty."""
    group_by: tuple[str, ...] = ()
    """Keys of the grouping, none for the usual one."""
    include_protected: bool = False
    """Whether sessions of protected integrations may be revoked."""

    @property
    def rules(self) -> RetentionRules:
        """Return its rules alone."""
        return msgspec.convert(self, RetentionRules, from_attributes=True)


class View(Struct, frozen=True, forbid_unknown_fields=True):
    """`[view.NAME]`: what the list shows, under a name."""

    name: str
    filter: str = ""
    group_by: tuple[str, ...] = ()
    """Keys of the grouping; none for a list of sessions."""
    sort: str = ""
    """The key of the order; empty for the usual one."""
    reverse: bool = False

    def __post_init__(self) -> None:
        if not (self.filter or self.group_by or self.sort):
            raise ValueError("needs a filter, group_by or sort")


class Config(Struct, frozen=True):
    """All settings."""

    server: ServerConfig = ServerConfig()
    ui: UiConfig = UiConfig()
    storage: StorageConfig = StorageConfig()
    audit: AuditConfig = AuditConfig()
    accounts: Mapping[str, AccountConfig] = {}
    """By the account's name."""
    known: tuple[Known, ...] = ()
    """Integrations that the admin named; the first match counts."""
    policies: Mapping[str, Policy] = {}
    views: Mapping[str, View] = {}
    """In the file's order."""
    api: Mapping[str, Override] = {}
    """By the call's name, such as "revoke_token"."""
    keys: Mapping[str, str] = {}
    """The key of a command of the app in place of its own, by the command's name."""


TABLES = ("server", "ui", "storage", "audit", "account", "known", "policy", "view", "api", "keys")
"""Names of the file's tables."""


CheckWords = Callable[[ConfigFile, Config], None]
"""Raises ConfigError for a word of another part of the program that is none there. Called for a
file that has filters, sort orders, calls of the API or keys alone: it loads them."""


def load_config(path: Path, check_words: CheckWords) -> Config:
    """Return the settings of the file; the defaults where there is none.

    Raises ConfigError, also for a link that leads nowhere: its file may protect sessions; and
    StorageError where others could have written it.
    """
    try:
        if path.is_fifo():
            raise ConfigError(f"{shown(path)} is a named pipe", "Put a file in its place.")
        return _config(path, check_words)
    except FileNotFoundError as error:
        for part in (path, *path.parents):
            if part.is_symlink() and not part.exists():
                raise ConfigError(
                    f"{shown(part)} is a link to {shown(part.readlink())}, which is not there",
                    f"Restore what it leads to, or remove the link: rm {quoted(part)}",
                ) from error
        return Config()
    except OSError as error:
        raise unreadable(path, error) from error


def load_named_config(path: Path, check_words: CheckWords) -> Config:
    """Return the settings of a file that the user named. Raises as `load_config`."""
    try:
        return _config(path, check_words)
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no file {shown(path)}", "Check what --config names."
        ) from error


def _config(path: Path, check_words: CheckWords) -> Config:
    check_settings(path)
    file = ConfigFile(path)
    file.check_names(TABLES)
    config = Config(
        server=file.table(ServerConfig, "server"),
        ui=file.table(UiConfig, "ui"),
        storage=file.table(StorageConfig, "storage"),
        audit=file.table(AuditConfig, "audit"),
        accounts=file.named(AccountConfig, "account"),
        known=tuple(one.known for one in file.list_of(Integration, "known")),
        policies=file.named(Policy, "policy"),
        views=file.named(View, "view"),
        api=file.named(Override, "api"),
        keys=file.texts("keys", read.key),
    )
    if config.server.ca_bundle is not None:
        check_settings(config.server.ca_bundle)  # whoever can write it is trusted with our tokens
    file.check_word("theme", config.ui.theme, read.THEMES, "ui", "theme")
    if config.policies or config.views or config.api or config.keys:
        check_words(file, config)
    return config
