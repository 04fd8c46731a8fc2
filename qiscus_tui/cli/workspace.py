"""Opens the workspace of a command: the user's own, or the demo's; connects its account."""

import argparse
import ipaddress
import os
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.verbs import VerbContext, exit_code_of, load
from qiscus_tui.errors import (
    ConfigError,
    Interrupted,
    NoAccount,
    NoLongLivedToken,
    NoSecretKey,
    QiscusTuiError,
    StorageError,
    TokenInvalid,
    UsageError,
)
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.account import Account, Role, Storage, parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.model.clock import DAY, Clock, SystemClock
from qiscus_tui.model.text import did_you_mean, safe
from qiscus_tui.service.account.selection import (
    APP_ID_VARIABLE,
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

LOG_VARIABLE = "QISCUS_TUI_LOG"

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
        from qiscus_tui.service.account.directory import keep_in
        from qiscus_tui.service.account.login import Password, log_in

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


def run_verb(options: argparse.Namespace, console: Console, core_limit: int | None) -> int:
    """Run the verb in its workspace, for one account or for each. Return the exit code."""
    verb = load(options.verb)
    if options.all_accounts:
        _check_all_accounts(options)
    workspace = replace(open_for(options), show_secret=console.show_secret, warn=console.show_error)
    context = VerbContext(options, console, workspace, core_limit)
    trouble = _report_crashes(workspace, console) if verb.reports_crashes else None
    if verb.changes:
        warn_of_unmatched_accounts(workspace, console)
    code = _run_for_each(context) if options.all_accounts else _run(context)
    if trouble is not None:
        console.show_error(trouble)
    return code


def _run(context: VerbContext) -> int:
    result = load(context.options.verb).run(context)
    if isinstance(result, int):
        return result
    try:
        from qiscus_tui.cli.interrupts import run_until_signal  # asyncio: not for every verb

        return run_until_signal(result, context.console)
    finally:
        result.close()  # ctrl-c may have come during the import


ALL_ACCOUNTS = ("sessions", "prune", "check", "scan", "status")
"""The verbs that `--all-accounts` runs for one account after the other."""


def _check_all_accounts(options: argparse.Namespace) -> None:
    """Raise UsageError for options that are about one account."""
    if options.verb not in ALL_ACCOUNTS:
        *names, last = ALL_ACCOUNTS
        raise UsageError(
            "--all-accounts is not for this command", f"It is for {', '.join(names)} and {last}."
        )
    for option in ("account", "csv", "out"):
        if getattr(options, option, None):
            raise UsageError(
                f"--all-accounts and --{option} can't be combined", "Leave one of them out."
            )


def _each_account(context: VerbContext) -> Iterator[VerbContext]:
    """Yield the context of every account of this machine, by name; the demo has one.

    Raises UsageError, NoAccount, StorageError before the first.
    """
    workspace = context.workspace
    if workspace.demo is not None:
        yield context
        return
    if environment_credentials(workspace.environ) is not None:
        raise UsageError(
            "--all-accounts was given, and the environment has the credentials of one account",
            "Unset them, or leave --all-accounts out.",
        )
    accounts = workspace.local_files.book.all()
    if not accounts:
        raise NoAccount("No account is logged in on this machine")
    for stored in sorted(accounts, key=lambda one: one.name):
        console = context.console.of_account(stored.name, str(stored.account.origin))
        wanted = AccountOptions(stored.name, workspace.account_options.server, "--all-accounts")
        workspace = replace(workspace, account_options=wanted, warn=console.show_error)
        yield context._replace(console=console, workspace=workspace)


def _run_for_each(context: VerbContext) -> int:
    """Run the verb for every account of this machine. Return the worst exit code.

    An account that fails stops none of the others; its error takes the place of its result.
    """
    options, results = context.options, context.console.results
    is_json, is_ids = (getattr(options, form, False) for form in ("json", "ids"))
    worst: int = ExitCode.DONE
    with results.one_document() if is_json else nullcontext():
        for one in _each_account(context):
            name = one.console.account_fields.get("account")
            if name is not None and not is_json and not is_ids:
                one.console.result(f"== {safe(str(name), 200)}")
            try:
                worst = max(worst, _run(one))
            except Interrupted:
                raise
            except QiscusTuiError as error:
                code = exit_code_of(error, options)
                worst = max(worst, code)
                one.console.show_error(error)
                if results.document is not None:
                    results.document.add({"account": name, "error": error.message, "exit": code})
    return worst


@contextmanager
def logged(options: argparse.Namespace, console: Console) -> Generator[None]:
    """Write the log, if there is to be one, until the block ends. Raises StorageError.

    It holds names of calls, statuses and durations: no header, token, body or message of the
    server. The demo writes nothing and reads no variable.
    """
    path: Path | None = options.log
    if options.demo and path is not None:
        console.say("The demo writes nothing, so there is no log.")
    if path is None and os.environ.get(LOG_VARIABLE):
        path = Path(os.environ[LOG_VARIABLE])
    if path is None or options.demo:
        yield
        return
    from qiscus_tui.service.log_file import logging_to  # logging: few runs have a log

    with logging_to(path, f"qiscus-tui {options.verb or ''}".strip()):
        yield


def warn_of_unmatched_accounts(workspace: Workspace, console: Console) -> None:
    """Warn of configured accounts that do not exist here: their `readonly` has no effect."""
    with suppress(QiscusTuiError):  # the verb needs the same files, and reports the error
        for name in workspace.unmatched_accounts():
            words, hint = unmatched_words(name)
            console.warn(f"warning: {words}", hint)


def _report_crashes(workspace: Workspace, console: Console) -> StorageError | None:
    """Report every plan and revoke-all that was interrupted.

    Return the error if the records can't be read, to be shown at the end: it does not stop the
    verb, which fails with the same error if it needs them.
    """
    local_files = workspace.local_files
    try:
        if not local_files.may_hold_interrupted():
            return None
        from qiscus_tui.service.history import unfinished_runs  # seldom needed

        for run in unfinished_runs(local_files):
            console.warn(run.message, run.hint)
            run.acknowledge()
    except StorageError as error:
        return error
    return None


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
