"""Options of `prune`."""

import argparse

from qiscus_tui.cli.option_types import (
    add_filter,
    age_limit,
    group_keys,
    whole_number,
)
from qiscus_tui.cli.plan_options import MOST, add_plan_options
from qiscus_tui.cli.verbs import Verb
from qiscus_tui.model.retention_rules import RULES


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("--policy", metavar="NAME", help="filter, grouping and rules of [policy.NAME]")
    add_filter(parser, "only sessions that match; all without it")
    add(
        "--group-by",
        metavar="KEYS",
        type=group_keys,
        help="what makes a group, such as client,network (the default)",
    )
    for rule in RULES:
        add(
            rule.option,
            metavar="TIME" if rule.is_age else "N",
            type=age_limit if rule.is_age else whole_number(1, MOST),
            help=rule.help,
        )
    add(
        "--include-unknown",
        action="store_true",
        help="apply the rules to sessions without what they are grouped by, too",
    )
    add_plan_options(parser)


VERB = Verb(
    add_options,
    "It keeps what can't be judged: sessions without client and network, and those without a "
    "creation date where the newest are kept. It never revokes this program's own session or a "
    "protected one, unless told to.",
    changes=True,
)
