"""The fields of a session, names at the left: those that the program knows, and the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from qiscus_tui.tui.widgets.cells import width_of

if TYPE_CHECKING:
    from qiscus_tui.tui.session.facts import Fact

NAME_WIDTH = 10
"""Cells of the names, or more where a field of the server's has a longer one."""
WIDEST_NAME = 20


class FactsPanel(Vertical):
    """Shows fields, known and unknown in the same columns."""

    DEFAULT_CSS = """
    FactsPanel {
        height: auto;
        & > .facts--name { color: $text-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"facts--name"}

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._drawn: tuple[object, ...] = ()
        self._known = Static("", id="facts-known", markup=False)
        self._heading = Static("", id="facts-heading", markup=False)
        self._unknown = Static("", id="facts-unknown", markup=False)

    def compose(self) -> ComposeResult:
        yield from (self._known, self._heading, self._unknown)

    def show(self, known: list[Fact], unknown: list[Fact]) -> bool:
        """Draw them, unless they read as before: it lays the screen out again.

        Return whether they are drawn again.
        """
        if not self.is_attached:  # the app ends
            return False
        style = self.get_component_rich_style("facts--name", partial=True)
        if self._drawn == (known, unknown, style):
            return False
        self._drawn = (known, unknown, style)
        longest = max((width_of(fact.name) for fact in unknown), default=0)
        width = max(NAME_WIDTH, min(longest, WIDEST_NAME))
        heading = Text("\nOther fields, as the server sent them" if unknown else "", "bold")
        self._known.update(_table(known, width, style))
        self._heading.update(heading)
        self._unknown.update(_table(unknown, width, style))
        self._heading.display = bool(unknown)
        return True


def _table(facts: list[Fact], name_width: int, name_style: Style) -> Table:
    """Return names at the left; a long text continues under its own beginning."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=name_width, no_wrap=True)
    table.add_column(overflow="fold")
    for fact in facts:
        table.add_row(Text(fact.name, name_style), Text(fact.text))
    return table
