"""The `--filter` of a command."""

import argparse
from collections.abc import Sequence

from qiscus_tui import query
from qiscus_tui.errors import UsageError


def add_filter(parser: argparse.ArgumentParser, help: str) -> None:
    """Add `--filter`."""
    parser.add_argument("--filter", metavar="F", action="append", help=f"{help}; several narrow")


def parse_filters(texts: Sequence[str] | None) -> query.Query | None:
    """Return what matches all the filters of an option, None where there are none.

    Raises FilterError, UsageError.
    """
    return query.all_of([_parsed(text) for text in texts]) if texts else None


def _parsed(text: str) -> query.Query:
    parsed = query.parse(text)
    if not parsed.words:
        raise UsageError("The filter is empty", "Give words to look for, or leave --filter out.")
    if parsed.asks_for_marks:
        raise UsageError("Nothing is marked on the command line", "Leave is:marked out.")
    return parsed
