"""Stop and quit: asked before the run of a plan is ended early."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual.binding import BindingType
from textual.widget import Widget

from qiscus_tui.model.clock import Clock
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.dialogs.parts import DialogButton
from qiscus_tui.tui.dialogs.question import Question

REDRAW = 0.1
"""Seconds between two looks at the run."""


class StopDialog(Question[bool]):
    """Dismissed with True to stop, and by itself once the run is over."""

    TITLE_TEXT = "Stop?"

    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.STOP)]

    DEFAULT_CSS = "StopDialog #box { width: 66; }"  # the run is seen around it

    def __init__(self, clock: Clock, not_sent: Callable[[], int | None]) -> None:
        """`not_sent`: how many sessions are not sent yet; None once the run is over."""
        super().__init__(clock)
        self._not_sent = not_sent

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Go on  n", id="cancel")
        yield DialogButton("Stop  y", id="confirm", variant="danger")

    def opened(self) -> None:
        self.say("lead", "What is sent already is waited for, and checked in the list.")
        self.set_interval(REDRAW, self._follow)
        self._follow()

    def _follow(self) -> None:
        left = self._not_sent()
        if left is None:
            self.close(False)
            return
        verb = "is" if left == 1 else "are"
        self.say("heading", f"Stop? {left:,} {verb} not sent yet" if left else "All are sent")

    @property
    def context(self) -> Context:
        return replace(super().context, running=True)

    async def confirmed(self) -> None:
        self.close(True)


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
