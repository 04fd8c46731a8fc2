"""`token`: print a valid short-lived token, for scripts."""

import argparse

from qiscus_tui.cli.options import add_token_options, flag
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected, login_hints
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.token.handover import ScriptSecret, cached_token, header_lines


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add_token_options(parser)
    form = parser.add_mutually_exclusive_group()
    flag(form, "--header", "two header lines, for `curl -H @-`")
    flag(form, "--json", "token, expires_at and app_id as JSON")


def script_token(context: VerbContext) -> ScriptSecret:
    """Return a short-lived token that fits the options.

    Raises LoginNeeded, ServerError, OutOfReach, StorageError, Interrupted.
    """
    wanted: int = context.options.min_ttl
    check: bool = context.options.check
    if not check and context.workspace.demo is None:
        with login_hints(context.workspace, context.workspace.server):
            kept = cached_token(context.workspace, wanted)
        if kept is not None:
            return kept
    from qiscus_tui.cli.interrupts import run_until_signal
    from qiscus_tui.service.token.refresh import fetched_token  # loads httpx

    async def fetched() -> ScriptSecret:
        async with connected(context.workspace) as connection:
            return await fetched_token(connection, wanted, check=check)

    # Signal handlers are restored behind it: a command must not inherit them.
    return run_until_signal(fetched(), context.console)


def run(context: VerbContext) -> int:
    """Print the token, refreshed only when needed."""
    console = context.console
    given = script_token(context)
    if console.out_is_tty:
        console.say("Careful: the token is now on your screen and in its scrollback.")
    if context.options.json:
        app_id, expires_at = given.account.app_code, rfc3339(given.expires_at)
        value: dict[str, object] = {
            "token": given.secret,
            "expires_at": expires_at,
            "app_id": app_id,
        }
        console.result_json(value)
    elif context.options.header:
        console.result_lines(header_lines(given))
    else:
        console.result(given.secret)
    return ExitCode.DONE


VERB = Verb(
    add_options,
    run,
    not_done="Without --check, it does not notice a token that was revoked elsewhere.",
    examples=(
        Example("qiscus-tui token --header | curl -H @- URL", "no secret in any argument"),
        Example("qiscus-tui token --check --min-ttl 6h", "one that the server accepts now"),
    ),
    changes=True,
)
