"""`refresh`: a new short-lived token now."""

import argparse

from qiscus_tui.cli.options import session_id
from qiscus_tui.cli.output.text_table import moment
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.clock import countdown
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.store.processes import process_age


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    words = "only if the stored token still has this id"
    parser.add_argument("--if", dest="only_if", metavar="ID", type=session_id, help=words)


async def run(context: VerbContext) -> int:
    """Refresh, and print the expiry, never the token."""
    from qiscus_tui.service.token.handover import must_not_be_the_long_lived
    from qiscus_tui.service.token.refresh import refreshed_if, refreshed_since

    wanted: str | None = context.options.only_if
    async with connected(context.workspace) as connection:
        connection.must_be_writable()
        if wanted is None:
            token = await refreshed_since(connection, connection.clock.now() - process_age())
        else:
            held = (await connection.credentials()).short_lived
            if held is not None and not fingerprint(held.token).startswith(wanted):
                context.console.say(f"Not refreshed: the stored token is not {wanted}")
            token = await refreshed_if(connection, wanted)
        must_not_be_the_long_lived(token.token, await connection.credentials())
        left = countdown(token.expires_at - connection.server_now())
    context.console.report(
        f"{fingerprint(token.token)} expires {moment(token.expires_at)}, in {left}"
    )
    return ExitCode.DONE


VERB = Verb(
    add_options,
    run,
    examples=(
        Example("qiscus-tui refresh --if 3fa9c01b77e2", "unless another run did so already"),
    ),
    changes=True,
)
