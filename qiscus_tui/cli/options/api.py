"""Options of `api`."""

import argparse

from qiscus_tui.api.any_call import METHODS
from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("method", metavar="METHOD", type=str.upper, choices=METHODS, help=", ".join(METHODS))
    add("path", metavar="PATH", help="path on the account's server, such as /api/v2/…")
    add(
        "-f",
        dest="fields",
        metavar="K=V",
        action="append",
        default=[],
        help="a text field: in the query for GET and HEAD, else in a JSON body; repeatable",
    )
    add("--input", metavar="FILE", help="send this file as the body, unchanged; - is stdin")
    add(
        "--rest",
        action="store_true",
        help="authenticate with the secret key, not the short-lived token",
    )


VERB = Verb(
    add_options,
    "It does not log in, list, refresh, revoke or log out: there are other verbs for that. It sets "
    "no headers, never sends the long-lived token, follows no redirect, and does not retry.",
    changes=True,
)
