"""What the sessions screen does about its visit: begins it, notes it, ends it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from qiscus_tui.errors import StorageError

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection
    from qiscus_tui.service.sessions.session_list import SessionList
    from qiscus_tui.service.visits import Visit
    from qiscus_tui.service.workspace import Workspace


class Attendance:
    """One screen's. Imports what it needs once the first frame is out."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._visit: Visit | None = None
        self._is_noted = False

    def begin(self, connection: Connection) -> None:
        """Have its lists marked; the visit goes on over another login of the same account."""
        from qiscus_tui.service.visits import visit_of

        self._visit = visit_of(connection, self._visit)

    async def note(self, connection: Connection) -> list[str]:
        """Once, after the first list: note that the account is used.

        Gives what the user should know: why nothing is marked, or can't be noted.
        """
        if self._is_noted:
            return []
        from qiscus_tui.service.account.switching import note_start

        self._is_noted = True
        troubles = [self._visit.trouble] if self._visit is not None else []
        try:
            await asyncio.to_thread(note_start, self._workspace, connection)
        except StorageError as error:
            troubles.append(error)
        return [error.text for error in filter(None, troubles)]

    async def end(self, listed: SessionList) -> None:
        """The screen is left in good order: what it lists is no news. Raises StorageError."""
        if self._visit is not None:
            await self._visit.end(listed)
