"""`Reason (for the audit log):` and its field, where the configuration requires a reason."""

from textual.app import ComposeResult
from textual.containers import Horizontal

from qiscus_tui.errors import UsageError
from qiscus_tui.service.account.audit_trail import typed_reason
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.tui.dialogs.question import Guard, TypedField
from qiscus_tui.tui.widgets.texts import Words


class ReasonLine(Horizontal):
    """Its keys are text; the guard records them, so that an Enter among them confirms nothing."""

    DEFAULT_CSS = """
    ReasonLine {
        height: 1;
        & Words { width: auto; }
        & #reason { width: 1fr; margin-left: 1; padding: 0 1; }
    }
    """

    def __init__(self, connection: Connection, guard: Guard) -> None:
        super().__init__(id="reason-line")
        self.display = self.is_required = connection.needs_reason
        hint = "required; such as: leaked, ticket 4711"
        self._field = TypedField(guard, id="reason", placeholder=hint, takes_pastes=True)

    def compose(self) -> ComposeResult:
        yield Words("Reason (for the audit log):")
        yield self._field

    @property
    def reason(self) -> str:
        """Return what was typed, on one line; empty where none is required."""
        return " ".join(self._field.value.split())

    def why_not(self) -> str:
        """Return why nothing is sent with this reason, and go to the field; else nothing."""
        if self.is_required:
            try:
                typed_reason(self._field.value)
            except UsageError as error:
                self._field.focus()
                return f"{error.message}: nothing was sent. {error.hint}"
        return ""
