"""Options of `refresh`."""

import argparse

from qiscus_tui.cli.option_types import session_id
from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "--if",
        dest="only_if",
        metavar="ID",
        type=session_id,
        help="only if the stored token still has this id",
    )


VERB = Verb(add_options, changes=True)
