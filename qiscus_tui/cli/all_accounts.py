"""`--all-accounts`: a verb for one account after the other."""

import argparse
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from qiscus_tui.cli.verbs import Context
from qiscus_tui.errors import Interrupted, NoAccount, QiscusTuiError, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import safe
from qiscus_tui.service.account_selection import AccountOptions, environment_credentials

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
    for name in sorted(stored.name for stored in accounts):
        wanted = AccountOptions(name, workspace.account_options.server, "--all-accounts")
        yield context._replace(
            console=context.console.of_account(name),
            workspace=replace(workspace, account_options=wanted),
        )


def show_heading(context: Context) -> None:
    """Show whose result comes next: among the results where they are text."""
    console = context.console
    if console.account is None:
        return
    is_text = not any(getattr(context.options, name, False) for name in ("json", "ids"))
    show = console.result if is_text else console.say
    show(f"== {safe(console.account, 200)}")


def run_for_each(context: Context, run: Callable[[Context], int]) -> int:
    """Run it for every account of this machine. Return the worst exit code.

    An account that fails stops none of the others. Raises what `each_account` raises; Interrupted.
    """
    worst: int = ExitCode.DONE
    for one in each_account(context):
        show_heading(one)
        try:
            worst = max(worst, run(one))
        except Interrupted:
            raise
        except QiscusTuiError as error:
            one.console.show_error(error)
            worst = max(worst, error.exit_code)
    return worst
