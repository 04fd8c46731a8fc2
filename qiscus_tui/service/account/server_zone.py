"""What a login learns of the server's times, from the session that it made."""

import asyncio

from msgspec.structs import replace

from qiscus_tui.errors import LoginNeeded, OutOfReach, ServerError, StorageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.store.accounts import StoredAccount


async def learn_zone(connection: Connection) -> tuple[str, ...]:
    """Read the list in the server's zone; return what the user should know of its times.

    What was learned is stored with the account, if that is possible.
    """
    try:
        listed = await connection.read_list()
    except (LoginNeeded, ServerError, OutOfReach, StorageError) as error:
        return (f"The sessions could not be listed: {error.message}",)
    if listed.time_doubt:
        return (f"{listed.time_doubt}: no rule about age is followed on this server.",)
    offset = connection.zone.offset
    if not offset:
        return ()
    hours = f"{offset / 3600:+g} h"
    note = f"This server's times have no zone and run {hours} from UTC; they are shown corrected."
    own = listed.current_session
    try:
        await _store(connection, own.id if own else "")
    except StorageError as error:  # the login is stored anyway
        return note, f"That could not be stored: {error.message}"
    return (note,)


async def _store(connection: Connection, own_id: str) -> None:
    account_storage = connection.account_storage
    account = replace(connection.account, zone_offset=connection.zone.offset)
    if connection.storage is Storage.THIS_RUN:
        return
    stored = StoredAccount("", account, connection.storage, own_id)  # without a new name
    async with account_storage.lock(account):
        # It may have been logged out or moved meanwhile.
        if await asyncio.to_thread(account_storage.is_in_book, account):
            await asyncio.to_thread(account_storage.local_files.book.save, stored)
