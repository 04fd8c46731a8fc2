"""What is drawn: all that a layout moves, nothing twice, and no look that is not needed."""

from typing import Any

from textual._compositor import Compositor, CompositorMap, LayoutUpdate, ReflowResult
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

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        """Draw everything; nothing that asked to be drawn before is drawn again after it."""
        if not simplify:  # that is a picture, which the terminal does not get
            for widget in self.visible_widgets:
                widget._exchange_repaint_regions()  # pyright: ignore[reportPrivateUsage]
        return super().render_full_update(simplify)


def draw_now(screen: Screen[Any]) -> None:
    """Draw what asked to be drawn, in this turn: the next frame may be 16 ms away."""
    if screen._layout_required:  # pyright: ignore[reportPrivateUsage]
        screen._on_timer_update()  # pyright: ignore[reportPrivateUsage]  # draws what moved alone
    screen._dirty_widgets.update(screen._compositor.visible_widgets)  # pyright: ignore[reportPrivateUsage]
    screen._on_timer_update()  # pyright: ignore[reportPrivateUsage]


def compare_layouts(screen: Screen[Any]) -> None:
    """Have a new screen draw whatever its layouts move."""
    screen._compositor = ComparingCompositor()  # pyright: ignore[reportPrivateUsage]
