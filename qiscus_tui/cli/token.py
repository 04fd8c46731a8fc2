"""`token`: print a valid short-lived token, for scripts.

The network is loaded only where the kept token will not do.
"""

import argparse
import asyncio

from qiscus_tui.cli.ttl import min_ttl
from qiscus_tui.cli.verb import Context, Verb
from qiscus_tui.model.account import ShortLived
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.kept_token import kept_token


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
    token, app_id = await _valid(context, min_ttl(context.options.min_ttl))
    if console.out_is_tty:
        console.say("Careful: this secret is now on your screen and in its scrollback.")
    if context.options.json:
        value = {
            "token": token.token,
            "expires_at": rfc3339(token.expires_at),
            "app_id": app_id,
        }
        console.result_json(value)
    else:
        console.result(token.token)
    return 0


async def _valid(context: Context, wanted: int) -> tuple[ShortLived, str]:
    workspace = context.workspace
    if workspace.demo is None:
        choice = workspace.choose()
        kept = await asyncio.to_thread(kept_token, workspace, choice, wanted)
        if kept is not None:
            return kept, choice.account.app_code
    from qiscus_tui.cli.opening import connected
    from qiscus_tui.service.tokens import valid_token

    async with connected(workspace) as connection:
        return await valid_token(connection, wanted), connection.account.app_code


VERB = Verb(add_options, run, tells_of_crashes=False)
