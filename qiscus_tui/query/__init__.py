"""The filter and sort language: text in, positions of a list out."""

from qiscus_tui.query.matching import Columns, Moment, select, unanswerable
from qiscus_tui.query.parsing import older_than, parse, parse_readable
from qiscus_tui.query.sorting import (
    SortKey,
    order,
    ordered,
)
from qiscus_tui.query.terms import KEYS, Key, Query, all_of
from qiscus_tui.query.writing import written_between, written_exactly

__all__ = [
    "KEYS",
    "Columns",
    "Key",
    "Moment",
    "Query",
    "SortKey",
    "all_of",
    "older_than",
    "order",
    "ordered",
    "parse",
    "parse_readable",
    "select",
    "unanswerable",
    "written_between",
    "written_exactly",
]
