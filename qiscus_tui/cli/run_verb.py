"""Runs a verb in its workspace: for one account, or for each; with the log."""

import argparse
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from msgspec.structs import replace

from qiscus_tui.cli import workspace as opening
from qiscus_tui.cli.output.console import Console, error_document
from qiscus_tui.cli.verbs import VerbContext, exit_code_of, load
from qiscus_tui.errors import Interrupted, NoAccount, QiscusTuiError, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import AccountOptions, environment_credentials

LOG_VARIABLE = "QISCUS_TUI_LOG"


def run_verb(options: argparse.Namespace, console: Console) -> int:
    """Run the verb in its workspace, for one account or for each. Return the exit code."""
    verb = load(options.verb)
    if options.all_accounts:
        _check_all_accounts(options)
    opened = opening.open_for(options)
    workspace = replace(opened, show_secret=console.show_secret, warn=console.show_error)
    context = VerbContext(options, console, workspace)
    if verb.changes:
        opening.warn_of_unmatched_accounts(workspace, console)
    return _run_for_each(context) if options.all_accounts else _run(context)


def _run(context: VerbContext) -> int:
    result = load(context.options.verb).run(context)
    if isinstance(result, int):
        return result
    try:
        from qiscus_tui.cli.interrupts import run_until_signal  # asyncio: not for every verb

        return run_until_signal(result, context.console)
    finally:
        result.close()  # ctrl-c may have come during the import


def _check_all_accounts(options: argparse.Namespace) -> None:
    """Raise UsageError for options that are about one account."""
    if not load(options.verb).each_account:
        raise UsageError(
            f"--all-accounts is not for {options.verb}",
            "It is for sessions, status, prune, check and scan.",
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
    if (demo := workspace.demo) is not None:
        from qiscus_tui.demo.state import APP_CODE  # few runs are of the demo

        console = context.console.of_account(f"{demo.email}@{APP_CODE}", str(demo.origin))
        yield context._replace(console=console)
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
                one.console.head(f"== {safe(str(name), 200)}")
            try:
                code = _run(one)
            except Interrupted:
                one.console.end(ExitCode.INTERRUPTED)
                raise
            except QiscusTuiError as error:
                code = exit_code_of(error, options)
                one.console.show_error(error)
                if results.document is not None:
                    fields = one.console.account_fields
                    results.document.add({**fields, **error_document(error, code)})
            one.console.end(code)
            worst = max(worst, code)
    return worst


@contextmanager
def logged(options: argparse.Namespace) -> Generator[None]:
    """Write the log, if there is to be one, until the block ends. Raises StorageError.

    It holds names of calls, statuses and durations: no header, token, body or message of the
    server. The demo reads no variable.
    """
    path: Path | None = options.log
    if path is None and not options.demo and os.environ.get(LOG_VARIABLE):
        path = Path(os.environ[LOG_VARIABLE])
    if path is None:
        yield
        return
    from qiscus_tui.service.log_file import logging_to  # logging: few runs have a log

    with logging_to(path, f"qiscus-tui {options.verb or ''}".strip()):
        yield
