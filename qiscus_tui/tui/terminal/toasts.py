"""What is said in passing: nothing twice at once.

A key pressed again and again for nothing would pile its answer up over the table, the form or
the buttons that it speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from textual.app import App, ReturnType

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel


class ToastOnce(App[ReturnType], Generic[ReturnType], inherit_bindings=False):
    """An app whose toasts are all different."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """As Textual's own, but silent where the same words still stand there."""
        if any(said.message == message for said in self._notifications):
            return
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)
