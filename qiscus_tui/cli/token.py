"""`token`: print a valid short-lived token, for scripts."""

import argparse
import json

from qiscus_tui.cli.script_secret import add_token_options, script_token
from qiscus_tui.cli.verbs import Context, Verb
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.token.handover import header_lines


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add_token_options(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--header", action="store_true", help="two header lines, for `curl -H @-`")
    form.add_argument("--json", action="store_true", help="token, expires_at and app_id as JSON")


def run(context: Context) -> int:
    """Print the token, refreshed only when needed."""
    console = context.console
    given = script_token(context)
    if console.out_is_tty:
        console.say("Careful: the token is now on your screen and in its scrollback.")
    if context.options.json:
        value = {
            "token": given.secret,
            "expires_at": rfc3339(given.expires_at),
            "app_id": given.account.app_code,
        }
        console.result(json.dumps(value))
    elif context.options.header:
        for line in header_lines(given):
            console.result(line)
    else:
        console.result(given.secret)
    return ExitCode.DONE


VERB = Verb(
    add_options,
    run,
    "Without --check, it does not notice a token that was revoked elsewhere.",
    changes=True,
    reports_crashes=False,
)
