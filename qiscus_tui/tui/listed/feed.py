"""The live list of one account: reads it, and knows how far it can be trusted.

Knows nothing of screens: it calls whoever draws it.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from qiscus_tui.errors import LoginNeeded, QiscusTuiError, StorageError
from qiscus_tui.model.account import Account, Storage
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from qiscus_tui.service.visits import Visit, visit_of

if TYPE_CHECKING:  # loads httpx: after the first frame
    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.account.stored_login import LoggedIn

BETWEEN_PROGRESS = 0.2
"""Seconds between two drawings of how much has arrived."""


class Note(Struct, frozen=True):
    """What was done last."""

    text: str = ""
    is_warning: bool = False
    is_kept: bool = False
    """Whether it is shown until there is another note, and not only until the next action."""


class Feed:
    """Connection, list, trouble and freshness of one account."""

    def __init__(
        self,
        workspace: Workspace,
        opening: SelectedAccount | LoggedIn,
        show: Callable[[SessionList], Awaitable[None]],
        changed: Callable[[], None],
    ) -> None:
        """`opening`: an account to be connected, or a login that was just made.

        `show` is given each list that was read, and calls `take` when it is ready to be shown;
        `changed` is called after every change.
        """
        self.workspace = workspace
        self.connection: Connection | None = None
        self.login_notes: tuple[str, ...] = ()
        """What the user should know of the login, besides."""
        self._selected: SelectedAccount | None = None
        if isinstance(opening, SelectedAccount):
            self._selected = opening
        else:
            self.connection, self.login_notes = opening.connection, opening.notes
        self._show = show
        self.changed = changed
        self.listed = NO_SESSIONS
        self.trouble: QiscusTuiError | None = None
        """Why the list could not be read the last time."""
        self.is_read = False
        self.is_loading = False
        self.is_busy = False
        """Whether something is being changed on the server."""
        self.progress = 0
        """Bytes of the list that have arrived so far."""
        self.progress_total: int | None = None
        """Bytes that it has; None: the server does not say."""
        self.note = Note()
        self._visit: Visit | None = None
        self._is_visit_noted = False
        self._tried_at = workspace.clock.now()
        self._began_at = self._heard_at = self._drawn_at = workspace.clock.monotonic()

    # What is known.

    @property
    def account(self) -> Account:
        """Whose sessions these are."""
        if self.connection is not None:
            return self.connection.account
        if self._selected is None:
            raise AssertionError("neither connected nor selected")
        return self._selected.account

    @property
    def account_name(self) -> str:
        """The account's name on this machine."""
        if self.connection is not None:
            return self.connection.name
        return self._selected.name if self._selected else self.account.name

    @property
    def storage(self) -> Storage:
        """Where our secrets are."""
        if self.connection is not None:
            return self.connection.storage
        return self._selected.stored.storage if self._selected else Storage.THIS_RUN

    @property
    def age(self) -> float:
        """Seconds since the list was read."""
        return self.workspace.clock.now() - self.listed.read_at

    @property
    def server_now(self) -> float:
        """The server's time, epoch seconds."""
        return self.workspace.clock.now() + self.listed.offset

    @property
    def hangs(self) -> bool:
        """Whether a reading has brought nothing for longer than the time between two of them."""
        silent = self.workspace.clock.monotonic() - self._heard_at
        return self.is_loading and silent >= self.workspace.config.ui.reload

    @property
    def rate(self) -> float:
        """Bytes per second that arrive; 0 in the first second."""
        took = self._heard_at - self._began_at
        return self.progress / took if took >= 1 else 0.0

    @property
    def is_stale(self) -> bool:
        """Whether the list is no longer the server's, or may not be."""
        return self.trouble is not None or self.hangs

    @property
    def is_missing(self) -> bool:
        """Whether the first list could not be read, and is not being read."""
        return not self.is_read and self.trouble is not None and not self.is_loading

    @property
    def has_ended(self) -> bool:
        """Whether a new login is needed."""
        return isinstance(self.trouble, LoginNeeded)

    @property
    def is_due(self) -> bool:
        """Whether it is time to read the list again."""
        waited = self.workspace.clock.now() - self._tried_at
        return waited >= self.workspace.config.ui.reload and not self.has_ended

    # Reading.

    async def reload(self) -> list[str]:
        """Read the list, unless it is being read. Return what the user should know besides."""
        if self.is_loading:
            return []
        self.is_loading = True
        self._tried_at = self.workspace.clock.now()
        self._heard_at = self.workspace.clock.monotonic()
        self.changed()
        try:
            return await self._read()
        except QiscusTuiError as error:
            self.trouble = error
            return []
        finally:
            self.is_loading, self.progress = False, 0
            self.changed()

    async def _read(self) -> list[str]:
        if self.connection is None and self._selected is not None:
            from qiscus_tui.service.account.connection import connect  # httpx: after the frame

            self.connection = await asyncio.to_thread(connect, self.workspace, self._selected)
        connection = self.connection
        if connection is None:
            raise AssertionError("neither connected nor selected")
        self._visit = visit_of(self.workspace.local_files, connection.account.key, self._visit)
        if self._visit is not None:
            connection.mark_new(self._visit.new_pairs)
        from qiscus_tui.service.token.refresh import read_list  # loads httpx: after the frame

        await self._show(await read_list(connection, self._progressed))
        self.trouble = None
        return await self._note_visit(connection)

    def _progressed(self, received: int, total: int | None) -> None:
        self._heard_at = self.workspace.clock.monotonic()
        if not self.progress:
            self._began_at = self._heard_at
        self.progress, self.progress_total = received, total
        if not self.is_read and self._heard_at - self._drawn_at >= BETWEEN_PROGRESS:
            self._drawn_at = self._heard_at
            self.changed()

    def take(self, listed: SessionList) -> None:
        """Make this the list."""
        if not self.is_read:
            gc.freeze()  # loaded modules live as long as the process: not to be collected
        self.is_read = True
        self.listed = listed
        self.changed()

    # Labels.

    async def label_again(self) -> None:
        """Find the integrations of the list again, and show their labels."""
        listed = None
        try:
            while self.connection is not None and listed is not self.listed:  # a newer one came
                listed = self.listed
                labelled = await self.connection.labelled(listed)
                if listed is self.listed:
                    await self._show(labelled)
                    return
        except StorageError as error:  # what is protected is not known
            self.trouble = error
            self.changed()

    # The visit.

    async def _note_visit(self, connection: Connection) -> list[str]:
        """After the first list: record that the account is used."""
        if self._is_visit_noted:
            return []

        self._is_visit_noted = True
        troubles = [self._visit.trouble] if self._visit is not None else []
        try:
            key, now = connection.account.key, self.workspace.clock.now()
            await asyncio.to_thread(self.workspace.local_files.book.note_use, key, now)
        except StorageError as error:
            troubles.append(error)
        return [error.text for error in filter(None, troubles)]

    async def end_visit(self) -> None:
        """Record what is listed as seen: the user leaves in good order. Raises StorageError."""
        if self.is_read and self._visit is not None:
            await self._visit.end(self.listed)

    # Our own tokens.

    def replace_connection(self, login: LoggedIn) -> Connection | None:
        """Go on with a new login of the same account. Return the old connection, to be left."""
        old, self.connection = self.connection, login.connection
        self.login_notes = login.notes
        self.trouble = None
        return old

    async def refresh_token(self) -> None:
        """Get a new short-lived token. Raises QiscusTuiError."""
        from qiscus_tui.service.token.refresh import refreshed_since  # loads httpx, as above

        if self.connection is None:
            return
        self.is_busy = True
        self.changed()
        try:
            await refreshed_since(self.connection, self.workspace.clock.now())
        except LoginNeeded as error:
            self.trouble = error
            raise
        finally:
            self.is_busy = False
            self.changed()

    # What was done last.

    def say(self, text: str, *, is_warning: bool = False, is_kept: bool = False) -> None:
        """Note what was done last; empty to note nothing."""
        self.note = Note(text, is_warning, is_kept)
        self.changed()
