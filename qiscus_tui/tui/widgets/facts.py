"""Fields, names at the left: those that the program knows, and others below their own heading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from textual.content import Content

from qiscus_tui.tui.widgets.cells import fit, width_of
from qiscus_tui.tui.widgets.drawn import Drawn

NAME_WIDTH = 10
"""Cells of the names, or more where a field of the server's has a longer one."""
WIDEST_NAME = 20
_GAP = 2


@dataclass(frozen=True)
class Fact:
    """A name, and what is known. Both are safe text."""

    name: str
    text: str


def draw_facts(known: Sequence[Fact], unknown: Sequence[Fact], width: int) -> Content:
    """Return both in the same columns; a long text continues under its own beginning."""
    longest = max((width_of(fact.name) for fact in unknown), default=0)
    names = max(NAME_WIDTH, min(longest, WIDEST_NAME))
    lines = [*_lines(known, names, width)]
    if unknown:
        heading = Content.styled("Other fields, as the server sent them", "bold")
        lines += [Content(), heading, *_lines(unknown, names, width)]
    return Content("\n").join(lines)


def _lines(facts: Sequence[Fact], names: int, width: int) -> Iterator[Content]:
    for fact in facts:
        first, *more = Content(fact.text).wrap(max(1, width - names - _GAP)) or [Content()]
        name = f"{fit(fact.name, names)}{' ' * _GAP}"
        yield Content.assemble((name, "$text-muted"), first)
        yield from (Content(" " * len(name)) + line for line in more)


class FactsPanel(Drawn):
    """Shows fields."""

    def show_facts(self, known: Sequence[Fact], unknown: Sequence[Fact] = ()) -> bool:
        """Show them; return whether they need another height than before."""
        return self.show(partial(draw_facts, known, unknown))
