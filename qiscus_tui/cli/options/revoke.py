"""Options of `revoke`."""

import argparse

from qiscus_tui.cli.option_types import add_filter, duration, file_path, session_id
from qiscus_tui.cli.plan_options import add_plan_options
from qiscus_tui.cli.verbs import Verb


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
    add(
        "--plan",
        metavar="FILE",
        type=file_path,
        help="what a plan file names that --dry-run --out wrote, as far as it is still listed",
    )
    add_plan_options(parser)


VERB = Verb(
    add_options,
    "It ends sessions of the logged-in user only. It does not end the long-lived token; no known "
    "call does.",
    changes=True,
    words_anywhere=True,
)
