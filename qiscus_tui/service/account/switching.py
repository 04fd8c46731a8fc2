"""Switches from one account to another within a run."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from qiscus_tui.errors import NoAccount, OutOfReach, QiscusTuiError, ServerError, UsageError
from qiscus_tui.model.account import Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.account.logout import OwnToken, end_token_of_this_run
from qiscus_tui.service.account.selection import (
    APP_ID_VARIABLE,
    LONG_LIVED_VARIABLE,
    SECRET_KEY_VARIABLE,
    SelectedAccount,
    configured,
    environment_credentials,
)
from qiscus_tui.service.account.workspace import Workspace

CHOSEN_HERE = "chosen in the app"


def must_not_be_given(workspace: Workspace) -> None:
    """Raises UsageError where the account comes from the environment."""
    if environment_credentials(workspace.environ) is not None:
        raise UsageError(
            "The account comes from the environment, which takes precedence",
            f"To choose here, start without {LONG_LIVED_VARIABLE}, {SECRET_KEY_VARIABLE} and "
            f"{APP_ID_VARIABLE}.",
        )


def switched_to(workspace: Workspace, name: str) -> SelectedAccount:
    """Return the account of this name, and remember it as the one used last. Uses files.

    Raises UsageError where the environment holds credentials, NoAccount, StorageError.
    """
    must_not_be_given(workspace)
    selected = _found(workspace, name)
    workspace.local_files.book.use(selected.name)
    workspace.local_files.book.note_use(selected.account.key, workspace.clock.now())
    return selected


def connected_to(workspace: Workspace, name: str) -> Connection:
    """Return a connection to an account that is not in use. May wait for the keyring.

    Raises NoAccount, StorageError.
    """
    return workspace.connect(_found(workspace, name))


def _found(workspace: Workspace, name: str) -> SelectedAccount:
    stored = workspace.local_files.book.find(name)
    if stored is None:
        raise NoAccount(
            f"There is no account '{safe(name, 100)}' here any longer",
            "It was logged out or forgotten meanwhile. Add it again with a login.",
        )
    return SelectedAccount(configured(stored, workspace.config), CHOSEN_HERE)


def note_start(workspace: Workspace, connection: Connection) -> None:
    """Remember that the app shows this account now. Uses files; raises StorageError."""
    book, key = workspace.local_files.book, connection.account.key
    if any(one.account.key == key for one in book.all()):
        book.note_use(key, workspace.clock.now())


@dataclass(frozen=True)
class Left:
    """What the user should know after an account was left."""

    troubles: tuple[str, ...]
    ended: str = ""
    """What became of a token that was made for this run only."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Return all of it."""
        return (*self.troubles, self.ended) if self.ended else self.troubles


async def leave(
    connection: Connection, end_visit: Callable[[], Awaitable[None]] | None = None
) -> Left:
    """End the visit and a token that was made for this run only, then close the connection.

    Each is done even if another fails.
    """
    troubles: list[str] = []
    ended = OwnToken.NONE
    try:
        if end_visit is not None:
            try:
                await end_visit()
            except QiscusTuiError as error:
                troubles.append(error.text)
        if connection.storage is Storage.THIS_RUN:
            ended = await end_token_of_this_run(connection)
    except (OutOfReach, ServerError) as error:
        why = f"{OwnToken.STILL_VALID.value} ({error.message})"
        troubles.append(f"{safe(connection.name)}: {why}")
    except QiscusTuiError as error:
        troubles.append(error.text)
    finally:
        await asyncio.shield(connection.close())
    if ended is OwnToken.NONE:
        return Left(tuple(troubles))
    return Left(tuple(troubles), f"{safe(connection.name)}: {ended.value}")
