"""Options of `accounts`."""

import argparse

from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=["use", "forget"],
        metavar="use|forget",
        help="choose or forget an account",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the account to use or forget")
    parser.add_argument("--json", action="store_true", help="the list as JSON")


VERB = Verb(
    add_options,
    "Forgetting does not contact the server and ends no token; logout does.",
    words_anywhere=True,
)
