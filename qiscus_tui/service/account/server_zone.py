"""Learns the zone of server times that name none, from a session that was just made."""

import asyncio

from msgspec.structs import replace

from qiscus_tui.errors import LoginNeeded, OutOfReach, ServerError, StorageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.accounts import StoredAccount

_QUARTER = 900
_SLACK = 120
"""Seconds by which the list's and the login's times may differ within one zone."""
_WIDEST = 14 * 3600


def zone_offset_of(listed: SessionList, made_at: float) -> float:
    """Return the seconds that listed times are ahead of UTC, in whole quarter hours; else 0.

    `made_at` is when our current session was made, on the server's clock.
    """
    own = listed.current_session
    if own is None or own.created_at is None:
        return 0.0
    difference = own.created_at - made_at
    quarters = round(difference / _QUARTER)
    whole = abs(difference - quarters * _QUARTER) <= _SLACK
    return float(quarters * _QUARTER) if quarters and whole and abs(difference) <= _WIDEST else 0.0


async def with_zone_learned(
    connection: Connection, made_at: float
) -> tuple[Connection, tuple[str, ...]]:
    """Return the connection with the server's zone applied, and what the user should know of it.

    What was learned is stored with the account, if that is possible.
    """
    try:
        listed = await connection.read_list()
        offset = zone_offset_of(listed, made_at)
        if not offset:
            return connection, ()
        corrected = replace(connection, account=replace(connection.account, zone_offset=offset))
        is_corrected = not zone_offset_of(await corrected.read_list(), made_at)
    except (LoginNeeded, ServerError, OutOfReach, StorageError) as error:
        return connection, (f"The sessions could not be listed: {error.message}",)
    hours = f"{offset / 3600:+g} h"
    if not is_corrected:  # the times name a zone of their own
        note = f"This server's times name their zone and are {hours} off; they are shown unchanged"
        return connection, (f"{note}.",)
    own = listed.current_session
    note = f"This server's times have no zone and run {hours} from UTC; they are shown corrected."
    try:
        await _store(corrected, own.id if own else "")
    except StorageError as error:  # the login is stored anyway
        return corrected, (note, f"That could not be stored: {error.message}")
    return corrected, (note,)


async def _store(connection: Connection, own_id: str) -> None:
    account_storage, account = connection.account_storage, connection.account
    if connection.storage is Storage.THIS_RUN:
        return
    stored = StoredAccount("", account, connection.storage, own_id)  # without a new name
    async with account_storage.lock(account):
        # It may have been logged out or moved meanwhile.
        if await asyncio.to_thread(account_storage.is_in_book, account):
            await asyncio.to_thread(account_storage.local_files.book.save, stored)
