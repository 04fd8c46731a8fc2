"""The measure of all start times: the least that a Textual program can be."""

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Static


class Hello(App[None]):
    """A header, a line and a footer."""

    BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012 Textual's own form

    def compose(self) -> ComposeResult:
        """Compose the three widgets."""
        yield Header()
        yield Static("Hello, world")
        yield Footer()


if __name__ == "__main__":
    Hello().run()
