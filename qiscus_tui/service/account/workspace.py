"""What every run needs: configuration, files, clock, and access to the network.

Light to import: the parts for the network are loaded with the first connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qiscus_tui import __version__
from qiscus_tui.errors import ConfigError, QiscusTuiError, StorageError
from qiscus_tui.model.account import Account, Credentials, Origin, Storage
from qiscus_tui.model.clock import Clock, SystemClock
from qiscus_tui.model.masking import Unshown
from qiscus_tui.service.account.selection import (
    AccountOptions,
    SelectedAccount,
    choose,
    login_server,
    unmatched_accounts,
)
from qiscus_tui.service.account.storage import (
    AccountStorage,
    LocalFiles,
)
from qiscus_tui.service.config_language import LANGUAGE
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.config import Config, load_config, load_named_config
from qiscus_tui.store.paths import check_config_dir, find_paths
from qiscus_tui.store.secrets import SecretStore, open_store

if TYPE_CHECKING:
    import httpx

    from qiscus_tui.api.client import ApiClient
    from qiscus_tui.api.contract import Contract
    from qiscus_tui.api.wire import WireSettings
    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.integrations import Integrations
    from qiscus_tui.service.sessions.snapshot import Reader


class DemoAccess(Unshown, frozen=True):
    """The demo in this process: its transport, and the credentials for it."""

    transport: httpx.AsyncBaseTransport
    origin: Origin
    email: str
    password: str


class Workspace(Unshown, frozen=True, dict=True):
    """Configuration, files and clock of one run, and the connections made from them."""

    environ: Mapping[str, str]
    config: Config
    local_files: LocalFiles
    """In memory in the demo, which reads and writes no file."""
    clock: Clock
    account_options: AccountOptions = AccountOptions()
    config_file: Path | None = None
    """The file that `--config` named; None for the default place."""
    config_error: QiscusTuiError | None = None
    """Why the settings are the defaults; None where they are the user's."""
    demo: DemoAccess | None = None
    timeout: float | None = None
    """Seconds that a call may take in all, by the command line; None for the default."""
    show_secret: Callable[[str], bool] = lambda _secret: False
    """Shows a new long-lived token that could not be stored; see `Connection.show_secret`."""
    warn: Callable[[QiscusTuiError], None] = lambda _error: None
    """Shows what went wrong beside an action; see `Connection.warn`."""

    def choose(self) -> SelectedAccount:
        """Return the account of this run.

        Raises NoAccount, UsageError, ConfigError, StorageError.
        """
        return choose(self.account_options, self.environ, self.config, self.local_files)

    def unmatched_accounts(self) -> tuple[str, ...]:
        """Return the accounts of config.toml that are not stored on this machine.

        Raises ConfigError, StorageError.
        """
        return unmatched_accounts(self.environ, self.config, self.local_files)

    def login_server(self) -> Origin:
        """Return the server for a login. Raises AddressError."""
        if self.demo is not None:
            return self.demo.origin
        return login_server(self.account_options, self.environ, self.config)

    def wire_settings(self, label: str = "") -> WireSettings:
        """Return the configured transport settings."""
        from qiscus_tui.api.retry import CALL_TIME
        from qiscus_tui.api.wire import LIST_TIME, WireSettings

        server = self.config.server
        call_time = self.timeout or max(CALL_TIME, server.timeout)
        return WireSettings(
            timeout=min(server.timeout, call_time),
            call_time=call_time,
            list_time=self.timeout or max(LIST_TIME, call_time),
            user_agent=f"qiscus-tui/{__version__}" + (f" ({label})" if label else ""),
            ca_bundle=str(server.ca_bundle or ""),
            proxy=server.proxy or "",
            transport=self.demo.transport if self.demo else None,
        )

    def client(self, origin: Origin, app_id: str, label: str = "") -> ApiClient:
        """Return an API client for one app on one server."""
        from qiscus_tui.api.client import ApiClient

        return ApiClient(origin, app_id, self.wire_settings(label), self.clock, self.contract())

    def contract(self) -> Contract:
        """Return the calls of the API, with the configured overrides."""
        from qiscus_tui.api.contract import contract_with

        overrides = {
            name: (override.path, override.field) for name, override in self.config.api.items()
        }
        return contract_with(overrides)

    def integrations(self, account: Account) -> Integrations:
        """Return the known integrations of the account's app."""
        from qiscus_tui.service.integrations import Integrations

        config_file = self.config_file or self.local_files.paths.config_file
        file = self.local_files.known(str(account.origin), account.app_code)

        def record(words: str) -> None:
            try:
                now = self.clock.now()
                self.local_files.audit.access(account, AuditKind.KNOWN, (), "", now, words)
            except StorageError as error:
                message = f"The audit log lacks this change: {error.message}"
                self.warn(StorageError(message, error.hint))

        return Integrations(self.config.known, config_file, file, record)

    def reader(self, account: Account) -> Reader:
        """Return a reader, which turns listings into snapshots."""
        from qiscus_tui.service.sessions.snapshot import full_reader

        return full_reader(self.integrations(account).known)

    def connect(self, selected: SelectedAccount) -> Connection:
        """Return a connection to the account; nothing is sent yet. Raises StorageError."""
        return self.connection(selected, self.account_storage_of(selected))

    def connection(self, selected: SelectedAccount, account_storage: AccountStorage) -> Connection:
        """Return a connection to the account whose secrets are in `account_storage`."""
        from qiscus_tui.service.account.connection import Connection

        account = selected.account
        client = self.client(account.origin, account.app_code, account.label)
        return Connection(
            selected.name,
            account,
            client,
            account_storage,
            self.clock,
            partial(self.reader, account),
            selected.by,
            self.show_secret,
            self.warn,
            self.config.audit.reason,
        )

    def account_storage_of(self, selected: SelectedAccount) -> AccountStorage:
        """Return where the account's secrets are. Raises StorageError."""
        secrets = self.secret_store(selected.stored.storage, selected.given)
        return AccountStorage(secrets, self.local_files)

    def secret_store(self, storage: Storage, given: Credentials | None = None) -> SecretStore:
        """Return the store of this kind; in the demo, memory. Raises StorageError."""
        kind = storage if self.local_files.persistent else Storage.THIS_RUN
        return open_store(kind, self.local_files.paths, given)


