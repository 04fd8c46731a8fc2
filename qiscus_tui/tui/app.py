"""The app: what is wired to what. The screens do the rest."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from qiscus_tui.errors import ConfigError, QiscusTuiError
from qiscus_tui.exit_codes import ExitCode, signal_exit_code
from qiscus_tui.model.text import safe
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.tui.base.screen import BaseScreen
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import HasContext, Scope
from qiscus_tui.tui.navigation import Navigation
from qiscus_tui.tui.terminal.app import TerminalApp
from qiscus_tui.tui.theme import THEMES, theme_for

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.screen import Screen

    from qiscus_tui.service.account_selection import SelectedAccount
    from qiscus_tui.service.workspace import Workspace

KEPT_ON_SCREEN = 600.0
"""Seconds that a token stays on the screen that is kept nowhere else."""

PATIENCE = 3.0
"""Seconds that leaving may take to end a token of this run only."""


class QiscusTui(TerminalApp, inherit_bindings=False):
    """Login, then sessions; everything else is opened from there."""

    TITLE = "qiscus-tui"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *registry.bindings(Scope.APP),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    def __init__(
        self, workspace: Workspace, choice: SelectedAccount | None, *, few_colours: bool = False
    ) -> None:
        """`few_colours`: the terminal's own colours are taken, or none (`NO_COLOR`)."""
        # The first screen's rules are read with the app's own: later would parse all again.
        first = "login.tcss" if choice is None else "sessions.tcss"
        super().__init__(
            css_path=["app.tcss", f"screens/{first}"],
            ansi_color=True if few_colours else None,
        )
        self._workspace = replace(workspace, show_secret=self._show_secret, warn=self._warn)
        self._navigation = Navigation(self, self._workspace)
        self._choice = choice
        self._is_leaving = False
        self._was_quit = False
        self.parting_words: list[str] = []
        """What is said on the terminal that is left behind."""
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        wanted = workspace.config.ui.theme
        if wanted not in self.available_themes:
            raise ConfigError(
                f'There is no theme "{safe(wanted, 60)}", as config.toml wants it under [ui]',
                f"Write one of: {', '.join(sorted(self.available_themes))}.",
            )
        self.theme = theme_for(wanted, few_colours=few_colours)

    def get_default_screen(self) -> Screen[None]:
        """The first frame."""
        return self._navigation.first_screen(self._choice)

    def bell(self) -> None:
        """Ring, unless config.toml says not to."""
        if self._workspace.config.ui.bell:
            super().bell()

    def on_mount(self) -> None:
        """Import the rest when what was asked for is on screen."""
        if self._choice is None:
            self.call_after_refresh(self.on_sessions_screen_settled)

    def on_sessions_screen_settled(self) -> None:
        """The login is drawn, or the first list is: there is time for the rest."""
        self.run_worker(self._get_the_rest_in(), group="preload")

    async def _get_the_rest_in(self) -> None:
        from qiscus_tui.tui.leaving import notify_of_crashes
        from qiscus_tui.tui.warm_up import import_the_rest

        await asyncio.to_thread(import_the_rest)
        await notify_of_crashes(self, self._workspace)
        gc.collect()
        gc.freeze()
        gc.enable()

    def _show_secret(self, secret: str) -> bool:
        """Show a new long-lived token that could not be stored: now, and when the app has ended."""
        words = f"The new long-lived token, shown only here: {safe(secret)}"
        self.notify(words, severity="error", timeout=KEPT_ON_SCREEN, markup=False)
        self.parting_words.append(words)
        return True

    def _warn(self, error: QiscusTuiError) -> None:
        """Show what went wrong beside an action, such as a record that could not be written."""
        words = error.text  # from any thread: it is shown by the app's own
        self.call_later(lambda: self.notify(words, severity="warning", markup=False))

    def on_sessions_screen_login_expired(self) -> None:
        """Ask for a login over the list."""
        self._navigation.log_in_again()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run the action, or say why the screen or dialog in front does not offer it now."""
        if isinstance(self.screen, BaseScreen):
            self.screen.action_begins()
        if await super().run_action(action, default_namespace, namespaces):
            return True
        reason = self._why_unavailable(action)
        if reason is not None:
            self.notify(reason, severity="warning", markup=False)
        return reason is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Return whether a command is available, as the registry decides it."""
        return self._why_unavailable(action) is None

    def _why_unavailable(self, action: str | ActionParseResult) -> str | None:
        front = self.screen
        return (
            registry.why_unavailable(action, front.context)
            if isinstance(front, HasContext)
            else None
        )

    # Actions that open a screen.

    def action_open_detail(self) -> None:
        """Show everything that is known of the session under the cursor."""
        self._navigation.open_detail()

    def action_label(self) -> None:
        """Name the integration under the cursor."""
        self._navigation.open_label()

    def action_overview(self) -> None:
        """Show the whole list, counted."""
        self._navigation.open_overview()

    def action_accounts(self) -> None:
        """Show the accounts of this machine."""
        self._navigation.open_accounts()

    def action_audit(self) -> None:
        """Show what was revoked from here."""
        self._navigation.open_audit()

    # Actions of every screen.

    def action_reload(self) -> None:
        """Read the list again; where the session ended, log in again."""
        self._navigation.reload()

    def action_palette(self) -> None:
        """Show every command by name."""
        self._navigation.open_palette()

    def action_help(self) -> None:
        """Keys, signs and words."""
        from qiscus_tui.tui.dialogs.help import HelpDialog

        self.push_screen(HelpDialog())

    async def action_quit(self) -> None:
        """Leave; asks while a plan runs."""
        self._ask_and_quit(0)

    async def action_interrupt(self) -> None:
        """Leave as `quit` does, with the exit code that ctrl-c has everywhere."""
        self._ask_and_quit(ExitCode.INTERRUPTED)

    @work(group="dialog")
    async def _ask_and_quit(self, code: int) -> None:
        from qiscus_tui.tui.leaving import may_quit

        if await may_quit(self, self._workspace):
            self.quit(code)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Textual's own would write what the screen shows into a file: not here."""

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None of Textual's."""
        return ()

    def quit(self, code: int) -> None:
        """End the program as the user wants it, in good order."""
        self._was_quit = True
        self.leave(code)

    def leave(self, code: int) -> None:
        """End the program with this exit code; asked twice, at once.

        Waits while new tokens of ours are on their way from the server to the disk.
        """
        shield.handle(lambda: self._leave_now(code))

    def _leave_now(self, code: int) -> None:
        if self._is_leaving:
            # One hang-up may be told several times: by the system, the shell, and the driver.
            if code != signal_exit_code(signal.SIGHUP):
                self.exit(code)
            return
        self._is_leaving = True
        self.run_worker(self._leave(code), group="leave")

    async def _leave(self, code: int) -> None:
        from qiscus_tui.tui.leaving import end_this_run

        feed = self._navigation.feed
        in_good_order = self._was_quit
        self.parting_words += await end_this_run(self, feed, PATIENCE, in_good_order=in_good_order)
        self.exit(code)
