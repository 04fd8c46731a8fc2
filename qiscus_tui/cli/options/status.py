"""Options of `status`."""

import argparse

from qiscus_tui.cli.option_types import min_ttl
from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.add_argument(
        "--min-ttl",
        metavar="TIME",
        type=min_ttl,
        help="exit 1 if the short-lived token expires sooner; less than 29d (not checked)",
    )


def _has_min_ttl(options: argparse.Namespace) -> bool:
    return options.min_ttl is not None


VERB = Verb(
    add_options,
    "It creates no token: without a valid short-lived one, it only checks the long-lived token.",
    finds=_has_min_ttl,
)
