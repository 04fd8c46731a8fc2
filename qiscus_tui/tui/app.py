"""The app: how it starts, what follows the first frame, and how it ends."""

import asyncio
import gc
import importlib
import signal
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from textual.reactive import Reactive
from textual.screen import Screen
from textual.theme import Theme

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.exit_codes import ExitCode, signal_exit_code
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.tui.navigation import Navigation
from qiscus_tui.tui.terminal.replies import BackgroundIs
from qiscus_tui.tui.theme import ALL_THEMES, DARK, Appearance

KEPT_ON_SCREEN = 600.0
"""Seconds that a token stays on the screen that is kept nowhere else."""

ROOMS = Path(__file__).parent
"""The folder of the screens' folders; each may have its styles in `screen.tcss`."""


class QiscusTui(Navigation):
    """Login, then sessions; everything else is opened from there."""

    TITLE = "qiscus-tui"
    DEFAULT_MODE = "first"
    ALLOW_SELECT = False

    theme: Reactive[str] = Reactive(DARK)  # set later, all CSS would be parsed again

    def __init__(
        self, workspace: Workspace, choice: SelectedAccount | None, *, few_colours: bool = False
    ) -> None:
        """`few_colours`: the terminal's own colours are taken, or none (`NO_COLOR`)."""
        # The first screen's rules are read with the app's own: later would parse all again.
        first = "login/screen.tcss" if choice is None else "sessions/screen.tcss"
        super().__init__(
            replace(workspace, show_secret=self._show_secret, warn=self._warn),
            ["app.tcss", first],
            ansi_color=True if few_colours else None,
        )
        self._choice = choice
        self._is_leaving = False
        self._is_left_by_user = False
        """Whether the user left; else a signal ended the program."""
        self._is_warm = False
        self.animation_level = "none"
        self.set_keymap(workspace.config.keys)
        self.appearance = Appearance(self, workspace, few_colours=few_colours)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's themes and ours. Textual asks a hundred times for each frame."""
        return ALL_THEMES

    def on_background_is(self, message: BackgroundIs) -> None:
        """Follow the terminal's background."""
        self.appearance.terminal_is(light=message.light)

    def get_default_screen(self) -> Screen[None]:
        """The first frame."""
        first = self.first_screen(self._choice)
        # Only a mode that was added can be removed.
        self.add_mode(self.DEFAULT_MODE, lambda: first)  # pyright: ignore[reportUnknownMemberType]
        return first

    def bell(self) -> None:
        """Ring, unless config.toml says not to."""
        if self.workspace.config.ui.bell:
            super().bell()

    def on_mount(self) -> None:
        """Import the rest when what was asked for is on screen."""
        if self._choice is None:
            self.call_after_refresh(self.on_sessions_screen_settled)

    def on_sessions_screen_settled(self) -> None:
        """The login is drawn, or the first list is: there is time for the rest, once."""
        if not self._is_warm:
            self._is_warm = True
            self.run_worker(self._load_the_rest, group="preload")

    async def _load_the_rest(self) -> None:
        """Do what the first frame did without, while the user reads it."""
        await asyncio.to_thread(import_the_rest)
        # All styles at once: a first opening would parse and apply all that there are.
        self.stylesheet.read_all(sorted(ROOMS.glob("*/screen.tcss")))
        self.stylesheet.parse()
        await self.notify_of_earlier_runs()
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

    # Leaving.

    async def action_quit(self) -> None:
        """Leave; asks while a plan runs."""
        self._ask_to_leave(0)

    async def action_interrupt(self) -> None:
        """Leave as `quit` does, with the exit code that ctrl-c has everywhere."""
        self._ask_to_leave(ExitCode.INTERRUPTED)

    def _ask_to_leave(self, code: int) -> None:
        async def ask() -> None:
            if await self.may_quit():
                self._is_left_by_user = True
                self.leave(code)

        self.run_worker(ask, group="dialog")

    def leave(self, code: int) -> None:
        """End the program with this exit code; asked twice, at once.

        Waits while new tokens of ours are on their way from the server to the disk.
        """
        shield.handle(lambda: self._leave_now(code))

    def _leave_now(self, code: int) -> None:
        if not self._is_leaving:
            self._is_leaving = True
            self.run_worker(partial(self._end_and_exit, code), group="leave")
        # One hang-up may be told several times: by the system, the shell, and the driver.
        elif code != signal_exit_code(signal.SIGHUP):
            self.exit(code)

    async def _end_and_exit(self, code: int) -> None:
        self.parting_words += await self.end_this_run(in_good_order=self._is_left_by_user)
        self.exit(code)


def import_the_rest() -> None:
    """Import every module of the screens, and what they import. To be called in a thread."""
    for path in sorted(ROOMS.glob("*/[a-z]*.py")):
        importlib.import_module(f"{__package__}.{path.parent.name}.{path.stem}")
