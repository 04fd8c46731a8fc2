"""The base of the app, for a terminal that is slow or goes away, and for secrets.

Keys act one by one, toasts do not pile up, a signal leaves in good order, and a crash shows no
variable.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.notifications import SeverityLevel
from textual.timer import Timer, TimerCallback
from textual.worker import WorkerFailed

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.exit_codes import ENDING_SIGNALS, signal_exit_code
from qiscus_tui.tui.terminal.driver import TerminalDriver
from qiscus_tui.tui.terminal.key_queue import KeyQueue
from qiscus_tui.tui.terminal.replies import Multiplexer

TOAST_SEEN_AFTER = 0.5
"""Seconds after which a toast was seen, and goes with the next key."""


class TerminalApp(App[int], inherit_bindings=False):
    """An app on our own driver. It returns an exit code."""

    crash: tuple[str, str] | None = None
    """The two lines to print after the terminal is restored; None where nothing crashed."""

    def __init__(
        self, *, css_path: Sequence[str | PurePath], ansi_color: bool | None = None
    ) -> None:
        super().__init__(driver_class=TerminalDriver, css_path=[*css_path], ansi_color=ansi_color)
        self._disable_tooltips = True  # there are none, but each screen has a widget for them
        self._keys = KeyQueue(self, super().on_event)
        self.parting_words: list[str] = []
        """What is said on the terminal that is left behind."""

    # Signals.

    def on_load(self) -> None:
        """Handle signals from now on: the terminal is taken next."""
        loop = asyncio.get_running_loop()  # it drops the handlers when it closes
        for number in ENDING_SIGNALS:
            loop.add_signal_handler(number, self.leave, signal_exit_code(number))

    def leave(self, code: int) -> None:
        """End the program with this exit code."""
        self.exit(code)

    # The terminal.

    @property
    def multiplexer(self) -> Multiplexer | None:
        """Return the multiplexer between the program and the terminal."""
        return self._driver.multiplexer if isinstance(self._driver, TerminalDriver) else None

    @property
    def terminal_is_stalled(self) -> bool:
        """Return whether the terminal did not accept the last of what was written."""
        return isinstance(self._driver, TerminalDriver) and self._driver.is_stalled

    def _set_pointer_shape(self, shape: str) -> None:
        """Leave the mouse pointer alone: without motion reports nothing would change it back."""

    def set_timer(self, delay: float, callback: TimerCallback | None = None, **more: Any) -> Timer:
        """Call a function after a delay, also where the machine stands still as that begins.

        Textual's own is lost then: nothing would be drawn after a switch to another account.
        """
        timer = super().set_timer(delay, callback, **more)
        timer._skip = False  # pyright: ignore[reportPrivateUsage]
        return timer

    # Keys.

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._take_seen_toasts_away()
        if not self._keys.queued(event):
            await super().on_event(event)

    def drop_keys_while(self, is_unseen: Callable[[], bool]) -> None:
        """Let no key but ctrl+c act until what opened by itself was seen."""
        self._keys.drop_while(is_unseen)

    # Toasts.

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a toast, unless one with the same message is shown.

        The answer to a key that is pressed again and again would cover the table or the form.
        """
        if all(shown.message != message for shown in self._notifications):
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def _take_seen_toasts_away(self) -> None:
        """Have toasts go with the next key; an error stays: it may be shown nowhere else."""
        now = time.time()
        seen = [
            one
            for one in self._notifications
            if one.severity != "error" and now - one.raised_at >= TOAST_SEEN_AFTER
        ]
        for one in seen:
            self._unnotify(one, refresh=one is seen[-1])

    # Crashes. Textual would print the local variables of every frame, secrets among them.

    def panic(self, *renderables: RenderableType) -> None:
        """End the program, without what Textual would show."""
        self._return_code = self._return_code or 1
        self._fatal_error()

    def _fatal_error(self) -> None:
        self.crash = self.crash or crash_words(self._exception)
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()


def keymap_of(shown: DOMNode) -> Mapping[str, str]:
    """Return the keys that the app's keymap gives to bindings, by their ids."""
    return shown.app._keymap  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]


def crash_words(error: BaseException | None) -> tuple[str, str]:
    """Return what happened and what to do. Only our own errors are quoted: they are safe text."""
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


def _place(error: BaseException) -> str:
    """Return the last line of our own code in the traceback."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.startswith("qiscus_tui."):
            found = f" in {name} line {trace.tb_lineno}"
        trace = trace.tb_next
    return found
