"""What every run needs: configuration, files and clock. Loads no part of the network."""

from collections.abc import Callable, Mapping
from pathlib import Path

from qiscus_tui.errors import (
    ConfigError,
    FilterError,
    NoAccount,
    QiscusTuiError,
    StorageError,
    UsageError,
)
from qiscus_tui.model.account import (
    DEFAULT_SERVER,
    Account,
    Origin,
    Storage,
    parse_origin,
)
from qiscus_tui.model.clock import Clock, SystemClock
from qiscus_tui.model.group_keys import GROUP_KEYS
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.masking import Unshown
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import (
    ACCOUNT_VARIABLE,
    APP_ID_VARIABLE,
    ENVIRONMENT_NAME,
    LAST_USED,
    LONG_LIVED_VARIABLE,
    SECRET_KEY_VARIABLE,
    SERVER_VARIABLE,
    AccountOptions,
    SelectedAccount,
    configured,
    environment_account,
    environment_credentials,
)
from qiscus_tui.store.accounts import AccountBook, StoredAccount
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.config import Config, Policy, View, load_config, load_named_config
from qiscus_tui.store.config_reader import ConfigFile, Place
from qiscus_tui.store.paths import Paths, check_config_dir, find_paths, paths_in_memory
from qiscus_tui.store.state import Checks, ShownLists, Visits


class LocalFiles:
    """The files of this user, or their twins in memory. Nothing is created by looking."""

    def __init__(
        self, paths: Paths, environ: Mapping[str, str], *, to_syslog: bool = False
    ) -> None:
        """`to_syslog`: audit records go to the system's log too."""
        self.paths = paths
        self.environ = environ
        self.book = AccountBook(paths)
        self.audit = AuditLog(paths, environ=environ, to_syslog=to_syslog)
        self.checks = Checks(paths)
        self.visits = Visits(paths)
        self.shown_lists = ShownLists(paths)

    @classmethod
    def in_memory(cls) -> "LocalFiles":
        """Return files that end with this run; the machine's own are neither read nor written."""
        return cls(paths_in_memory(), {})

    @property
    def persistent(self) -> bool:
        """Whether they are still there after this run."""
        return self.paths.files.persistent


class DemoAccess(Unshown, frozen=True):
    """The demo in this process: its transport, and the credentials for it."""

    transport: object
    """A `Transport` of api/wire.py, which is loaded with the first connection."""
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
        given = environment_credentials(self.environ)
        if given is not None:
            if self.account_options.account is not None:
                raise UsageError(
                    "--account was given, and the environment has credentials too",
                    f"Unset {LONG_LIVED_VARIABLE}, {SECRET_KEY_VARIABLE} and {APP_ID_VARIABLE}, "
                    "or leave --account out.",
                )
            app_id, credentials = given
            token_id = fingerprint(credentials.long_lived) if credentials.long_lived else ""
            server = self.login_server()
            account = Account(server, app_id, user="", token_id=token_id)
            stored = StoredAccount(ENVIRONMENT_NAME, account, Storage.ENVIRONMENT)
            return SelectedAccount(configured(stored, self.config), "environment", credentials)
        stored, by = self._stored()
        if self.account_options.server is not None:
            wanted = parse_origin(self.account_options.server)
            if wanted != stored.account.origin:
                raise UsageError(
                    f"The account {safe(stored.name)} belongs to {stored.account.origin}, "
                    f"not to {wanted}",
                    "Its secrets are sent to no other server. Leave --server out, or log in there: "
                    f"qiscus-tui login --server {wanted}",
                )
        return SelectedAccount(configured(stored, self.config), by)

    def choose_if_any(self) -> SelectedAccount | None:
        """Return the account of this run; None where none is kept here and none was named.

        Raises as `choose` does: what an account that was named is for goes to no other one.
        """
        try:
            return self.choose()
        except NoAccount:
            if self.account_options.account is None and environment_account(self.environ) is None:
                return None
            raise

    def _stored(self) -> tuple[StoredAccount, str]:
        accounts = list(self.local_files.book.all())
        named = (
            (self.account_options.account, self.account_options.named_by),
            (environment_account(self.environ), ACCOUNT_VARIABLE),
        )
        for name, by in named:
            if name is not None:
                found = next((stored for stored in accounts if stored.name == name), None)
                if found is None:
                    raise NoAccount(
                        f"There is no account '{safe(name, 100)}' here ({by})",
                        "See: qiscus-tui accounts, or log in: qiscus-tui login",
                    )
                return found, by
        if not accounts:
            raise NoAccount("No account is logged in on this machine")
        if len(accounts) == 1:
            return accounts[0], "the only one"
        last = self.local_files.book.last_used()
        for stored in accounts:
            if stored.name == last:
                return stored, LAST_USED
        raise UsageError(
            f"{len(accounts)} accounts are logged in here, and none is selected",
            "Select one: qiscus-tui accounts use NAME, or add --account NAME.",
        )

    def server(self) -> Origin:
        """Return the server of the account of this run; where there is none, that of a login.

        Raises as `choose` and `login_server` do.
        """
        selected = self.choose_if_any()
        return self.login_server() if selected is None else selected.account.origin

    def unmatched_accounts(self) -> list[ConfigError]:
        """Return a warning of each account of the configuration that is not stored here.

        Raises ConfigError, StorageError.
        """
        if not self.config.accounts:
            return []
        known = {ENVIRONMENT_NAME}
        for stored in self.local_files.book.all():
            known |= {stored.name, stored.account.name}
        given = environment_credentials(self.environ)
        if given is not None:
            known.add(given[0])
        return [
            ConfigError(
                f'[account."{safe(name, 100)}"] in config.toml matches no account here: its '
                "settings, readonly included, have no effect",
                "Correct the name. To list the names: qiscus-tui accounts",
            )
            for name in self.config.accounts
            if name not in known
        ]

    def login_server(self) -> Origin:
        """Return the server for a login or environment credentials; the demo's in the demo.

        The flag overrides the environment, and the environment the configuration.

        Raises AddressError.
        """
        if self.demo is not None:
            return self.demo.origin
        if self.account_options.server is not None:
            return parse_origin(self.account_options.server)
        if address := self.environ.get(SERVER_VARIABLE, "").strip():
            return parse_origin(address)
        return self.config.server.url or parse_origin(DEFAULT_SERVER)


