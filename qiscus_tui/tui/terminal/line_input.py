"""Textual's line of input, without a layout of the whole screen at every key."""

from typing import cast

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input


class LineInput(Input, inherit_bindings=False):
    """A line of input whose width never depends on what is typed."""

    def on_mount(self) -> None:
        """Begin at the end of what is filled in."""
        self.set_reactive(Input.selection, self.selection.cursor(len(self.value)))

    def value_changed(self, value: str) -> None:
        """Post that the value changed."""
        self.post_message(self.Changed(self, value))

    def _watch_value(self, value: str) -> None:
        # Textual sets `virtual_size` here, which lays out the whole screen.
        size = Size(self.content_width, 1)
        self.set_reactive(cast("Reactive[Size]", Widget.virtual_size), size)
        self.selection = self.selection  # scrolls to the cursor
        self.value_changed(value)
