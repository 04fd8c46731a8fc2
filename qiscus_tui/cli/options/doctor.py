"""Options of `doctor`."""

import argparse

from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "--live",
        action="store_true",
        help="prove the undocumented calls with two tokens made for it, and end both",
    )
    parser.add_argument("--yes", action="store_true", help="skip the confirmation of --live")
    parser.add_argument("--json", action="store_true", help="the checks as JSON")


VERB = Verb(
    add_options,
    "Without --live it sends no credentials and changes nothing, and cannot find the names of "
    "fields.",
    examines=True,
)
