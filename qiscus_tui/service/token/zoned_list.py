"""The list in its zone: where that is unknown, a token of our own is made to learn it."""

from dataclasses import replace

from qiscus_tui.errors import LoginNeeded, OutOfReach, ReadOnly, ServerError, StorageError
from qiscus_tui.model.server_zone import NO_CLOCK, NOT_KNOWN
from qiscus_tui.model.session import Current
from qiscus_tui.service.account.connection import Connection, Progress
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.refresh import refreshed_since


async def read_list(connection: Connection, progress: Progress | None = None) -> SessionList:
    """Return the list as `Connection.read_list` does, after one refresh where that can help.

    Times without a zone can be read only by a session of our own, whose creation is known, and so
    can any on a server that does not say what time it is. The token of the refresh is stored and
    used. Where it fails, the list says why ages can't be trusted.
    """
    listed = await connection.read_list(progress)
    if listed.time_doubt not in {NOT_KNOWN, NO_CLOCK} or listed.current is not Current.NONE:
        return listed
    if connection.zone.was_tried:
        return listed
    connection.zone.was_tried = True
    try:
        await refreshed_since(connection, connection.clock.now())
    except (ReadOnly, LoginNeeded, ServerError, OutOfReach, StorageError) as error:
        why = f"no token of our own could be made to learn it: {error.message}"
        doubt = f"{listed.time_doubt} ({why})"
        return replace(listed, time_doubt=doubt)
    return await connection.read_list(progress)
