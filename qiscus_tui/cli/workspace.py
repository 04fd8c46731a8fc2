"""The workspace of a command, the user's own or the demo's, and the connection of its account."""

import argparse
import ipaddress
import os
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.verbs import load
from qiscus_tui.errors import (
    AddressError,
    NoLongLivedToken,
    QiscusTuiError,
    TokenInvalid,
    TokenNotStored,
)
from qiscus_tui.model.account import Account, Origin, Role, Storage, parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.model.clock import DAY, HOUR, Clock, SystemClock
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import (
    LONG_LIVED_VARIABLE,
    SECRET_KEY_VARIABLE,
    AccountOptions,
)
from qiscus_tui.service.account.storage import secret_store
from qiscus_tui.service.account.workspace import (
    DemoAccess,
    LocalFiles,
    Workspace,
    named_config,
    open_workspace,
    workspace_to_examine,
)
from qiscus_tui.store.config import Config, Policy, View

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


def open_for(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Workspace:
    """Return the workspace for the options. Raises ConfigError, StorageError."""
    config: Path | None = options.config
    if options.demo:
        workspace = demo_workspace(SystemClock(), config_file=config)
    else:
        examines = options.verb is not None and load(options.verb).examines
        opened = workspace_to_examine if examines else open_workspace
        workspace = opened(environ, AccountOptions(options.account, options.server), config)
    return replace(workspace, timeout=options.timeout)


DEMO_CONFIG = Config(
    known=(
        Known("billing cron", "GuzzleHttp", ipaddress.ip_network("10.2.7.0/24"), protect=True),
        Known("month-end report", "Java", ipaddress.ip_network("10.8.0.0/24"), protect=True),
    ),
    policies={
        "nightly": Policy(
            name="nightly", keep_newest=1, keep_used_within=DAY, keep_created_within=HOUR
        )
    },
    views={
        "crons": View("crons", filter="client:GuzzleHttp", group_by=("network",), sort="count"),
        "people": View("people", filter="ua:Mozilla", sort="last_used"),
    },
)
"""What the demo's admin has in config.toml, where `--config` names no file."""

DEMO_SERVER = "https://demo.invalid"
"""A host name that exists nowhere: the demo answers in this process."""


def demo_workspace(clock: Clock, sessions: int = 400, config_file: Path | None = None) -> Workspace:
    """Return the demo in this process: no socket, no file but a configuration that was named.

    It has nothing of the user's environment. Raises ConfigError, StorageError.
    """
    from qiscus_tui.api.wire import in_process  # these load httpx and starlette
    from qiscus_tui.demo import DemoState
    from qiscus_tui.demo.app import demo_app

    state = DemoState(clock, sessions=sessions)
    access = DemoAccess(
        in_process(demo_app(state)),
        parse_origin(DEMO_SERVER),
        state.credentials.email,
        state.credentials.password,
    )
    config = named_config(config_file) or DEMO_CONFIG
    return Workspace(
        {}, config, LocalFiles.in_memory(), clock, config_file=config_file, demo=access
    )


@asynccontextmanager
async def connected(workspace: Workspace) -> AsyncGenerator["Connection"]:
    """Connect the account of this run; log in to the demo first."""
    # These load httpx, which a verb that asks no server does without.
    from qiscus_tui.service.account.connection import connect
    from qiscus_tui.service.account.login import Password, log_in

    if workspace.demo is not None:
        password = Password(workspace.demo.email, workspace.demo.password)
        secrets = secret_store(workspace, Storage.THIS_RUN)
        connection = (await log_in(workspace, secrets, password)).connection
        connection.chosen_by = "--demo"
    else:
        connection = connect(workspace, workspace.choose())
    try:
        yield connection
    except QiscusTuiError as error:
        fit_login_hint(error, connection, workspace)
        raise
    finally:
        await connection.close()


def fit_login_hint(error: QiscusTuiError, connection: "Connection", workspace: Workspace) -> None:
    """Change the hint if it suggests a login: on the account's server, and not for variables."""
    if connection.storage is not Storage.ENVIRONMENT:
        _name_server(error, connection.account.origin, workspace)
        return
    has_long_lived = bool(workspace.environ.get(LONG_LIVED_VARIABLE, "").strip())
    if isinstance(error, TokenNotStored) and error.is_shown:
        error.hint = f"Set {LONG_LIVED_VARIABLE} to the token just shown."
    elif isinstance(error, TokenInvalid):
        variable = LONG_LIVED_VARIABLE if has_long_lived else SECRET_KEY_VARIABLE
        error.hint = f"It comes from the environment: set a valid {variable}."
    elif isinstance(error, NoLongLivedToken) and not has_long_lived:
        error.hint = f"Set {LONG_LIVED_VARIABLE} too; exec and api use the key with --rest."


@contextmanager
def login_hints(workspace: Workspace, server: Callable[[], Origin]) -> Generator[None]:
    """Let a hint that suggests a login name this server, where no connection does so."""
    try:
        yield
    except QiscusTuiError as error:
        with suppress(QiscusTuiError):
            _name_server(error, server(), workspace)
        raise


def _name_server(error: QiscusTuiError, origin: Origin, workspace: Workspace) -> None:
    """Name the server of a login, unless a login without `--server` is at the same one.

    Else another server would get the password or key.
    """
    login, options = "qiscus-tui login", replace(workspace.account_options, server=None)
    if f"{login} --server" in error.hint:
        return
    with suppress(AddressError):
        if origin != replace(workspace, account_options=options).login_server():
            error.hint = error.hint.replace(login, f"{login} --server {origin}")


def warn_of_unmatched_accounts(workspace: Workspace, console: Console) -> None:
    """Warn of configured accounts that do not exist here: their `readonly` has no effect."""
    with suppress(QiscusTuiError):  # the verb needs the same files, and reports the error
        for one in workspace.unmatched_accounts():
            console.warn(f"warning: {one.message}", one.hint)


def account_line(connection: "Connection") -> str:
    """Return `Account a@b.c@abcd-1 on https://omnichannel.qiscus.com`."""
    return f"Account {safe(connection.name, 200)} on {connection.account.origin}"


def account_fields(connection: "Connection") -> dict[str, object]:
    """Return what each JSON object begins with."""
    return {"account": connection.name, "server": str(connection.account.origin)}


def account_record(account: Account) -> dict[str, object]:
    """Return an account for JSON, without its name."""
    role = None if account.role is Role.UNKNOWN else account.role.value
    user = account.user or None
    return {"server": str(account.origin), "app_id": account.app_code, "user": user, "role": role}
