"""The small parts of the login form: a tick, and the strip of its two tabs."""

from __future__ import annotations

import enum
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from qiscus_tui.model.text import safe


class Tab(enum.Enum):
    """The two ways to log in. The value is what stands on the tab."""

    PASSWORD = "Email and password"
    TOKEN = "Long-lived token"

    @property
    def other(self) -> Tab:
        """The one that this is not."""
        return Tab.TOKEN if self is Tab.PASSWORD else Tab.PASSWORD


class Tick(Widget, can_focus=True):
    """`[x] words`, changed by space or a click; enter is left to the form."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "change", show=False),
        Binding("enter", "submit", show=False),
    ]

    DEFAULT_CSS = """
    Tick {
        height: auto;
        color: $foreground;
        &:focus { color: $primary; text-style: bold; }
        &:ansi:focus { text-style: reverse; }
        &.-fixed { color: $text-muted; }
        &.-fixed:focus { color: $foreground; }
    }
    """

    class Submitted(Message):
        """Enter: go on with the form."""

    value: reactive[bool] = reactive(False)
    words: reactive[str] = reactive("", layout=True)
    """What it stands for; plain text, made safe."""
    was_touched = False
    """Whether the user chose."""

    def fix(self) -> None:
        """There is nothing to choose."""
        self.value = False
        self.add_class("-fixed")

    def render(self) -> Table:
        words = Text(safe(self.words))
        line = Table.grid()  # what does not fit goes on under the words
        if self.has_class("-fixed"):
            line.add_row(words)
        else:
            line.add_row(Text(f"[{'x' if self.value else ' '}] "), words)
        return line

    def action_change(self) -> None:
        """Tick, or take the tick away."""
        if self.has_class("-fixed"):
            return
        self.was_touched = True
        self.value = not self.value

    def action_submit(self) -> None:
        """Go on with the form."""
        self.post_message(self.Submitted())

    def on_click(self, event: events.Click) -> None:
        """As space."""
        event.stop()
        self.action_change()


class TabStrip(Widget, can_focus=True):
    """The two tabs, side by side. Arrows or a click change over; so does ctrl+t anywhere."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right,space", "other", show=False),
        Binding("enter", "submit", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab--chosen", "tab--other"}

    DEFAULT_CSS = """
    TabStrip {
        height: 1;
        & > .tab--chosen { color: $foreground; text-style: bold underline; }
        & > .tab--other { color: $text-muted; }
        &:focus > .tab--chosen { color: $primary; text-style: bold underline; }
        &:ansi:focus > .tab--chosen { text-style: bold reverse; }
    }
    """

    class Changed(Message):
        """The other tab was chosen."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    class Submitted(Message):
        """Enter: go on with the form."""

    tab: reactive[Tab] = reactive(Tab.PASSWORD)

    def render(self) -> Text:
        text = Text()
        for tab in Tab:
            chosen = tab is self.tab
            style = self.get_component_rich_style("tab--chosen" if chosen else "tab--other")
            if text:
                text.append("   ")
            text.append("● " if chosen else "○ ", style.without_color if chosen else style)
            text.append(tab.value, style)
        return text

    def action_other(self) -> None:
        """Change over."""
        self.tab = self.tab.other
        self.post_message(self.Changed(self.tab))

    def action_submit(self) -> None:
        """Go on with the form."""
        self.post_message(self.Submitted())

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        event.stop()
        clicked = Tab.PASSWORD if event.x < len(Tab.PASSWORD.value) + 3 else Tab.TOKEN
        if clicked is not self.tab:
            self.action_other()
