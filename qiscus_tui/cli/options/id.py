"""Options of `id`."""

import argparse

from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb: none."""


VERB = Verb(
    add_options,
    "It reads tokens from stdin alone, and says nothing about whether they are live.",
    reports_crashes=False,
)
