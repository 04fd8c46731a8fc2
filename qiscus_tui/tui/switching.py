"""What the app does with the screens of an account: shows another's, or none any more."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Protocol

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.tui.opening import sessions_screen
from qiscus_tui.tui.terminal.screen_stack import replace_top

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

    from qiscus_tui.model.account import Account, Storage
    from qiscus_tui.service.account.login import LoggedIn
    from qiscus_tui.service.account_selection import SelectedAccount
    from qiscus_tui.service.connection import Connection
    from qiscus_tui.service.workspace import Workspace
    from qiscus_tui.tui.commands.context import Context
    from qiscus_tui.tui.screens.sessions import SessionsScreen


class Behind(Protocol):
    """What the accounts screen asks of the sessions screen behind it."""

    connection: Connection | None

    @property
    def account(self) -> Account: ...
    @property
    def storage(self) -> Storage: ...
    @property
    def context(self) -> Context: ...


def behind(app: App[int]) -> Behind | None:
    """The account in use; None where there is none."""
    return sessions_screen(app)


def show_sessions(app: App[int], workspace: Workspace, opening: SelectedAccount | LoggedIn) -> None:
    """Show the sessions of another account in place of those that are shown now.

    Marks, cursor and filter of the old one go with its screen; its visit ends, and its
    connection is closed.
    """
    from qiscus_tui.tui.screens.sessions import SessionsScreen

    _replace_sessions(app, SessionsScreen(workspace, opening), ends_visit=True)


def sessions_are_gone(app: App[int], workspace: Workspace, *, others_left: bool) -> None:
    """The account in use was logged out: show the others, or the login where there are none."""
    from qiscus_tui.tui.screens.accounts import AccountsScreen
    from qiscus_tui.tui.screens.login import LoginScreen

    if others_left:
        _replace_sessions(app, AccountsScreen(workspace), ends_visit=False)
        return

    def logged_in(done: LoggedIn) -> None:
        show_sessions(app, workspace, done)

    _replace_sessions(app, LoginScreen(workspace, logged_in), ends_visit=False)


def _replace_sessions(app: App[int], new: Screen[None], *, ends_visit: bool) -> None:
    app.run_worker(_replaced(app, new, ends_visit=ends_visit), group="switch")


async def _replaced(app: App[int], new: Screen[None], *, ends_visit: bool) -> None:
    old = sessions_screen(app)
    if old is None:
        await replace_top(app, new)
        return
    while app.screen is not old:
        await app.pop_screen()
    await replace_top(app, new)
    gc.unfreeze()  # what was loaded with the old screen is no longer there to stay
    note = await _left(old, ends_visit=ends_visit)
    if note:
        app.notify(note, markup=False, timeout=10)


async def _left(old: SessionsScreen, *, ends_visit: bool) -> str:
    """Nobody sees this account any more. Gives what the user should know."""
    from qiscus_tui.service.account.switching import leave

    notes: list[str] = []
    try:
        if ends_visit:
            await old.end_visit()
    except QiscusTuiError as error:
        notes.append(error.text)
    if old.connection is not None:
        try:
            notes.append(await leave(old.connection))
        except QiscusTuiError as error:
            notes.append(error.text)
    return "\n".join(filter(None, notes))
