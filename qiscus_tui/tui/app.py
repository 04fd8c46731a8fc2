"""The app: what is wired to what. The screens do the rest."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from qiscus_tui.errors import ConfigError, ExitCode, signal_exit_code
from qiscus_tui.model.text import safe
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.tui.base.screen import BaseScreen
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import HasContext, Scope
from qiscus_tui.tui.terminal.app import TerminalApp
from qiscus_tui.tui.theme import THEMES, fitting

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.screen import Screen

    from qiscus_tui.service.account.login import LoggedIn
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
        self._workspace = replace(workspace, show_secret=self._show_secret)
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
        self.theme = fitting(wanted, few_colours=few_colours)

    def get_default_screen(self) -> Screen[None]:
        """The first frame."""
        if self._choice is not None:
            from qiscus_tui.tui.screens.sessions import SessionsScreen

            return SessionsScreen(self._workspace, self._choice)
        from qiscus_tui.tui.screens.login import LoginScreen

        return LoginScreen(self._workspace, self._logged_in)

    def bell(self) -> None:
        """Ring, unless config.toml says not to."""
        if self._workspace.config.ui.bell:
            super().bell()

    def on_mount(self) -> None:
        """Import the rest when what was asked for is on screen."""
        if self._choice is None:
            self.call_after_refresh(self.on_live_list_settled)

    def on_live_list_settled(self) -> None:
        """Nobody waits for anything: the login is drawn, or the first list is."""
        self.run_worker(self._get_the_rest_in(), group="preload")

    async def _get_the_rest_in(self) -> None:
        from qiscus_tui.tui.opening import tell_of_crashes
        from qiscus_tui.tui.warm_up import import_the_rest

        await asyncio.to_thread(import_the_rest)
        await tell_of_crashes(self, self._workspace)
        gc.collect()
        gc.freeze()
        gc.enable()

    def _show_secret(self, secret: str) -> bool:
        """Show a new long-lived token that could not be stored: now, and when the app has ended."""
        words = f"The new long-lived token, shown only here: {safe(secret)}"
        self.notify(words, severity="error", timeout=KEPT_ON_SCREEN, markup=False)
        self.parting_words.append(words)
        return True

    def _logged_in(self, done: LoggedIn) -> None:
        from qiscus_tui.tui.screens.sessions import SessionsScreen

        self.push_screen(SessionsScreen(self._workspace, done))  # the first screen stays below

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run the action, or say why the screen or dialog in front does not offer it now."""
        front = self.screen
        if isinstance(front, BaseScreen):
            front.action_begins()
        if await super().run_action(action, default_namespace, namespaces):
            return True
        reason = (
            registry.why_unavailable(action, front.context)
            if isinstance(front, HasContext)
            else None
        )
        if reason is not None:
            self.notify(reason, severity="warning", markup=False)
        return reason is not None

    # Actions of every screen.

    async def action_palette(self) -> None:
        """Every command by name."""
        from qiscus_tui.tui.opening import open_palette

        open_palette(self)

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

    def _ask_and_quit(self, code: int) -> None:
        from qiscus_tui.tui.opening import asks_before_quitting

        if not asks_before_quitting(self, code):
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
        from qiscus_tui.tui.opening import end_this_run

        self.parting_words += await end_this_run(self, PATIENCE, in_good_order=self._was_quit)
        self.exit(code)
