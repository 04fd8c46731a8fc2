"""Fields to type into: one line, and only the keys of a line. And a box to tick.

Textual's own input has keys that copy and cut what it holds, secrets too.
"""

from __future__ import annotations

import sys
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from qiscus_tui.model.text import safe
from qiscus_tui.tui.terminal.drawing import LineInput


class Field(LineInput, inherit_bindings=False):
    """A line of text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor_left", show=False),
        Binding("right", "cursor_right", show=False),
        Binding("ctrl+left", "cursor_left_word", show=False),
        Binding("ctrl+right", "cursor_right_word", show=False),
        Binding("home,ctrl+a", "home", show=False),
        Binding("end,ctrl+e", "end", show=False),
        Binding("backspace", "delete_left", show=False),
        Binding("delete,ctrl+d", "delete_right", show=False),
        Binding("ctrl+w", "delete_left_word", show=False),
        Binding("ctrl+u", "delete_left_all", show=False),
        Binding("ctrl+k", "delete_right_all", show=False),
        Binding("enter", "submit", show=False),
    ]

    DEFAULT_CSS = """
    Field {
        height: 1;
        border: none;
        padding: 0 1;
        background: $panel;
        &:focus { border: none; background: $panel; }
        &:ansi { text-style: underline; }
        &:ansi > .input--cursor {
            background: ansi_default; color: ansi_default; text-style: reverse;
        }
    }
    """

    def __init__(
        self, value: str = "", *, id: str, placeholder: str = "", selects: bool = False
    ) -> None:
        """With `selects`, its text is selected when it gets the focus."""
        super().__init__(value, placeholder, id=id, compact=True, select_on_focus=selects)
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        """Draw the whole width of the field, so that an underline shows how wide it is."""
        return super().render_line(y).extend_cell_length(self.content_size.width, self.rich_style)

    def on_paste(self, event: events.Paste) -> None:
        """Insert the first line that is not blank; copied text often has blank ones around.

        What could hide or reorder it is shown as in the list. A secret stays as it is.
        """
        event.prevent_default()
        event.stop()
        lines = [line for line in event.text.splitlines() if line.strip()]
        if lines:
            shown = safe(lines[0].expandtabs(1), sys.maxsize)
            self.replace(lines[0] if self.password else shown, *self.selection)


class SecretField(Field):
    """A line that shows dots, and gives its value to its own screen alone."""

    def __init__(self, value: str = "", *, id: str) -> None:
        super().__init__(value, id=id, selects=True)
        self.password = True

    @property
    def selected_text(self) -> str:
        """Return nothing: a secret is not copied."""
        return ""

    def take(self) -> str:
        """Return what was typed, and empty the field."""
        typed = self.value
        self.value = ""
        return typed

    def on_unmount(self) -> None:
        """Forget what was typed."""
        self.set_reactive(Input.value, "")


class Tick(Widget, can_focus=True):
    """`[✓] label`, changed by space or a click; enter is left to the form."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", show=False)]

    DEFAULT_CSS = """
    Tick {
        width: 1fr;
        height: auto;
        &:focus { color: $primary; text-style: bold; }
        &:ansi:focus { text-style: reverse; }
        &.-fixed { color: $text-muted; }
        &.-fixed:focus { color: $foreground; }
    }
    """

    def __init__(self, label: str, *, value: bool, id: str) -> None:
        super().__init__(id=id)
        self.label, self.value = Content(label), value
        self.was_touched = self.is_fixed = False
        """Whether the user chose; whether there is nothing to choose."""

    def show(self, label: str, *, value: bool, is_fixed: bool = False) -> None:
        """Show another label, and whether it is ticked; fixed, it is not, and has no box."""
        self.label, self.is_fixed = Content(label), is_fixed
        self.value = value and not is_fixed
        self.set_class(is_fixed, "-fixed")
        self.refresh(layout=True)

    def action_tick(self) -> None:
        """Tick or untick, as the user wants."""
        if not self.is_fixed:
            self.was_touched, self.value = True, not self.value
            self.refresh()

    def on_click(self) -> None:
        """Tick or untick."""
        self.action_tick()

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        """Return the lines: what does not fit goes on under the label, not under the box."""
        box = "" if self.is_fixed else f"[{'✓' if self.value else ' '}] "
        first, *others = self.label.wrap(max(1, width - len(box)))
        return [Content(box) + first, *(Content(" " * len(box)) + line for line in others)]
