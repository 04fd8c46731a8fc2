"""The parts of dialogs: buttons, toggles, fields, and a body that leaves room for the rest."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Static

from qiscus_tui.tui.dialogs.guard import Guard
from qiscus_tui.tui.widgets.fields import Field


class Words(Static, can_focus=False):
    """Plain text or content, never parsed as markup, not selectable."""

    ALLOW_SELECT = False

    def __init__(
        self, text: str | Content = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(_content(text), id=id, classes=classes, markup=False)

    def say(self, text: str | Content) -> None:
        """Show other words; none take no room, and the same are not drawn again."""
        content = _content(text)
        if not (isinstance(self.content, Content) and content.is_same(self.content)):
            self.update(content)
        self.display = bool(content.plain)


def _content(text: str | Content) -> Content:
    return text if isinstance(text, Content) else Content(text)


class Body(VerticalScroll, can_focus=False):
    """The part that scrolls, so that what is below it is always on the screen."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return its number of lines, or what its neighbours leave of the screen."""
        wanted = super().get_content_height(container, viewport, width)
        box = self.parent
        if not isinstance(box, Widget):
            return wanted
        taken = box.gutter.height + self.gutter.height + self.styles.margin.height
        for other in box.children:
            if other is not self and other.display:
                inner = max(1, width - other.gutter.width)
                taken += other.get_content_height(container, viewport, inner)
                taken += other.gutter.height + other.styles.margin.height
        return max(1, min(wanted, viewport.height - taken))


class DialogButton(Button):
    """A button of one line, with its key in its words."""

    def __init__(self, label: str, *, id: str, variant: str = "default") -> None:
        super().__init__(Content(label), id=id, compact=True, classes=f"-{variant}-tone")
        self.active_effect_duration = 0

    def rename(self, label: str) -> None:
        """Change its label."""
        self.label = Content(label)
        self.refresh(layout=True)


class Toggle(Static, can_focus=True):
    """`[ ] c  also …`: adds to a plan what is left out otherwise."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "ask", show=False)]

    @dataclass
    class Toggled(Message):
        """It was clicked, or Enter or space pressed on it; the dialog decides."""

        what: str

    def __init__(self, what: str, *, key: str | None = None) -> None:
        """`what` is left out otherwise, and begins with its key, unless another is given.

        Without one (empty) it is changed by Enter or space alone.
        """
        super().__init__("", id=f"allow-{what}", markup=False)
        self._what = what
        self._key = what[0] if key is None else key
        self._box = self._words = Content()
        self.display = False

    def show_state(self, words: str, *, on: bool) -> None:
        """Show what it adds, and whether it does."""
        self.display = bool(words)
        style = "$warning" if on else ""
        self._box = Content.assemble(
            (f"[{'✓' if on else ' '}] ", style),
            (f"{self._key}  " if self._key else "", "bold $primary"),
        )
        self._words = Content(words)
        self.refresh(layout=True)

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        """Return the lines: what does not fit goes on under the words, not under the box."""
        indent = self._box.cell_length
        first, *others = self._words.wrap(max(1, width - indent))
        return [self._box + first, *(Content(" " * indent) + line for line in others)]

    def action_ask(self) -> None:
        """Report Enter or space on it."""
        self.post_message(self.Toggled(self._what))

    def on_click(self, event: events.Click) -> None:
        """Report a click on it."""
        event.stop()
        self.post_message(self.Toggled(self._what))


class TypedField(Field):
    """A confirmation by typing. It refuses pastes, and passes on the keys it can't use."""

    class PasteRefused(Message):
        """Something was pasted into it."""

    def __init__(self, guard: Guard, *, characters: str = "", id: str) -> None:
        super().__init__(id=id)
        self._guard = guard
        self._characters = characters
        """What it accepts; empty: anything printable."""

    def type_key(self, event: events.Key) -> bool:
        """Type a key that was pressed elsewhere. Return False where it is not accepted."""
        if not self._accepts(event):
            return False
        self.focus()
        self.insert_text_at_cursor(event.character or "")
        return True

    def on_key(self, event: events.Key) -> None:
        """Drop keys that it does not accept, before Input's own handler.

        What is typed early is kept: it is Enter that confirms, and that comes later and alone.
        """
        if not event.is_printable:
            return
        if not self._accepts(event):
            event.prevent_default()  # not stopped: `n` and `y` still mean what they mean
            return
        self._guard.record_key()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave printable keys that it does not accept to the bindings."""
        return super().check_consume_key(key, character) and (
            not self._characters or (character or "") in self._characters
        )

    def on_paste(self, event: events.Paste) -> None:
        """Refuse: what is to be typed is a confirmation."""
        event.prevent_default()
        event.stop()
        self.post_message(self.PasteRefused())

    def _accepts(self, event: events.Key) -> bool:
        return event.is_printable and self.check_consume_key(event.key, event.character)
