"""Options of `sandbox`."""

import argparse

from qiscus_tui.cli.option_types import whole_number
from qiscus_tui.cli.verbs import Verb
from qiscus_tui.demo import DIALECTS

MOST_SESSIONS = 200_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("--port", metavar="P", type=whole_number(0, 65_535), default=0, help="port (a free one)")
    add(
        "--sessions",
        metavar="N",
        type=whole_number(0, MOST_SESSIONS),
        default=400,
        help="sessions that the account starts with (400)",
    )
    add(
        "--latency",
        metavar="MS",
        type=whole_number(0, 60_000),
        default=0,
        help="delay before each answer",
    )
    add(
        "--dialect",
        metavar="D",
        choices=sorted(DIALECTS),
        default="plain",
        help=f"dialect of the API: {', '.join(DIALECTS)}",
    )
    add(
        "--seed",
        metavar="N",
        type=whole_number(0, 2**31),
        default=1,
        help="seed of the random data (1)",
    )


VERB = Verb(add_options, reports_crashes=False)
