"""`--all-accounts`: a verb for one account after the other."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

from msgspec.structs import replace

from qiscus_tui.cli.verbs import Context, exit_code_of
from qiscus_tui.errors import Interrupted, NoAccount, QiscusTuiError, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import AccountOptions, environment_credentials

VERBS = ("sessions", "prune", "check", "scan", "status")
"""The verbs that can be run so."""


def check_all_accounts(options: argparse.Namespace) -> None:
    """Raise UsageError for options that are about one account."""
    if options.verb not in VERBS:
        *names, last = VERBS
        raise UsageError(
            "--all-accounts is not for this command", f"It is for {', '.join(names)} and {last}."
        )
    for option in ("account", "csv", "out"):
        if getattr(options, option, None):
            raise UsageError(
                f"--all-accounts and --{option} can't be combined", "Leave one of them out."
            )


def each_account(context: Context) -> Iterator[Context]:
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
        yield context._replace(
            console=console,
            workspace=replace(workspace, account_options=wanted, warn=console.show_error),
        )


def show_heading(context: Context) -> None:
    """Show whose result comes next, where results are text for people."""
    name = context.console.account_fields.get("account")
    is_text = not any(getattr(context.options, form, False) for form in ("json", "ids"))
    if name is not None and is_text:
        context.console.result(f"== {safe(str(name), 200)}")


def show_failure(context: Context, error: QiscusTuiError) -> int:
    """Show why an account has no result: on stderr, and in JSON in the place of the result.

    Return the exit code.
    """
    code = exit_code_of(error, context.options)
    context.console.show_error(error)
    document = context.console.results.document
    if document is not None:
        name = context.console.account_fields.get("account")
        document.add({"account": name, "error": error.message, "exit": code})
    return code


def one_result(context: Context) -> AbstractContextManager[None]:
    """Make one JSON document of the results of all accounts, if they are JSON."""
    is_json = getattr(context.options, "json", False)
    return context.console.results.one_document() if is_json else nullcontext()


def run_for_each(context: Context, run: Callable[[Context], int]) -> int:
    """Run it for every account of this machine. Return the worst exit code.

    An account that fails stops none of the others. Raises what `each_account` raises; Interrupted.
    """
    worst: int = ExitCode.DONE
    with one_result(context):
        for one in each_account(context):
            show_heading(one)
            try:
                worst = max(worst, run(one))
            except Interrupted:
                raise
            except QiscusTuiError as error:
                worst = max(worst, show_failure(one, error))
    return worst
