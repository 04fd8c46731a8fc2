"""Log out of an account: it is confirmed, because it can't be undone."""

from collections.abc import Awaitable, Callable, Iterable

from msgspec.structs import replace
from textual.widget import Widget

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.directory import KnownAccount
from qiscus_tui.tui.commands.command import Context, Phase
from qiscus_tui.tui.dialogs.dialog import DialogButton
from qiscus_tui.tui.dialogs.question import Question

ENDED = "this program's token is ended on the server, and the account is forgotten on this machine."
READ_ONLY = (
    "is read-only here, so its token is not ended and remains valid; it is forgotten on this "
    "machine."
)
LONG_LIVED = (
    "The long-lived token may remain valid: no known call ends it. If it leaked, change "
    "the password and ask Qiscus."
)
STILL_VALID = (
    "The token remains valid until it expires, and nothing was forgotten. Try again later, or "
    "press y to forget the account here anyway."
)


class LogOutDialog(Question[str | None]):
    """Dismissed with the result in words. Where the server is away it offers to forget anyway."""

    TITLE_TEXT = "Log out?"
    DANGEROUS = True

    def __init__(
        self, clock: Clock, account: KnownAccount, end: Callable[[bool], Awaitable[str]]
    ) -> None:
        """`end` logs out and returns the result in words; True: also where the server is away."""
        super().__init__(clock)
        self._account = account
        self._end = end
        self._forgets = account.account.readonly
        """Whether nothing is sent to the server."""

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Log out  y", id="confirm", variant="danger")

    def opened(self) -> None:
        if self._forgets:
            self._offer_to_forget("Forget this account?")
        self.say("lead", f"{safe(self._account.name)}: {READ_ONLY if self._forgets else ENDED}")
        self.say("lines", LONG_LIVED)
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
