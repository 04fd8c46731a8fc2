"""Fields to type into: one line, and only the keys that are theirs.

Textual's own input binds ctrl+a, which terminal multiplexers own, and copies what it holds.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class Field(Input, inherit_bindings=False):
    """A line of text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor_left", show=False),
        Binding("right", "cursor_right", show=False),
        Binding("ctrl+left", "cursor_left_word", show=False),
        Binding("ctrl+right", "cursor_right_word", show=False),
        Binding("home", "home", show=False),
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
    }
    """

    def __init__(self, value: str = "", *, id: str, placeholder: str = "") -> None:
        super().__init__(value, placeholder, id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def action_copy(self) -> None:
        """Nothing: the terminal's own selection copies."""

    def action_cut(self) -> None:
        """Nothing."""

    def action_paste(self) -> None:
        """Nothing: the terminal pastes."""


class SecretField(Field):
    """A line that shows dots, and gives nothing away but to the login."""

    def __init__(self, value: str = "", *, id: str) -> None:
        super().__init__(value, id=id)
        self.password = True

    @property
    def selected_text(self) -> str:
        """Nothing can be taken out."""
        return ""
