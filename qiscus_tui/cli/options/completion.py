"""Options of `completion`."""

import argparse

from qiscus_tui.cli.verbs import Verb

SHELLS = ("bash", "zsh", "fish")

WORDS = ("accounts", "ids", "views", "policies")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("shell", nargs="?", choices=SHELLS, help="the shell")
    # For the printed functions.
    parser.add_argument("--words", choices=WORDS, help=argparse.SUPPRESS)


VERB = Verb(add_options, reports_crashes=False)
