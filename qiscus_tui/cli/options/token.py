"""Options of `token`."""

import argparse

from qiscus_tui.cli.option_types import add_token_options
from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add_token_options(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--header", action="store_true", help="two header lines, for `curl -H @-`")
    form.add_argument("--json", action="store_true", help="token, expires_at and app_id as JSON")


VERB = Verb(
    add_options,
    "Without --check, it does not notice a token that was revoked elsewhere.",
    changes=True,
    reports_crashes=False,
)
