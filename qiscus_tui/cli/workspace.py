"""Opens the workspace of a command: the user's own, or the demo's; connects its account."""

import argparse
import ipaddress
import os
import shlex
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.verbs import load
from qiscus_tui.errors import (
    ConfigError,
    NoLongLivedToken,
    NoSecretKey,
    QiscusTuiError,
    StorageError,
    TokenInvalid,
    UsageError,
)
from qiscus_tui.model.account import Storage
from qiscus_tui.model.clock import Clock, SystemClock
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.known import Known
from qiscus_tui.model.origin import parse_origin
from qiscus_tui.model.spelling import did_you_mean
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import (
    APP_ID_VARIABLE,
    LAST_USED,
    LONG_LIVED_VARIABLE,
    SECRET_KEY_VARIABLE,
    AccountOptions,
    environment_credentials,
    unmatched_words,
)
from qiscus_tui.service.account.storage import LocalFiles
from qiscus_tui.service.account.workspace import (
    DemoAccess,
    Workspace,
    named_config,
    open_workspace,
    workspace_to_examine,
)
from qiscus_tui.store.config import Config, Policy, View

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


_NIGHTLY = Policy(name="nightly", keep_newest=1, keep_used_within=DAY, keep_created_within=3600.0)
_CRONS = View("crons", filter="client:GuzzleHttp", group_by=("network",), sort="count")
_PEOPLE = View("people", filter="ua:Mozilla", sort="last_used")

DEMO_CONFIG = Config(
    known=(
        Known("billing cron", "GuzzleHttp", ipaddress.ip_network("10.2.7.0/24"), protect=True),
        Known("month-end report", "Java", ipaddress.ip_network("10.8.0.0/24"), protect=True),
    ),
    policies={policy.name: policy for policy in (_NIGHTLY,)},
    views={view.name: view for view in (_CRONS, _PEOPLE)},
)
"""Used where `--config` names no file."""


DEMO_SERVER = "https://demo.invalid"
"""A host name that exists nowhere: the demo answers in this process."""


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


def demo_workspace(clock: Clock, sessions: int = 400, config_file: Path | None = None) -> Workspace:
    """The demo in this process: no socket, no file but a configuration that was named, and
    nothing of the user's environment. Raises ConfigError, StorageError.
    """
    from qiscus_tui.api.wire import in_process
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
    if workspace.demo is not None:
        from qiscus_tui.service.account.login import Password, log_in
        from qiscus_tui.service.account.storage_offer import keep_in

        demo = workspace.demo
        password = Password(demo.email, demo.password)
        kept = keep_in(workspace, Storage.THIS_RUN)
        connection = (await log_in(workspace, kept, password)).connection
        connection.chosen_by = "--demo"
    else:
        connection = workspace.connect(workspace.choose())
    try:
        yield connection
    except QiscusTuiError as error:
        hint_by_storage(error, connection.storage, workspace.environ)
        raise
    finally:
        await connection.close()


def must_not_come_from_environment(workspace: Workspace, why: str) -> None:
    """Raise UsageError, with the reason, if they do. Raises ConfigError."""
    if environment_credentials(workspace.environ) is not None:
        raise UsageError(
            f"The credentials come from the environment: {why}",
            f"Unset {LONG_LIVED_VARIABLE}, {APP_ID_VARIABLE} and {SECRET_KEY_VARIABLE} first.",
        )


def hint_by_storage(error: QiscusTuiError, storage: Storage, environ: Mapping[str, str]) -> None:
    """Change the hint if it suggests a login: that does not replace the variables."""
    if storage is not Storage.ENVIRONMENT:
        return
    match error:
        case TokenInvalid():
            error.hint = f"It comes from the environment: set a valid {LONG_LIVED_VARIABLE}."
        case NoLongLivedToken() if not environ.get(LONG_LIVED_VARIABLE, "").strip():
            error.hint = f"Set {LONG_LIVED_VARIABLE} too; exec and api use the key with --rest."
        case NoSecretKey():
            error.hint = f"Set {SECRET_KEY_VARIABLE} too."
        case _:
            pass


Entry = TypeVar("Entry")


def named_entry(kind: str, name: str, entries: Mapping[str, Entry], needs: str) -> Entry:
    """Return the entry `[kind.NAME]`. Raises UsageError; `needs` are the settings of such a one."""
    if name in entries:
        return entries[name]
    known = ", ".join(safe(one, 40) for one in entries)
    none = f"config.toml has none: name one there as [{kind}.NAME], with {needs}."
    hint = did_you_mean(name, entries, f"config.toml has {known}." if known else none)
    raise UsageError(f"No {kind} is called '{safe(name, 40)}'", hint)


@contextmanager
def in_entry(kind: str, name: str) -> Generator[None]:
    """Raise a ConfigError that names the entry `[kind.NAME]` for a UsageError inside."""
    try:
        yield
    except UsageError as error:
        raise ConfigError(f"[{kind}.{safe(name, 40)}]: {error.message}", error.hint) from error


def warn_of_unmatched_accounts(workspace: Workspace, console: Console) -> None:
    """Warn of configured accounts that do not exist here: their `readonly` has no effect."""
    try:
        unmatched = workspace.unmatched_accounts()
    except QiscusTuiError:
        return  # the verb needs the same files, and reports the error
    for name in unmatched:
        words, hint = unmatched_words(name)
        console.say(f"qiscus-tui: warning: {words}")
        console.say(f"  {hint}")


def report_crashes(workspace: Workspace, console: Console) -> StorageError | None:
    """Report every plan and revoke-all that was interrupted.

    Return the error if the records can't be read, to be shown at the end: it does not stop the
    verb, which fails with the same error if it needs them.
    """
    local_files = workspace.local_files
    try:
        if not local_files.may_hold_interrupted():
            return None
        from qiscus_tui.service.interrupted import notices

        for notice in notices(local_files):
            console.say(f"qiscus-tui: {notice.message}")
            console.say(f"  {notice.hint}")
            notice.acknowledge()
    except StorageError as error:
        return error
    return None


def account_line(connection: "Connection") -> str:
    """Return `Account a@b.c@abcd-1 on https://omnichannel.qiscus.com`."""
    return f"Account {safe(connection.name, 200)} on {connection.account.origin}"


def account_fields(connection: "Connection") -> dict[str, object]:
    """Return what each JSON object begins with."""
    return {"account": connection.name, "server": str(connection.account.origin)}


def must_name_account(options: argparse.Namespace, connection: "Connection") -> None:
    """Raise UsageError for `--yes` where several accounts are kept, and none was named."""
    if options.yes and not options.dry_run and connection.chosen_by == LAST_USED:
        name = shlex.quote(safe(connection.name, 200))
        raise UsageError(
            "--yes needs --account where more than one account is logged in",
            f"Nothing was sent. The account that was used last: --account {name}",
        )
