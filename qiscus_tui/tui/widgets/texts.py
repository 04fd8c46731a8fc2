"""Texts of several lines: plain words, a notice, what is drawn for its width, and fields."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from qiscus_tui.model.text import safe
from qiscus_tui.tui.widgets.cells import fit, width_of

EMPTY = Content()

NAME_WIDTH = 10
"""Cells of the names of fields, or more where a field of the server's has a longer one."""
WIDEST_NAME = 20
_GAP = 2


class Words(Static, can_focus=False):
    """Plain text or content, never parsed as markup, not selectable."""

    ALLOW_SELECT = False

    def __init__(
        self, text: str | Content = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(_content(text), id=id, classes=classes, markup=False)

    def say(self, text: str | Content) -> None:
        """Show other words; none take no room, and the same are not drawn again."""
        content = _content(text)
        if not (isinstance(self.content, Content) and content.is_same(self.content)):
            self.update(content)
        self.display = bool(content.plain)


def _content(text: str | Content) -> Content:
    return text if isinstance(text, Content) else Content(text)


class Notice(Words):
    """A sentence over a list: what is in doubt about it, and what to do."""

    DEFAULT_CSS = """
    Notice {
        height: auto;
        max-height: 4;
        padding: 0 1;
        color: $text-muted;
        &.-warning { color: $warning; }
        &.-warning:ansi { text-style: bold; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.display = False

    def say(self, text: str | Content, *, is_warning: bool = False) -> None:
        """Say something else, made safe; nothing is laid out where it is the same."""
        self.set_class(is_warning, "-warning")
        super().say(safe(str(text)))


class Drawn(Widget):
    """Shows what a function returns for its width in cells, in as many lines as that has."""

    DEFAULT_CSS = "Drawn { height: auto; }"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._draw: Callable[[int], Content] = lambda _: EMPTY
        self._lines = 0

    def show(self, draw: Callable[[int], Content]) -> bool:
        """Show what this draws; return whether it needs another height than before.

        The screen is laid out again for that alone.
        """
        self._draw = draw
        needs_layout = self._count(self.content_size.width) != self._lines
        self.refresh(layout=needs_layout)
        return needs_layout

    def render(self) -> Content:
        return self._draw(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._lines = self._count(width)
        return self._lines

    def _count(self, width: int) -> int:
        drawn = self._draw(width)
        return drawn.plain.count("\n") + 1 if drawn.plain else 0


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
