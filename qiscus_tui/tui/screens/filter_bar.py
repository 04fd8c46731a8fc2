"""The line of the filter: what is asked for, or the field while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from qiscus_tui.tui.widgets.fields import Field
from qiscus_tui.tui.widgets.one_line import Line, OneLine


class FilterField(Field):
    """Filters as it is typed, in the very key's turn; enter and arrows leave, escape clears."""

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


class FilterBar(Widget):
    """Holds the filter as it is typed."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        & #filter-row { height: 1; display: none; padding: 0 0 0 1; }
        & #filter-sign { width: 2; color: $primary; text-style: bold; }
        & #filter { width: 2fr; }
        & #filter-found { width: 3fr; }
        &.-typing #filter-row { display: block; }
        &.-typing #filter-line { display: none; }
    }
    """

    def __init__(self, typed: Callable[[str], None], left: Callable[[], None], *, id: str) -> None:
        """`typed` is called with the text, `left` when the keys go back to the list.

        Both in the very key's turn.
        """
        super().__init__(id=id)
        self._left = left
        self._line = OneLine(id="filter-line")
        self._field = FilterField(typed, self.leave, id="filter")
        self._found = OneLine(id="filter-found")

    def compose(self) -> ComposeResult:
        yield self._line
        with Horizontal(id="filter-row"):
            yield Static("/ ", id="filter-sign", markup=False)
            yield self._field
            yield self._found

    @property
    def is_typing(self) -> bool:
        """Whether the field is open."""
        return self.has_class("-typing")

    @property
    def value(self) -> str:
        """What was typed."""
        return self._field.value

    def show(self, text: str) -> None:
        """Filter by `text` as if it had been typed."""
        self._field.value = text
        self._field.cursor_position = len(text)

    def show_lines(self, line: Line, beside: Line) -> None:
        """Say what is filtered, and what is said beside the field."""
        self._line.show_line(line)
        self._found.show_line(beside)

    def open(self) -> None:
        """Open the field; the next keys go into it."""
        self.add_class("-typing")
        self._field.focus(scroll_visible=False)

    def leave(self) -> None:
        """Close the field; the filter stays."""
        self.remove_class("-typing")
        self._left()

    def clear(self) -> None:
        """Clear the filter, and close the field."""
        self.show("")
        self.leave()
