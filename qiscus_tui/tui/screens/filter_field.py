"""The field of the filter: what is typed acts at once, in the very key's turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, cast

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget

from qiscus_tui.tui.widgets.fields import Field


class FilterField(Field):
    """Filters as it is typed. Enter, up and down go to the table, escape clears."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,up,down,tab,shift+tab", "leave", show=False, priority=True),
        Binding("escape", "clear", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    FilterField, FilterField:focus { padding: 0; background: $background; }
    """

    def __init__(self, typed: Callable[[str], None], left: Callable[[], None], *, id: str) -> None:
        super().__init__(id=id)
        self._typed = typed
        self._left = left

    def _watch_value(self, value: str) -> None:
        # Textual's own sets `virtual_size`, which lays the whole screen out again at every key.
        size = Size(self.content_width, 1)
        self.set_reactive(cast("Reactive[Size]", Widget.virtual_size), size)
        self.selection = self.selection
        self._typed(value)

    def action_leave(self) -> None:
        """Back to the table; the filter stays."""
        self._left()

    def action_clear(self) -> None:
        """Clear the filter, and back to the table."""
        self.value = ""
        self._left()
