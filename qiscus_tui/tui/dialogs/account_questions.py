"""Log out of an account, or forget it: asked, because neither can be undone."""

from collections.abc import Awaitable, Callable, Iterable

from textual.widget import Widget

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.text import safe
from qiscus_tui.tui.dialogs.parts import DialogButton
from qiscus_tui.tui.dialogs.question import Question

LogOut = Callable[[bool], Awaitable[str]]
"""Logs out; True: forget the account even if its token lives on. Gives how it ended, in words."""

LIVES_ON = (
    "The token remains valid until it expires, and nothing was forgotten. Try again later, or "
    "forget the account here all the same: y"
)
LONG_LIVED = (
    "The long-lived token may live on at the server: no known call ends it. If it leaked, change "
    "the password and ask Qiscus."
)


class LogOutDialog(Question[str]):
    """Dismissed with how it ended. Where the server is away it offers to forget all the same."""

    TITLE_TEXT = "Log out?"
    DANGEROUS = True

    def __init__(self, clock: Clock, name: str, log_out: LogOut, *, readonly: bool = False) -> None:
        super().__init__(clock)
        self._account_name = safe(name)
        self._log_out = log_out
        self._readonly = self._forgets = readonly
        self._is_busy = False

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Log out  y", id="confirm", variant="danger")

    def opened(self) -> None:
        if self._readonly:
            self.say("heading", "Forget this account?")
            self.query_one("#confirm", DialogButton).rename("Forget  y")
            ended = "is read-only here, so its token is not ended and remains valid; it"
        else:
            ended = "this program's token is ended on the server, and the account"
        self.say("lead", f"{self._account_name}: {ended} is forgotten on this machine.")
        self.say("lines", LONG_LIVED)
        self.query_one("#lines").add_class("-wrapped")

    def may_confirm(self) -> bool:
        return not self._is_busy

    def action_cancel(self) -> None:
        """Leave, unless the server is being asked."""
        if not self._is_busy:
            super().action_cancel()

    async def confirmed(self) -> None:
        self._is_busy = True
        self.say("note", "Logging out…")
        try:
            ended = await self._log_out(self._forgets)
        except QiscusTuiError as error:
            self._is_busy = False
            self._failed(error)
        else:
            self.close(ended)

    def _failed(self, error: QiscusTuiError) -> None:
        if isinstance(error, OutOfReach | ServerError):
            error.hint = LIVES_ON
            self._forgets = True
            self.say("heading", "Forget it all the same?")
            self.query_one("#confirm", DialogButton).rename("Forget  y")
        self.say_trouble(error)
        self.ask_anew()


class ForgetDialog(Question[bool]):
    """Dismissed with True once the account is to be forgotten. No server is asked."""

    TITLE_TEXT = "Forget this account?"
    DANGEROUS = True

    def __init__(self, clock: Clock, name: str) -> None:
        super().__init__(clock)
        self._account_name = safe(name)

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Forget  y", id="confirm", variant="danger")

    def opened(self) -> None:
        self.say(
            "lead", f"{self._account_name}: its secrets and its name are removed from this machine."
        )
        self.say(
            "lines",
            "No server is asked: its tokens live on. Logging out ends the short-lived one first.",
        )
        self.query_one("#lines").add_class("-wrapped")

    def may_confirm(self) -> bool:
        return True

    async def confirmed(self) -> None:
        self.close(True)
