"""Leaving the app: stops a plan that runs and asks, and ends what this run began."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from typing import TYPE_CHECKING

from qiscus_tui.exit_codes import signal_exit_code
from qiscus_tui.service.signal_shield import shield

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from qiscus_tui.service.workspace import Workspace
    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.revoke.dialog import RevokeDialog

LONGEST_LEAVE = 3.0
"""Seconds that leaving may take to end a token of this run only."""


class Leaving:
    """Ends the app once, and says what the user should know."""

    def __init__(
        self, app: App[int], workspace: Workspace, feed: Callable[[], Feed | None]
    ) -> None:
        """`feed` returns the account in use then, None before the login."""
        self._app = app
        self._workspace = workspace
        self._feed = feed
        self._has_begun = False
        self._is_wanted = False
        """Whether the user left; else a signal ended the program."""
        self.words: list[str] = []
        """What is said on the terminal that is left behind."""

    def ask(self, code: int) -> None:
        """End the program as the user wants it, in good order; asks while a plan runs."""
        self._app.run_worker(partial(self._ask, code), group="dialog")

    async def _ask(self, code: int) -> None:
        from qiscus_tui.tui.dialogs.quit import QuitDialog

        app = self._app
        if isinstance(app.screen, QuitDialog):
            return
        running = self._running_plans()
        for plan in running:
            plan.stop()
        if not running or await app.push_screen_wait(QuitDialog(self._workspace.clock)):
            self._is_wanted = True
            self.leave(code)

    def leave(self, code: int) -> None:
        """End the program with this exit code; asked twice, at once.

        Waits while new tokens of ours are on their way from the server to the disk.
        """
        shield.handle(lambda: self._leave_now(code))

    def _leave_now(self, code: int) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._app.run_worker(partial(self._leave, code), group="leave")
        # One hang-up may be told several times: by the system, the shell, and the driver.
        elif code != signal_exit_code(signal.SIGHUP):
            self._app.exit(code)

    async def _leave(self, code: int) -> None:
        in_good_order = self._is_wanted
        feed = self._feed()
        if feed is not None:
            await self._end_this_run(feed, in_good_order=in_good_order)
        self._app.exit(code)

    async def _end_this_run(self, feed: Feed, *, in_good_order: bool) -> None:
        """End a plan that runs, the visit, a token made for this run only, the connection."""
        from qiscus_tui.service.account.switching import leave

        for plan in self._running_plans():
            self.words += await plan.end_early()
        if feed.connection is None:
            return
        try:
            async with asyncio.timeout(LONGEST_LEAVE):
                left = await leave(feed.connection, feed.end_visit if in_good_order else None)
        except TimeoutError:
            self.words.append("Leaving took too long: what this run began may not have been ended")
        else:
            self.words += [trouble.replace("\n", "\n  ") for trouble in left.troubles]

    def _running_plans(self) -> list[RevokeDialog]:
        """Return the dialog of the plan that runs, in front or behind."""
        from qiscus_tui.tui.revoke.dialog import RevokeDialog

        screens = self._app.screen_stack
        return [one for one in screens if isinstance(one, RevokeDialog) and one.plan_runs]
