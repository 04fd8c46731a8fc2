"""Options of `revoke-all`."""

import argparse

from qiscus_tui.cli.plan_options import add_reason
from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--dry-run", action="store_true", help="show what would end; send nothing")
    parser.add_argument("--yes", action="store_true", help="skip the confirmation")
    add_reason(parser)
    parser.add_argument("--json", action="store_true", help="the result as JSON")


VERB = Verb(
    add_options,
    "It does not end the long-lived token; no known call does.",
    changes=True,
)
