"""The parts of the login form: a check box, and the strip of its two tabs."""

import enum
from dataclasses import dataclass
from typing import ClassVar, Self

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Checkbox


class Tab(enum.Enum):
    """The two ways to log in. The value is the title of the tab."""

    PASSWORD = "Email and password"
    TOKEN = "Long-lived token"

    @property
    def other(self) -> "Tab":
        """Return the other tab."""
        return Tab.TOKEN if self is Tab.PASSWORD else Tab.PASSWORD


class Tick(Checkbox, inherit_bindings=False):
    """`[x] label`, changed by space or a click; enter is left to the form."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_button", show=False),
    ]

    DEFAULT_CSS = """
    Tick, Tick:focus {
        width: 1fr;
        height: auto;
        border: none;
        padding: 0;
        background: transparent;
        background-tint: transparent;
        color: $foreground;
    }
    Tick:focus { color: $primary; text-style: bold; }
    Tick:ansi:focus { text-style: reverse; }
    Tick.-fixed { color: $text-muted; }
    Tick.-fixed:focus { color: $foreground; }
    """

    was_touched = False
    """Whether the user chose."""

    def fix(self) -> None:
        """Untick it for good: there is nothing to choose."""
        self.value = False
        self.add_class("-fixed")

    def toggle(self) -> Self:
        """Tick or untick, as the user wants."""
        if not self.has_class("-fixed"):
            self.was_touched = True
            self.value = not self.value
        return self

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        """Return the lines: what does not fit goes on under the label, not under the box."""
        box = "" if self.has_class("-fixed") else f"[{'x' if self.value else ' '}] "
        first, *others = self.label.wrap(max(1, width - len(box)))
        return [Content(box) + first, *(Content(" " * len(box)) + line for line in others)]


class TabStrip(Widget, can_focus=True):
    """The two tabs, side by side. Arrows or a click change the tab; so does ctrl+t anywhere."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right,space", "other", show=False),
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

    @dataclass
    class Changed(Message):
        """The other tab was chosen."""

        tab: Tab

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
        """Change to the other tab."""
        self.tab = self.tab.other
        self.post_message(self.Changed(self.tab))

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        event.stop()
        clicked = Tab.PASSWORD if event.x < len(Tab.PASSWORD.value) + 3 else Tab.TOKEN
        if clicked is not self.tab:
            self.action_other()
