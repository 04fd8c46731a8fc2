"""Screens: what a layout moves is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual._compositor import Compositor, ReflowResult

if TYPE_CHECKING:
    from textual._compositor import CompositorMap
    from textual.geometry import Size
    from textual.screen import Screen
    from textual.widget import Widget


class ComparingCompositor(Compositor):
    """Compares each layout with the last one that was drawn.

    Textual compares it with the last one that was computed. A hidden widget that says something
    else has it computed at once, and where another widget goes away in the same turn, that one's
    lines stay on the terminal.
    """

    def __init__(self) -> None:
        super().__init__()
        self._laid_out: CompositorMap = {}

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        self._full_map = self._laid_out
        result = super().reflow(parent, size)
        self._laid_out = self._full_map
        return result


def compare_layouts(screen: Screen[Any]) -> None:
    """Have a new screen draw whatever its layouts move."""
    screen._compositor = ComparingCompositor()  # pyright: ignore[reportPrivateUsage]
