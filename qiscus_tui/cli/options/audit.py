"""Options of `audit`."""

import argparse

from qiscus_tui.cli.option_types import duration, whole_number
from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("--since", metavar="TIME", type=duration, help="only the last 24h, 7d …")
    add("--limit", metavar="N", type=whole_number(1, 10**9), help="only the newest N")
    add("--json", action="store_true", help="every record with its outcomes as JSON")


VERB = Verb(add_options, "It is a record, not evidence: whoever can revoke can also change it.")
