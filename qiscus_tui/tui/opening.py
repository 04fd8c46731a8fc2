"""What the app opens over any screen, and what it ends when it is left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.tui.base.screen import BaseScreen
from qiscus_tui.tui.commands import registry

if TYPE_CHECKING:
    from textual.app import App

    from qiscus_tui.service.connection import Connection
    from qiscus_tui.service.workspace import Workspace
    from qiscus_tui.tui.dialogs.revoke import RevokeDialog
    from qiscus_tui.tui.screens.sessions import SessionsScreen

TOLD_FOR = 60
"""Seconds that it stays on the screen what an earlier run left half done."""


def sessions_screen(app: App[int]) -> SessionsScreen | None:
    """The sessions screen, in front or behind; None before the login."""
    from qiscus_tui.tui.screens.sessions import SessionsScreen

    return next((one for one in app.screen_stack if isinstance(one, SessionsScreen)), None)


def open_palette(app: App[int]) -> None:
    """The commands that can be taken on the screen in front."""
    from qiscus_tui.tui.dialogs.palette import PaletteDialog

    screen = app.screen
    if not isinstance(screen, BaseScreen) or screen.SCOPE is None:
        return

    async def chosen(name: str | None) -> None:
        if name is not None:
            await screen.run_command(name)

    app.push_screen(PaletteDialog(registry.in_palette(screen.SCOPE, screen.context)), chosen)


def asks_before_quitting(app: App[int], code: int) -> bool:
    """Whether a plan runs; then the question is open, and a yes ends with this exit code."""
    from qiscus_tui.tui.dialogs.quit import QuitDialog

    sessions = sessions_screen(app)
    if isinstance(app.screen, QuitDialog):
        return True
    if sessions is None or not running_plans(app):
        return False

    def answered(leaves: bool | None) -> None:
        if leaves:
            from qiscus_tui.tui.app import QiscusTui

            if isinstance(app, QiscusTui):
                app.quit(code)

    app.push_screen(QuitDialog(sessions.workspace.clock), answered)
    return True


def running_plans(app: App[int]) -> list[RevokeDialog]:
    """The dialog of the plan that runs, in front or behind."""
    from qiscus_tui.tui.dialogs.revoke import RevokeDialog

    return [one for one in app.screen_stack if isinstance(one, RevokeDialog) and one.plan_runs]


async def tell_of_crashes(app: App[int], workspace: Workspace) -> None:
    """Say, once, what an earlier run left half done. Reads files, in a thread."""
    from qiscus_tui.service.account_selection import unmatched_words
    from qiscus_tui.service.history import notices

    try:
        for name in await asyncio.to_thread(workspace.unmatched_accounts):
            words = "\n".join(unmatched_words(name))
            app.notify(words, severity="warning", timeout=TOLD_FOR, markup=False)
        for notice in await asyncio.to_thread(notices, workspace.local_files):
            words = notice.text
            app.notify(words, severity="warning", timeout=TOLD_FOR, markup=False)
            await asyncio.to_thread(notice.acknowledge)
    except QiscusTuiError as error:
        app.notify(error.text, severity="error", markup=False)


async def end_this_run(app: App[int], retry_policy: float, *, in_good_order: bool) -> list[str]:
    """End a plan that runs, the visit, a token that was made for this run only, the connection.

    Gives what the user should know. `in_good_order`: the user left; no signal ended the program.
    """
    sessions = sessions_screen(app)
    if sessions is None:
        return []
    words = [said for plan in running_plans(app) for said in await plan.end_early()]
    try:
        async with asyncio.timeout(retry_policy):
            if in_good_order:
                await _end_visit(sessions, words)
            if sessions.connection is not None:
                await _end(sessions.connection, words)
    except QiscusTuiError as error:
        words.append(error.text.replace("\n", "\n  "))
    except TimeoutError:
        words.append("Leaving took too long: what this run began may not have been ended")
    return words


async def _end_visit(sessions: SessionsScreen, words: list[str]) -> None:
    try:
        await sessions.end_visit()
    except QiscusTuiError as error:  # the token is to be ended all the same
        words.append(error.text.replace("\n", "\n  "))


async def _end(connection: Connection, words: list[str]) -> None:
    from qiscus_tui.service.account.logout import OwnToken
    from qiscus_tui.service.account.switching import leave

    note = await leave(connection)
    if OwnToken.STILL_VALID.value in note:
        words.append(note)