def named_config(path: Path | None) -> Config | None:
    """Return the settings of the file that the user named. Raises ConfigError, StorageError."""
    return load_named_config(path, LANGUAGE) if path else None


def usual_config(environ: Mapping[str, str]) -> Config:
    """Return the settings of config.toml in its usual folder. Raises ConfigError, StorageError."""
    check_config_dir(environ)
    return load_config(find_paths(environ).config_file, LANGUAGE)


def open_workspace(
    environ: Mapping[str, str], account_options: AccountOptions, config_file: Path | None = None
) -> Workspace:
    """Return the workspace of this user. Raises ConfigError, StorageError."""
    config = named_config(config_file) or usual_config(environ)
    local_files = LocalFiles(find_paths(environ), environ, to_syslog=config.audit.syslog)
    return Workspace(environ, config, local_files, SystemClock(), account_options, config_file)


def workspace_to_examine(
    environ: Mapping[str, str], account_options: AccountOptions, config_file: Path | None = None
) -> Workspace:
    """Return the workspace, with the defaults where the configuration can't be used.

    For what changes nothing: `readonly` and protection are among the settings. Raises ConfigError
    where there is no folder for the files.
    """
    try:
        return open_workspace(environ, account_options, config_file)
    except (ConfigError, StorageError) as error:
        local_files = LocalFiles(find_paths(environ), environ)
        return Workspace(
            environ,
            Config(),
            local_files,
            SystemClock(),
            account_options,
            config_file,
            config_error=error,
        )
