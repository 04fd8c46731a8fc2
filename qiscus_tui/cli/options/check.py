"""Options of `check`."""

import argparse

from qiscus_tui.cli.option_types import file_path, min_ttl, whole_number
from qiscus_tui.cli.verbs import Verb, always

MOST = 10**9


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add(
        "--new",
        action="store_true",
        help="find clients and networks that are new since the last --new",
    )
    number = whole_number(0, MOST)
    add("--max-live", metavar="N", type=number, help="find more than N live sessions")
    add("--max-per-day", metavar="N", type=number, help="find more than N created in 24 hours")
    add(
        "--min-ttl",
        metavar="TIME",
        type=min_ttl,
        help="find an own token that expires sooner",
    )
    add("--metrics", metavar="FILE", type=file_path, help="write the numbers for Prometheus")
    add("--json", action="store_true", help="the result as JSON")
    parser.set_defaults(measured=[])


VERB = Verb(
    add_options,
    "It changes nothing on the server. Only --new notes what it found: the next check then finds "
    "it again only if more of it came.",
    finishes=True,
    finds=always,
    reports_misuse=True,
)
