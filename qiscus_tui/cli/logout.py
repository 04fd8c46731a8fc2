"""`logout`: end our own token, and forget the account here."""

import argparse

from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.verb import Context, Verb
from qiscus_tui.errors import UsageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.logout import OwnToken, log_out


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "--forget", action="store_true", help="forget it here even if the server is away"
    )


async def run(context: Context) -> int:
    """Log out."""
    async with connected(context.workspace) as connection:
        if connection.storage is Storage.ENVIRONMENT:
            raise UsageError(
                "The credentials come from the environment, which logout cannot change",
                "Unset QISCUS_LONG_LIVED_TOKEN, QISCUS_APP_ID and QISCUS_SECRET_KEY.",
            )
        ended = await log_out(connection, forget_anyway=context.options.forget)
        name = connection.name
    context.console.result(f"{name} is logged out: {ended.value}")
    if ended is not OwnToken.LIVES_ON:
        context.console.say(
            "The long-lived token may live on at the server. If it leaked, change the password "
            "and ask Qiscus."
        )
    return 0


VERB = Verb(
    "logout",
    "end this account's own token and forget the account here",
    add_options,
    run,
    "It does not end the long-lived token; no known call does.",
)
