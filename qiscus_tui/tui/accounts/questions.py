"""Log out of an account, or forget it: both are confirmed, because neither can be undone."""

from collections.abc import Awaitable, Callable, Iterable

from msgspec.structs import replace
from textual.widget import Widget

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.text import safe
from qiscus_tui.tui.commands.context import Context, Phase
from qiscus_tui.tui.dialogs.dialog import DialogButton
from qiscus_tui.tui.dialogs.question import Question

LogOut = Callable[[bool], Awaitable[str]]
"""Logs out and returns the result in words. True: forget the account even if that fails."""

STILL_VALID = (
    "The token remains valid until it expires, and nothing was forgotten. Try again later, or "
    "press y to forget the account here anyway."
)
LONG_LIVED = (
    "The long-lived token may remain valid: no known call ends it. If it leaked, change "
    "the password and ask Qiscus."
)
FORGOTTEN = "its secrets and its name are removed from this machine."
NOT_ENDED = "Its tokens are not ended and remain valid. Logging out ends the short-lived one."


class LogOutDialog(Question[str | None]):
    """Dismissed with the result in words. Where the server is away it offers to forget anyway."""

    TITLE_TEXT = "Log out?"
    DANGEROUS = True

    def __init__(self, clock: Clock, name: str, log_out: LogOut, *, readonly: bool = False) -> None:
        super().__init__(clock)
        self._account_name = safe(name)
        self._log_out = log_out
        self._readonly = self._forgets = readonly

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Log out  y", id="confirm", variant="danger")

    def opened(self) -> None:
        ended = "this program's token is ended on the server, and the account"
        if self._readonly:
            self._offer_to_forget("Forget this account?")
            ended = "is read-only here, so its token is not ended and remains valid; it"
        self.say("lead", f"{self._account_name}: {ended} is forgotten on this machine.")
        self.say("lines", LONG_LIVED)
        self.query_one("#lines").add_class("-wrapped")

    @property
    def context(self) -> Context:
        return replace(super().context, can_cancel=self.phase is not Phase.RUNNING)

    async def confirmed(self) -> None:
        self.phase = Phase.RUNNING
        self.say("note", "Logging out…")
        try:
            self.close(await self._log_out(self._forgets))
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


class ForgetDialog(Question[bool]):
    """Dismissed with True to forget the account. Nothing is sent to a server."""

    TITLE_TEXT = "Forget this account?"
    DANGEROUS = True

    def __init__(self, clock: Clock, name: str) -> None:
        super().__init__(clock)
        self._account_name = safe(name)

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Forget  y", id="confirm", variant="danger")

    def opened(self) -> None:
        self.say("lead", f"{self._account_name}: {FORGOTTEN}")
        self.say("lines", NOT_ENDED)
        self.query_one("#lines").add_class("-wrapped")

    async def confirmed(self) -> None:
        self.close(True)
