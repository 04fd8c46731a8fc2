"""Options of `login`."""

import argparse

from qiscus_tui.cli.option_types import account_name
from qiscus_tui.cli.verbs import Verb
from qiscus_tui.store.config_checks import STORAGE


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("--email", metavar="E", help="email address of the user")
    add("--password-stdin", action="store_true", help="read the password from stdin")
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--with-token", action="store_true", help="store a long-lived token, read from stdin"
    )
    way.add_argument("--rest", action="store_true", help="store a REST secret key, read from stdin")
    add("--app-id", metavar="A", help="app code, with --with-token and --rest")
    add(
        "--store",
        choices=list(STORAGE),
        help="where to store the secrets; file also gives consent to it",
    )
    add(
        "--name",
        metavar="N",
        type=account_name,
        default="",
        help="the name of the account here; renames an existing one",
    )


VERB = Verb(add_options)
