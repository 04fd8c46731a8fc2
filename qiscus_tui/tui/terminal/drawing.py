"""Textual's drawing: all that a layout moves, nothing twice, no look or layout without need."""

from functools import lru_cache
from typing import Any, cast

from textual._compositor import Compositor, CompositorMap, LayoutUpdate, ReflowResult
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, OptionList


@lru_cache(1024)
def _inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base + background), Style(background=base)


def _inner_outer_of(_cache: StylesCache, base: Color, background: Color) -> tuple[Style, Style]:
    return _inner_outer(base, background)


# Textual's own remembers by widget as well: it keeps the lines of 1,024 that are long gone.
StylesCache.get_inner_outer = _inner_outer_of  # pyright: ignore[reportAttributeAccessIssue]


def _visual_style(one: OptionList, *components: str, partial: bool = False) -> Style:
    style = Widget.get_visual_style(one, *components, partial=partial)
    is_reversed = any(one.get_component_styles(name).text_style.reverse for name in components)
    return style + Style(reverse=True) if is_reversed else style


# Textual's own leaves out `reverse`, by which a choice is seen without colours.
OptionList.get_visual_style = _visual_style  # pyright: ignore[reportAttributeAccessIssue]


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


class LineInput(Input, inherit_bindings=False):
    """A line of input whose width never depends on what is typed."""

    def on_mount(self) -> None:
        """Begin at the end of what is filled in."""
        self.set_reactive(Input.selection, self.selection.cursor(len(self.value)))
        self._initial_value = False  # while it is true, the cursor is not scrolled to

    def value_changed(self, value: str) -> None:
        """Post that the value changed."""
        self.post_message(self.Changed(self, value))

    def _watch_value(self, value: str) -> None:
        # Textual sets `virtual_size` here, which lays out the whole screen.
        size = Size(self.content_width, 1)
        self.set_reactive(cast("Reactive[Size]", Widget.virtual_size), size)
        self.selection = self.selection  # scrolls to the cursor
        self.value_changed(value)
