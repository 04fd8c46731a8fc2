"""The field for why something is revoked, where the configuration requires that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from qiscus_tui.errors import UsageError
from qiscus_tui.service.account.audit_trail import typed_reason
from qiscus_tui.tui.dialogs.dialog import Words
from qiscus_tui.tui.dialogs.question import Guard
from qiscus_tui.tui.widgets.fields import Field

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


class ReasonField(Field):
    """Its keys are text; the guard records them, so that an Enter among them confirms nothing."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(id="reason", placeholder="required; such as: leaked, ticket 4711")
        self._guard = guard

    def on_key(self, event: events.Key) -> None:
        """Record a key that Input's own handler keeps."""
        if event.is_printable:
            self._guard.record_key()

    def on_paste(self, event: events.Paste) -> None:
        """Record a paste, before Field's own handler inserts it."""
        self._guard.record_key()


class ReasonLine(Horizontal):
    """`Reason (for the audit log):` and the field; not shown where none is required."""

    DEFAULT_CSS = """
    ReasonLine {
        height: 1;
        & #reason-words { width: auto; }
        & #reason { width: 1fr; margin-left: 1; padding: 0 1; }
    }
    """

    def __init__(
        self, connection: Connection, guard: Guard, on_change: Callable[[], None] = lambda: None
    ) -> None:
        """`on_change` is called when another reason was typed."""
        super().__init__(id="reason-line")
        self._is_required = connection.needs_reason
        self._field = ReasonField(guard)
        self._on_change = on_change
        self.show(asks=True)

    def compose(self) -> ComposeResult:
        yield Words("Reason (for the audit log):", id="reason-words")
        yield self._field

    def show(self, *, asks: bool) -> None:
        """Show it where a reason is required. `asks`: something can be confirmed."""
        self.display = asks and self._is_required

    def on_input_changed(self) -> None:
        """Report it."""
        self._on_change()

    @property
    def reason(self) -> str:
        """Return what was typed, on one line."""
        return " ".join(self._field.value.split())

    def why_not(self) -> str:
        """Return why nothing is sent with this reason, and go to the field; else nothing."""
        if self._is_required:
            try:
                typed_reason(self._field.value)
            except UsageError as error:
                self._field.focus()
                return f"{error.message}: nothing was sent. {error.hint}"
        return ""
