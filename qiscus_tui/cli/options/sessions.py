"""Options of `sessions`."""

import argparse

from qiscus_tui import query
from qiscus_tui.cli.list_request import SORT_KEYS
from qiscus_tui.cli.option_types import add_filter, whole_number
from qiscus_tui.cli.verbs import Verb
from qiscus_tui.model.group_keys import GROUP_KEYS, parse_group_keys
from qiscus_tui.service.sessions.group_order import GroupFact


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add_filter(parser, "only sessions that match")
    parser.add_argument(
        "--group-by",
        metavar="KEYS",
        type=parse_group_keys,
        help=f"list groups, the largest first: a comma list of {', '.join(GROUP_KEYS)}",
    )
    parser.add_argument(
        "--view", metavar="NAME", help="filter, grouping and order of [view.NAME] in config.toml"
    )
    parser.add_argument(
        "--sort",
        metavar="KEY",
        choices=SORT_KEYS,
        help=f"{', '.join(key.value for key in query.SortKey)} (created, newest first); "
        f"groups: {', '.join(fact.value for fact in GroupFact)} (count), or one of their KEYS",
    )
    parser.add_argument("--reverse", action="store_true", help="reverse the order")
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 10**9), help="only the first N"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON array, ASCII")
    form.add_argument("--csv", action="store_true", help="CSV with a header line")


VERB = Verb(add_options)
