"""Options of `exec`."""

import argparse

from qiscus_tui.cli.option_types import add_token_options
from qiscus_tui.cli.verbs import Verb

USAGE = "qiscus-tui exec -- CMD..."


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.usage = f"%(prog)s [options] {USAGE.partition('exec ')[2]}"
    parser.add_argument(
        "--rest",
        action="store_true",
        help="set QISCUS_SECRET_KEY instead of QISCUS_TOKEN, next to QISCUS_APP_ID",
    )
    add_token_options(parser)
    # A command without the `--` before it, as distinct from an unknown option.
    parser.add_argument("before", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


VERB = Verb(
    add_options,
    "It does not watch the command: a token that expires meanwhile is not replaced. Processes "
    "started by the command inherit the secret.",
    changes=True,
    reports_crashes=False,
    runs_command=True,
)
