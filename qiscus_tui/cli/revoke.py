"""`revoke`: plan, confirm, apply, verify."""

import argparse

from qiscus_tui import query
from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.option_types import add_filter, duration, session_id
from qiscus_tui.cli.plan_options import add_plan_options
from qiscus_tui.cli.plan_run import carry_out, read_for_plan, say_remarks
from qiscus_tui.cli.revoke_request import RevokeRequest
from qiscus_tui.cli.verbs import Context, Verb
from qiscus_tui.service.revocation.plan import make_plan


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add(
        "ids",
        metavar="ID",
        nargs="*",
        type=session_id,
        help="a session's id, or its first 8 digits or more",
    )
    add_filter(parser, "every session that matches")
    add("--token-stdin", action="store_true", help="the sessions of the tokens on stdin")
    add(
        "--older-than",
        metavar="AGE",
        type=duration,
        action="append",
        default=[],
        help="sessions created longer ago than this, such as 7d",
    )
    add_plan_options(parser)


async def run(context: Context) -> int:
    """Revoke the sessions that the options name."""
    options, console = context.options, context.console
    wanted = RevokeRequest.of(options, console)
    async with connected(context.workspace) as connection:
        listed = await read_for_plan(context, connection, rule=wanted.rule, settle=wanted.full_ids)
        wanted.check(listed)
        say_remarks(console, listed)
        moment = query.Moment(connection.server_now(), context.workspace.config.ui.expiring)
        plan = make_plan(listed, wanted.selection(listed, moment), wanted.allowed)
        return await carry_out(context, connection, plan)


VERB = Verb(
    add_options,
    run,
    "It ends sessions of the logged-in user only. It does not end the long-lived token; no known "
    "call does.",
    changes=True,
    words_anywhere=True,
)
