"""Quit: asked before the program is left while a plan runs."""

from collections.abc import Iterable

from textual.widget import Widget

from qiscus_tui.tui.dialogs.parts import DialogButton
from qiscus_tui.tui.dialogs.question import Question


class QuitDialog(Question[bool]):
    """Dismissed with True to leave the program."""

    TITLE_TEXT = "Quit while sessions are being revoked?"

    DEFAULT_CSS = "QuitDialog #box { width: 66; }"  # the run is seen around it

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Stay  n", id="cancel")
        yield DialogButton("Quit  y", id="confirm", variant="danger")

    def opened(self) -> None:
        self.say(
            "lead",
            "Nothing more is sent, and answers under way get 2 seconds. What was sent may "
            "remain unverified; the next start names the plan that was cut short.",
        )

    async def confirmed(self) -> None:
        self.close(True)
