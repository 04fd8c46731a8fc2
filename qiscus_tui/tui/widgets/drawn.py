"""A text that is made for the width that it gets."""

from collections.abc import Callable

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

EMPTY = Content()


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
