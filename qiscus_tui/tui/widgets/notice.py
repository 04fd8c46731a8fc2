"""A sentence over a list: what is in doubt about it, and what to do."""

from rich.text import Text
from textual.widgets import Static

from qiscus_tui.model.text import safe


class Notice(Static):
    """A sentence over the table, as many lines as it takes; not there where it is empty."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Notice {
        height: auto;
        max-height: 4;
        padding: 0 1;
        color: $text-muted;
        &.-warning { color: $warning; }
        &.-warning:ansi { text-style: bold; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__("", id=id, markup=False)
        self.said = ""
        self.display = False

    def say(self, text: str, *, is_warning: bool) -> None:
        """Say something else; nothing is laid out where it is the same."""
        if text != self.said:
            self.said = text
            self.set_class(is_warning, "-warning")
            self.display = bool(text)
            self.update(Text(safe(text)))
