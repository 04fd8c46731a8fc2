"""The line of the filter: what is asked for, or the field while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from qiscus_tui.tui.widgets.cells import width_of
from qiscus_tui.tui.widgets.one_line import Line, OneLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qiscus_tui.query.terms import Key
    from qiscus_tui.tui.sessions.filter_field import FilterField


class FilterBar(Widget):
    """Holds the filter as it is typed. The field is made when it is needed first."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        layout: horizontal;
        & #filter-sign { width: 3; padding: 0 0 0 1; color: $primary; text-style: bold; }
        & #filter { width: 2fr; }
        & #filter-found { width: 3fr; }
        & .typing { display: none; }
        &.-typing .typing { display: block; }
        &.-typing #filter-line { display: none; }
    }
    """

    def __init__(
        self,
        typed: Callable[[str], None],
        left: Callable[[], None],
        seen: Callable[[Key], Sequence[str]],
        is_readable: Callable[[], bool],
        *,
        id: str,
    ) -> None:
        """`typed` is called with the text, `left` when the keys go back to the list.

        Both in the very key's turn. `seen` gives the values of a key that the list has,
        `is_readable` whether what was typed has no error.
        """
        super().__init__(id=id)
        self._typed, self._left, self._seen = typed, left, seen
        self._is_readable = is_readable
        self._line = OneLine(id="filter-line")
        self._made: FilterField | None = None
        self._found = OneLine(id="filter-found", classes="typing")

    def compose(self) -> ComposeResult:
        yield self._line

    @property
    def _field(self) -> FilterField:
        if self._made is None:
            from qiscus_tui.tui.sessions.filter_field import FilterField

            self._made = FilterField(
                self._typed, self._close_field, self._seen, self._is_readable, id="filter"
            )
            self._made.add_class("typing")
            sign = Static("/ ", id="filter-sign", classes="typing", markup=False)
            self.mount(sign, self._made, self._found)
        return self._made

    @property
    def is_typing(self) -> bool:
        """Whether the field is open."""
        return self.has_class("-typing")

    @property
    def value(self) -> str:
        """What was typed."""
        return "" if self._made is None else self._made.value

    def show(self, text: str) -> None:
        """Filter by `text` as if it had been typed."""
        if text != self.value:
            self._field.put(text)

    def cell_of(self, position: int) -> int:
        """Return the cell of the screen in which a character of the filter is, or would be."""
        before = width_of(self.value[:position])
        return self._field.content_region.x - round(self._field.scroll_x) + before

    def show_line(self, line: Line) -> None:
        """Say what is filtered, and beside the field what that leaves."""
        self._line.show_line(line)
        if self._made is not None:
            offered = self._made.offered
            beside = Line((), line.right)
            self._found.show_line(offered.line if len(offered.words) > 1 else beside)

    def open(self) -> None:
        """Open the field; the next keys go into it."""
        field = self._field
        self.add_class("-typing")
        field.focus(scroll_visible=False)

    def leave(self) -> None:
        """Close the field; the filter stays."""
        self._field.action_leave()

    def close_field(self) -> None:
        """Show the line in place of the field; the keys go elsewhere already."""
        self.remove_class("-typing")

    def _close_field(self) -> None:
        self.close_field()
        self._left()

    def clear(self) -> None:
        """Clear the filter, and close the field."""
        self._field.action_clear()
