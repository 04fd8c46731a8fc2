"""Options of `scan`."""

import argparse

from qiscus_tui.cli.verbs import Verb, always


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("paths", metavar="PATH", nargs="+", help="a file, a folder with all in it, or - for stdin")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--ids", action="store_true", help="one id a line, each once")
    form.add_argument("--json", action="store_true", help="one JSON array, ASCII")


VERB = Verb(
    add_options,
    "It looks for live sessions' tokens of this user: not for the long-lived token, the secret "
    "key, tokens that have ended, or other archives than gzip. It prints no token.",
    words_anywhere=True,
    finds=always,
    takes_all_accounts=True,
)
