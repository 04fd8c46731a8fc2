"""Find the session that a token belongs to. The token is compared and forgotten."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from qiscus_tui.model.ids import can_be_token, fingerprint
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.dialog import Dialog, DialogButton
from qiscus_tui.tui.widgets.fields import SecretField


class FindDialog(Dialog[str | None]):
    """Dismissed with the id of the session, or None."""

    AUTO_FOCUS = "#token"
    TITLE_TEXT = "Find the session of a token"

    def __init__(self, listed: SessionList) -> None:
        super().__init__()
        self._listed = listed

    def compose_questions(self) -> Iterable[Widget]:
        yield SecretField(id="token")

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  esc", id="cancel")
        yield DialogButton("Find  enter", id="find")

    def opened(self) -> None:
        self.say("lead", "Paste a token that you found somewhere. It is not shown, stored or sent.")

    @on(SecretField.Submitted)
    def action_find(self) -> None:
        """Compare what was typed, and forget it."""
        typed = self.query_one(SecretField).take().strip()
        if not typed:
            self.warn("Paste or type a token first.")
            return
        if not can_be_token(typed):
            self.warn("Not a token. Paste it alone: no header name, quotes or spaces.")
            return
        session = self._listed.get(fingerprint(typed))
        if session is not None and session.token is not None:
            self.close(session.id)
            return
        doubt = "" if self._listed.is_whole else ", but the list could not be read whole"
        if masked := sum(one.token is None for one in self._listed.sessions):
            doubt = f", but {masked:,} are listed without their full token"
        self.warn(f"Among those listed, no live session has this token{doubt}.")
