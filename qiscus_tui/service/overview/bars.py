"""A bar: how many sessions have something in common, and the filter that shows them."""

from collections.abc import Mapping

from msgspec import Struct

from qiscus_tui.model.text import counted
from qiscus_tui.service.sessions.group_kinds import Kind

MOST = 50
"""Bars of clients, or of networks; the rest is counted together."""


class Bar(Struct, frozen=True):
    """One line of a chart."""

    key: str
    """Identifies the same bar in the next list."""
    label: str
    """A safe text."""
    count: int
    filter: str = ""
    """Matches exactly the sessions counted; empty where no filter can."""
    is_soon: bool = False
    """Whether they expire within a day."""


Bars = tuple[Bar, ...]


def most_common(counts: Mapping[Kind, int]) -> list[Kind]:
    """Return the `MOST` kinds with the highest counts."""
    return sorted(counts, key=lambda kind: (-counts[kind], str(kind)))[:MOST]


def others(what: str, kinds: int, count: int) -> Bars:
    """Return the bar of all that is not shown; nothing where all is shown."""
    if not kinds:
        return ()
    return (Bar("", counted(kinds, f"other {what}"), count),)
