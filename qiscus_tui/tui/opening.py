"""What the app opens over any screen, and what it ends when it is left."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.account import Storage
from qiscus_tui.tui import actions
from qiscus_tui.tui.actions import Scope

if TYPE_CHECKING:
    from textual.app import App

    from qiscus_tui.service.connection import Connection
    from qiscus_tui.tui.screens.sessions import SessionsScreen


def sessions_screen(app: App[int]) -> SessionsScreen | None:
    """The sessions screen, in front or behind; None before the login."""
    from qiscus_tui.tui.screens.sessions import SessionsScreen

    return next((one for one in app.screen_stack if isinstance(one, SessionsScreen)), None)


def open_palette(app: App[int]) -> None:
    """The commands that can be taken on the screen in front."""
    from qiscus_tui.tui.dialogs.palette import PaletteDialog

    sessions = sessions_screen(app)
    if sessions is None:
        return
    scope = Scope.SESSIONS if app.screen is sessions else Scope.DETAIL
    offered = actions.in_palette(scope, sessions.situation)
    screen = app.screen

    async def chosen(name: str | None) -> None:
        if name is not None:
            action = actions.named(name)
            where = "app" if action is not None and Scope.APP in action.scopes else "screen"
            await app.run_action(f"{where}.{name}", screen)

    app.push_screen(PaletteDialog(offered), chosen)


def asks_before_quitting(app: App[int]) -> bool:
    """Whether a plan runs; then the question is open."""
    from qiscus_tui.tui.dialogs.quit import QuitDialog
    from qiscus_tui.tui.dialogs.revoke import RevokeDialog

    sessions = sessions_screen(app)
    if isinstance(app.screen, QuitDialog):
        return True
    runs = isinstance(app.screen, RevokeDialog) and app.screen.plan_runs
    if sessions is None or not runs:
        return False

    def answered(leaves: bool | None) -> None:
        if leaves:
            from qiscus_tui.tui.app import QiscusTui

            if isinstance(app, QiscusTui):
                app.leave(0)

    app.push_screen(QuitDialog(sessions.workspace.clock), answered)
    return True


async def end_this_run(app: App[int], patience: float) -> None:
    """End a token that was made for this run only, and close the connection."""
    sessions = sessions_screen(app)
    connection = None if sessions is None else sessions.connection
    if connection is None:
        return
    with contextlib.suppress(QiscusTuiError, TimeoutError):
        await asyncio.wait_for(_end(connection), patience)


async def _end(connection: Connection) -> None:
    from qiscus_tui.service.logout import end_own_token

    if connection.storage is Storage.THIS_RUN:
        await end_own_token(connection)
    await connection.close()
