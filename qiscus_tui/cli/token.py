"""`token`: print a valid short-lived token, for scripts."""

import argparse
import json

from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.verb import Context, Verb
from qiscus_tui.errors import UsageError
from qiscus_tui.model.durations import DAY, parse_duration
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.tokens import valid_token

LONGEST_TTL = 29 * DAY


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add_min_ttl(parser, "1h")
    parser.add_argument("--json", action="store_true", help="token, expires_at and app_id as JSON")


def add_min_ttl(parser: argparse.ArgumentParser, usual: str | None) -> None:
    """The option that says how long a token must still live."""
    help_text = "it must live at least so long, less than 29d"
    if usual:
        help_text += f" ({usual})"
    parser.add_argument("--min-ttl", metavar="TIME", default=usual, help=help_text)


def min_ttl(text: str) -> int:
    """Seconds of the option. Raises UsageError for 29 days and more."""
    seconds = parse_duration(text)
    if seconds >= LONGEST_TTL:
        raise UsageError("--min-ttl must be less than 29d: a new token lives 30 days")
    return seconds


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


VERB = Verb("token", "print a valid short-lived token, for scripts", add_options, run)
