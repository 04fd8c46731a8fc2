"""What is said when the program itself fails: two lines, and never a variable's value.

Textual's own crash screen prints the local variables of every frame, and a password or a token
is among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from textual.app import App, ReturnType
from textual.worker import WorkerFailed

from qiscus_tui.errors import QiscusTuiError

if TYPE_CHECKING:
    from rich.console import RenderableType


def crash_words(error: BaseException | None) -> tuple[str, str]:
    """What happened, and what to do. Only our own errors are quoted: their texts are safe."""
    if isinstance(error, QiscusTuiError):
        return error.message, error.hint
    if error is None:
        return "The program failed", "Please report it as a bug of qiscus-tui."
    if isinstance(error, WorkerFailed):
        return crash_words(error.error)
    place = _place(error)
    return (
        f"The program failed ({type(error).__name__}{place})",
        "Nothing more was sent. Please report this line as a bug of qiscus-tui.",
    )


class CrashReport(App[ReturnType], Generic[ReturnType], inherit_bindings=False):
    """An app whose crash shows nothing that it held."""

    crash: tuple[str, str] | None = None
    """The two lines to print after the terminal is as it was; None where all went well."""

    def _fatal_error(self) -> None:
        self.crash = self.crash or crash_words(self._exception)
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """End. What Textual wanted to show stays unsaid."""
        self.crash = self.crash or crash_words(self._exception)
        self._return_code = self._return_code or 1
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()


def _place(error: BaseException) -> str:
    """The last line of our own code that it went through."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.startswith("qiscus_tui."):
            found = f" in {name} line {trace.tb_lineno}"
        trace = trace.tb_next
    return found
