"""`--all-accounts`: a verb for one account after the other."""

import argparse
from collections.abc import Callable
from dataclasses import replace

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
    if "-" in getattr(options, "paths", ()):
        raise UsageError("stdin can't be scanned for all accounts", "It can be read once.")


def run_for_each(context: Context, run: Callable[[Context], int]) -> int:
    """Run it for every account of this machine. Return the worst exit code.

    An account that fails stops none of the others. Raises UsageError, NoAccount, StorageError
    before the first; Interrupted.
    """
    workspace, console = context.workspace, context.console
    if workspace.demo is not None:
        return run(context)
    if environment_credentials(workspace.environ) is not None:
        raise UsageError(
            "--all-accounts was given, and the environment has the credentials of one account",
            "Unset them, or leave --all-accounts out.",
        )
    accounts = workspace.local_files.book.all()
    if not accounts:
        raise NoAccount("No account is logged in on this machine")
    is_text = not any(getattr(context.options, name, False) for name in ("json", "ids"))
    worst: int = ExitCode.DONE
    for name in sorted(stored.name for stored in accounts):
        shown = safe(name, 200)
        if is_text:
            console.result(f"== {shown}")
        else:
            console.say(f"== {shown}")
        console.account = name
        wanted = AccountOptions(name, workspace.account_options.server)
        one = replace(context, workspace=replace(workspace, account_options=wanted))
        try:
            worst = max(worst, run(one))
        except Interrupted:
            raise
        except QiscusTuiError as error:
            console.show_error(error)
            worst = max(worst, error.exit_code)
    return worst
