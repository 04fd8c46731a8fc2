"""`logout`: end our own token, and forget the account."""

import argparse

from qiscus_tui.cli.options import flag
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import must_not_come_from_environment


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    flag(
        parser,
        "--forget",
        "forget it even if the server is unreachable or the account is read-only",
    )


async def run(context: VerbContext) -> int:
    """Log out."""
    from qiscus_tui.service.account.logout import LONG_LIVED_REMAINS, log_out

    must_not_come_from_environment(
        context.workspace.environ,
        "logout cannot remove it (its cached token: qiscus-tui accounts forget environment)",
    )
    async with connected(context.workspace) as connection:
        ended = await log_out(connection, forget_anyway=context.options.forget)
        name = connection.name
    context.console.report(f"{safe(name)} is logged out: {ended.value}")
    context.console.say(LONG_LIVED_REMAINS)
    return ExitCode.DONE


VERB = Verb(
    add_options,
    run,
    not_done="It does not end the long-lived token; no known call does.",
    examples=(
        Example("qiscus-tui logout --account a@b.c@app", "log out of one of several accounts"),
    ),
    changes=True,
)
