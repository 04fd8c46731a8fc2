"""Ending our own token, and forgetting the account here."""

import asyncio
import enum
import secrets

from qiscus_tui.errors import NoAccount, OutOfReach, ServerError, TokenExpired
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.keeping import Disk
from qiscus_tui.store.audit_records import AuditKind


class OwnToken(enum.Enum):
    """What became of our own short-lived token. The value is in the user's words."""

    ENDED = "its token was ended"
    HAD_ENDED = "its token had ended already"
    NONE = "it had no short-lived token"
    LIVES_ON = "its token lives on until it expires"


async def end_own_token(connection: Connection) -> OwnToken:
    """End the short-lived token that we hold. Raises OutOfReach, ServerError."""
    try:
        short = (await connection.credentials()).short_lived
    except NoAccount:
        return OwnToken.NONE
    if short is None:
        return OwnToken.NONE
    if not connection.is_live(short):
        return OwnToken.HAD_ENDED
    try:
        await connection.client.logout(short.token)
    except TokenExpired:
        return OwnToken.HAD_ENDED
    return OwnToken.ENDED


async def log_out(connection: Connection, *, forget_anyway: bool = False) -> OwnToken:
    """End our token on the server, then forget the account on this machine.

    The account is held meanwhile: a token that another program gets would be forgotten alive.
    Raises OutOfReach or ServerError, with nothing forgotten, where the server did not end it
    and `forget_anyway` is false; StorageError.
    """
    async with connection.keeping.lock(connection.account):
        ended = OwnToken.LIVES_ON
        try:
            ended = await end_own_token(connection)
        except (OutOfReach, ServerError) as error:
            if not forget_anyway:
                error.hint = (
                    "The token lives on, and nothing was forgotten. Try again later, "
                    "or forget it here all the same: qiscus-tui logout --forget"
                )
                raise
        await _forget_held(connection)
    return ended


async def forget(connection: Connection) -> None:
    """Forget the account and its secrets on this machine. Raises StorageError."""
    async with connection.keeping.lock(connection.account):
        await _forget_held(connection)


async def _forget_held(connection: Connection) -> None:
    disk = connection.keeping.disk
    key = connection.account.key
    await asyncio.to_thread(_write_audit, connection)
    await asyncio.to_thread(connection.keeping.secrets.remove, key)
    if disk is not None and await asyncio.to_thread(_is_kept_there, connection, disk):
        await asyncio.to_thread(disk.book.remove, key)
        await asyncio.to_thread(disk.visits.forget, key)


def _is_kept_there(connection: Connection, disk: Disk) -> bool:
    """Whether the book means these secrets: a later login may keep its own elsewhere."""
    key, storage = connection.account.key, connection.storage
    return any(one.account.key == key and one.storage is storage for one in disk.book.all())


def _write_audit(connection: Connection) -> None:
    disk = connection.keeping.disk
    if disk is None:
        return
    found = connection.keeping.secrets.read(connection.account.key)
    own = found.short_lived if found else None
    plan_id = secrets.token_hex(4)
    ids = [fingerprint(own.token)] if own else []
    disk.audit.intent(plan_id, connection.account, AuditKind.LOGOUT, ids, connection.clock.now())
    disk.audit.summary(plan_id, {})
