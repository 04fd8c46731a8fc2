"""Options of `logout`."""

import argparse

from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "--forget",
        action="store_true",
        help="forget it even if the server is unreachable or the account is read-only",
    )


VERB = Verb(
    add_options,
    "It does not end the long-lived token; no known call does.",
    changes=True,
)
