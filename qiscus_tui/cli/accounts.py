"""`accounts`: list the accounts of this machine, choose one, forget one."""

import argparse
from collections.abc import Coroutine

from qiscus_tui.cli.options import flag
from qiscus_tui.cli.output.console import record
from qiscus_tui.cli.output.text_table import TextColumn, text_table
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import account_record
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.directory import KnownAccount, accounts, must_be_free_to_choose
from qiscus_tui.service.account.selection import ACCOUNT_VARIABLE, environment_account


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add, kinds = parser.add_argument, ["use", "forget"]
    words = "choose or forget an account"
    add("what", nargs="?", choices=kinds, metavar="use|forget", help=words)
    add("name", nargs="?", metavar="NAME", help="the account to use or forget")
    flag(parser, "--json", "the list as JSON")


COLUMNS = (
    TextColumn("ACCOUNT", 5),
    TextColumn("SERVER", 3, least=20),
    TextColumn("ROLE", 2),
    TextColumn("STORAGE", 1),
    TextColumn("USED", 4),
)


def run(context: VerbContext) -> Coroutine[object, object, int] | int:
    """List, choose or forget."""
    options = context.options
    if options.what is None:
        return _list(context)
    if options.name is None:
        raise UsageError(
            f"accounts {options.what} needs the name of an account", "See: qiscus-tui accounts"
        )
    if options.json:
        raise UsageError(
            "--json is for the list only", "List them with: qiscus-tui accounts --json"
        )
    if options.what == "use":
        return _use(context, options.name)
    return _forget(context, options.name)


def _list(context: VerbContext) -> int:
    console = context.console
    found = accounts(context.workspace)
    if context.options.json:
        console.result_array(map(_as_json, found))
        return ExitCode.DONE
    if not found:
        console.say("There are no accounts. Log in with: qiscus-tui login")
        return ExitCode.DONE
    console.result_lines(text_table(COLUMNS, map(_cells, found), console.out_width))
    return ExitCode.DONE


def _cells(known: KnownAccount) -> tuple[str, ...]:
    account = known.account
    return (
        safe(known.name),
        str(account.origin),
        account.role_words,
        known.storage.value,
        known.chosen_by and f"yes ({known.chosen_by})",
    )


def _as_json(known: KnownAccount) -> dict[str, object]:
    return {
        "account": known.name,
        **account_record(known.account),
        **record(known, "storage"),
        **record(known.account, "readonly"),
        **record(known, "chosen_by"),
    }


def _use(context: VerbContext, name: str) -> int:
    workspace, console = context.workspace, context.console
    must_be_free_to_choose(workspace)
    workspace.local_files.book.use(name)
    console.report(f"Commands now use the account {safe(name)}")
    if environment_account(workspace.environ) not in {None, name}:
        console.say(f"But {ACCOUNT_VARIABLE} is set and takes precedence.")
    return ExitCode.DONE


async def _forget(context: VerbContext, name: str) -> int:
    from qiscus_tui.service.account.logout import forget_account

    console = context.console
    await forget_account(context.workspace, name)
    console.report(f"Forgot {safe(name)}")
    console.say("Its tokens and its secret key may remain valid: the server was not asked.")
    return ExitCode.DONE


VERB = Verb(
    add_options,
    run,
    not_done="Forgetting does not contact the server and ends no token; logout does.",
    examples=(
        Example("qiscus-tui accounts", "list them"),
        Example("qiscus-tui accounts use a@b.c@app", "what commands use from now on"),
    ),
)
