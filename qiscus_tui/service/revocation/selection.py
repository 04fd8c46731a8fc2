"""What was selected, by what, and what may enter a plan beyond the ordinary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.query import Query


@dataclass(frozen=True)
class ChosenBy:
    """A filter that chose sessions."""

    query: Query
    ids: frozenset[str] | None = None
    """Those that it chose, where others were chosen otherwise; None for all of them."""

    def chose(self, session_id: str) -> bool:
        """Return whether it chose this one."""
        return self.ids is None or session_id in self.ids


class Chooser(Protocol):
    """What chose the sessions of a plan, and can choose again on a newer list."""

    @property
    def filters(self) -> tuple[ChosenBy, ...]: ...

    @property
    def retention(self) -> Retention | None: ...


@dataclass(frozen=True)
class Selection:
    """What was selected: positions in the list, and how."""

    positions: Sequence[int]
    why: str
    named: bool = False
    hidden: frozenset[int] = frozenset()
    """Marked positions that the filter hides."""
    gone: tuple[str, ...] = ()
    """Full ids that were given, are not listed, and are known to be of this account."""
    unlisted: tuple[str, ...] = ()
    """Ids, or tokens by their ids, that were given and are not listed: maybe another account's."""
    rule: Query | None = None
    """The filter that chose them, where one did."""
    marked_by: tuple[ChosenBy, ...] = ()
    """Filters about time by which some of them were marked."""
    source: str = ""
    """The plan file that they come from."""
    filter_text: str | None = None
    """The filter that matches exactly these, empty for all; None where none is known."""
    doubt: str = ""
    """Why nothing was selected, where that is because something is unknown."""


@dataclass(frozen=True)
class Allowed:
    """What the user lets into a plan beyond the ordinary."""

    current: bool = False
    protected: bool = False
    hidden: bool = False
    empty: bool = False
    """Whether rules may end the last session of a group."""
