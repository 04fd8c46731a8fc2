"""`token`: print a valid short-lived token, for scripts."""

import argparse
import json

from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.ttl import min_ttl
from qiscus_tui.cli.verb import Context, Verb
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.tokens import valid_token


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "--min-ttl",
        metavar="TIME",
        default="1h",
        help="it must live at least so long, less than 29d (1h)",
    )
    parser.add_argument("--json", action="store_true", help="token, expires_at and app_id as JSON")


async def run(context: Context) -> int:
    """Print the token, refreshed only when needed."""
    console = context.console
    wanted = min_ttl(context.options.min_ttl)
    async with connected(context.workspace) as connection:
        token = await valid_token(connection, wanted)
        app_id = connection.account.app_code
    if console.out_is_tty:
        console.say("Careful: this secret is now on your screen and in its scrollback.")
    if context.options.json:
        value = {
            "token": token.token,
            "expires_at": rfc3339(token.expires_at),
            "app_id": app_id,
        }
        console.result(json.dumps(value))
    else:
        console.result(token.token)
    return 0


VERB = Verb(add_options, run, tells_of_crashes=False)
