"""The field of the filter: what is typed acts at once, in the very key's turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

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

    def value_changed(self, value: str) -> None:
        self._typed(value)

    def action_leave(self) -> None:
        """Return to the table; the filter is kept."""
        self._left()

    def action_clear(self) -> None:
        """Clear the filter, and return to the table."""
        self.value = ""
        self._left()
