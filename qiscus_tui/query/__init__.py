"""The filter and sort language: text in, positions of a list out."""

from qiscus_tui.query.filter_facts import change_times, changes_with_time, narrows, unanswerable
from qiscus_tui.query.matching import Columns, Matches, Moment, compile, select
from qiscus_tui.query.parsing import older_than, parse, parse_readable
from qiscus_tui.query.partly_sorted import PartlySorted
from qiscus_tui.query.sorting import (
    SortKey,
    order,
    order_in_steps,
    ordered,
    partly_sorted_in_steps,
)
from qiscus_tui.query.terms import KEYS, Key, Query, all_of
from qiscus_tui.query.writing import written, written_between, written_exactly

__all__ = [
    "KEYS",
    "Columns",
    "Key",
    "Matches",
    "Moment",
    "PartlySorted",
    "Query",
    "SortKey",
    "all_of",
    "change_times",
    "changes_with_time",
    "compile",
    "narrows",
    "older_than",
    "order",
    "order_in_steps",
    "ordered",
    "parse",
    "parse_readable",
    "partly_sorted_in_steps",
    "select",
    "unanswerable",
    "written",
    "written_between",
    "written_exactly",
]
