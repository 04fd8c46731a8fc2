"""Ending our own token, and forgetting the account here."""

import asyncio
import enum
import secrets
from collections.abc import Mapping

from qiscus_tui.errors import NoAccount, OutOfReach, ReadOnly, ServerError, TokenExpired
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.text import safe
from qiscus_tui.service.account_storage import LocalFiles
from qiscus_tui.service.connection import Connection
from qiscus_tui.store.audit_records import AuditKind


class OwnToken(enum.Enum):
    """What became of our own short-lived token. The value is in the user's words."""

    ENDED = "its token was ended"
    HAD_ENDED = "its token had ended already"
    NONE = "no short-lived token of it was kept here"
    LIVES_ON = "its token remains valid until it expires"


_COUNTS: Mapping[OwnToken, Mapping[str, int]] = {
    OwnToken.ENDED: {"logged_out": 1},
    OwnToken.HAD_ENDED: {"already_gone": 1},
    OwnToken.NONE: {},
    OwnToken.LIVES_ON: {"failed": 1},
}
"""How the audit log tells it."""


async def end_own_token(connection: Connection) -> OwnToken:
    """End the short-lived token that we hold. Raises OutOfReach, ServerError."""
    try:
        short = (await connection.credentials()).short_lived
    except NoAccount:
        return OwnToken.NONE
    if short is None:
        return OwnToken.NONE
    try:
        await connection.client.logout(short.token)
    except TokenExpired:
        return OwnToken.HAD_ENDED
    return OwnToken.ENDED


async def has_key_alone(connection: Connection) -> bool:
    """Whether it is a secret key that is logged out. Raises StorageError."""
    try:
        held = await connection.credentials()
    except NoAccount:
        return False
    return held.long_lived is None and held.secret_key is not None


async def log_out(connection: Connection, *, forget_anyway: bool = False) -> OwnToken:
    """End our token on the server, then forget the account on this machine.

    The account is held meanwhile: a token that another program gets would be forgotten alive.
    Raises StorageError, with nothing sent, where it can't be written down first; OutOfReach or
    ServerError, with nothing forgotten, where the server did not end the token and
    `forget_anyway` is false. A read-only account's token is never ended: raises ReadOnly, unless
    it is to be forgotten all the same.
    """
    if connection.account.readonly:
        if not forget_anyway:
            raise ReadOnly(
                f"The account {safe(connection.name)} is read-only here: its token was not ended, "
                "and nothing was forgotten",
                "To forget it here and end nothing: qiscus-tui logout --forget",
            )
        is_held = (await connection.credentials()).short_lived is not None
        await forget(connection)
        return OwnToken.LIVES_ON if is_held else OwnToken.NONE
    async with connection.account_storage.lock(connection.account):
        plan_id = secrets.token_hex(4)
        await asyncio.to_thread(_write_intent, connection, plan_id)
        try:
            ended = await end_own_token(connection)
        except (OutOfReach, ServerError) as error:
            ended = OwnToken.LIVES_ON
            if not forget_anyway:
                await asyncio.to_thread(_write_end, connection, plan_id, ended)
                error.hint = (
                    "The token remains valid, and nothing was forgotten. Try again later, "
                    "or forget it here all the same: qiscus-tui logout --forget"
                )
                raise
        await asyncio.to_thread(_write_end, connection, plan_id, ended)
        await _forget_held(connection)
    return ended


async def forget(connection: Connection) -> None:
    """Forget the account and its secrets on this machine. Raises StorageError."""
    async with connection.account_storage.lock(connection.account):
        await _forget_held(connection)


async def _forget_held(connection: Connection) -> None:
    local_files = connection.account_storage.local_files
    key = connection.account.key
    await asyncio.to_thread(connection.account_storage.secrets.remove, key)
    if local_files is not None and await asyncio.to_thread(_is_kept_there, connection, local_files):
        await asyncio.to_thread(local_files.book.remove, key)
        await asyncio.to_thread(local_files.visits.forget, key)


def _is_kept_there(connection: Connection, local_files: LocalFiles) -> bool:
    """Whether the book means these secrets: a later login may keep its own elsewhere."""
    key, storage = connection.account.key, connection.storage
    return any(one.account.key == key and one.storage is storage for one in local_files.book.all())


def _write_intent(connection: Connection, plan_id: str) -> None:
    local_files = connection.account_storage.local_files
    if local_files is not None:
        found = connection.account_storage.secrets.read(connection.account.key)
        own = found.short_lived if found else None
        ids = [fingerprint(own.token)] if own else []
        now = connection.clock.now()
        local_files.audit.intent(plan_id, connection.account, AuditKind.LOGOUT, ids, now)


def _write_end(connection: Connection, plan_id: str, ended: OwnToken) -> None:
    local_files = connection.account_storage.local_files
    if local_files is not None:
        local_files.audit.summary(plan_id, _COUNTS[ended])