def check_words(file: ConfigFile, config: Config) -> None:
    """Raise ConfigError for calls of the API, filters, groupings, orders and keys that are none."""
    # The filter's parser takes long to load, and few files use it.
    from qiscus_tui.api.contract import OVERRIDABLE, path_clash
    from qiscus_tui.commands.keys import DIALOG_KEYS, KEYS, key_clash
    from qiscus_tui.query import SortKey
    from qiscus_tui.service.sessions.groups import GroupFact

    file.check_names(OVERRIDABLE, "api")
    if clash := path_clash({name: one.path for name, one in config.api.items()}):
        name, problem = clash
        raise file.error(("api", name, "path"), problem, "Nothing was sent. Fix the path.")
    for policy in config.policies.values():
        _check_selection(file, ("policy", policy.name), policy)
    for view in config.views.values():
        _check_selection(file, ("view", view.name), view)
        sorts = [one.value for one in (GroupFact if view.group_by else SortKey)]
        if view.sort:
            keys = (*sorts, *view.group_by)
            file.check_word("sort key", view.sort, keys, "view", view.name, "sort")
    file.check_names((*KEYS, *DIALOG_KEYS), "keys")
    if clash := key_clash(config.keys):
        name, problem = clash
        raise file.error(("keys", name), problem, "Choose another key, or change both.")


def _check_selection(file: ConfigFile, place: Place, one: Policy | View) -> None:
    from qiscus_tui.query import parse

    try:
        parse(one.filter)
    except FilterError as error:
        problem = f"has a mistake: {error.message}"
        raise file.error((*place, "filter"), problem, error.hint) from error
    for key in one.group_by:
        file.check_word("grouping", key, GROUP_KEYS, *place, "group_by")
    if len(set(one.group_by)) < len(one.group_by):
        raise file.error((*place, "group_by"), "names a grouping twice")


def named_config(path: Path | None) -> Config | None:
    """Return the settings of the file that the user named. Raises ConfigError, StorageError."""
    return load_named_config(path, check_words) if path else None


def open_workspace(
    environ: Mapping[str, str], account_options: AccountOptions, config_file: Path | None = None
) -> Workspace:
    """Return the workspace of this user. Raises ConfigError, StorageError."""
    config = named_config(config_file)
    if config is None:
        check_config_dir(environ)
        config = load_config(find_paths(environ).config_file, check_words)
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
        files, why = LocalFiles(find_paths(environ), environ), error
    return Workspace(
        environ, Config(), files, SystemClock(), account_options, config_file, config_error=why
    )
