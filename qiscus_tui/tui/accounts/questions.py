"""Log out of an account, or forget it: both are confirmed, because neither can be undone."""

from collections.abc import Awaitable, Callable, Iterable

from msgspec.structs import replace
from textual.widget import Widget

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerError
from qiscus_tui.model.clock import Clock
from qiscus_tui.tui.commands.context import Context, Phase
from qiscus_tui.tui.dialogs.dialog import DialogButton
from qiscus_tui.tui.dialogs.question import Question

End = Callable[[bool], Awaitable[str]]
"""Ends or forgets an account; returns the result in words. True: also where the server is away."""

STILL_VALID = (
    "The token remains valid until it expires, and nothing was forgotten. Try again later, or "
    "press y to forget the account here anyway."
)


class EndAccountDialog(Question[str | None]):
    """Dismissed with the result in words. Where the server is away it offers to forget anyway."""

    TITLE_TEXT = "Log out?"
    DANGEROUS = True

    def __init__(self, clock: Clock, lead: str, more: str, end: End, *, forgets: bool) -> None:
        """`lead` and `more` say what follows, safe; `forgets`: nothing is sent to the server."""
        super().__init__(clock)
        self._lead, self._more = lead, more
        self._end = end
        self._forgets = forgets

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Log out  y", id="confirm", variant="danger")

    def opened(self) -> None:
        if self._forgets:
            self._offer_to_forget("Forget this account?")
        self.say("lead", self._lead)
        self.say("lines", self._more)
        self.query_one("#lines").add_class("-wrapped")

    @property
    def context(self) -> Context:
        return replace(super().context, can_cancel=self.phase is not Phase.RUNNING)

    async def confirmed(self) -> None:
        self.phase = Phase.RUNNING
        self.say("note", "Forgetting…" if self._forgets else "Logging out…")
        try:
            self.close(await self._end(self._forgets))
        except QiscusTuiError as error:
            self.phase = Phase.ASKING
            if isinstance(error, OutOfReach | ServerError):
                error.hint = STILL_VALID
                self._forgets = True
                self._offer_to_forget("Forget it anyway?")
            self.say_trouble(error)
            self.ask_again()

    def _offer_to_forget(self, heading: str) -> None:
        self.say("heading", heading)
        self.name_buttons("Cancel  n", "Forget  y")
