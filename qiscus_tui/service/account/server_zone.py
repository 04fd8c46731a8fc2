"""Whether the server's times without a zone are UTC, told by a session that we just made."""

import asyncio
from dataclasses import replace

from qiscus_tui.errors import LoginNeeded, OutOfReach, ServerError, StorageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.account_storage import LocalFiles
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.accounts import StoredAccount

_QUARTER = 900
_SLACK = 120
"""Seconds by which the list and the login's own time may differ in one zone."""
_WIDEST = 14 * 3600


def zone_offset_of(listed: SessionList, made_at: float) -> float:
    """Seconds that listed times run ahead of UTC; 0 unless the difference is whole quarter hours.

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
    """The connection of a new login, reading times as they are meant; what to tell of that.

    What was learned is kept with the account, where that can be.
    """
    try:
        listed = await connection.read_list()
        offset = zone_offset_of(listed, made_at)
        if not offset:
            return connection, ()
        corrected = replace(connection, account=replace(connection.account, zone_offset=offset))
        is_put_right = not zone_offset_of(await corrected.read_list(), made_at)
    except (LoginNeeded, ServerError, OutOfReach, StorageError) as error:
        return connection, (f"The sessions could not be listed: {error.message}",)
    hours = f"{offset / 3600:+g} h"
    if not is_put_right:  # only times without a zone can be taken for another one's
        note = f"This server's times name their zone and are {hours} off; they are shown as it says"
        return connection, (f"{note}.",)
    own = listed.current_session
    note = f"This server's times have no zone and run {hours} from UTC; they are shown corrected."
    try:
        await _keep(corrected, own.id if own else "")
    except StorageError as error:  # the login is kept all the same
        return corrected, (note, f"That could not be stored: {error.message}")
    return corrected, (note,)


async def _keep(connection: Connection, own_id: str) -> None:
    kept, account = connection.account_storage, connection.account
    if connection.storage is not Storage.THIS_RUN:
        stored = StoredAccount("", account, connection.storage, own_id)  # keeps its name
        async with kept.lock(account):
            await asyncio.to_thread(_update_in_book, kept.local_files, stored)


def _update_in_book(local_files: LocalFiles, stored: StoredAccount) -> None:
    """Save what was learned, unless the account was logged out or moved meanwhile."""
    key, storage = stored.account.key, stored.storage
    if any(one.account.key == key and one.storage is storage for one in local_files.book.all()):
        local_files.book.save(stored)
