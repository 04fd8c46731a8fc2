"""Ending every session at once. The answer is a new token, which must not be lost."""

import asyncio
import contextlib
import secrets
from dataclasses import dataclass, field, replace

from qiscus_tui.errors import (
    NotConnected,
    OutOfReach,
    QiscusTuiError,
    ServerFault,
    StorageError,
    Unreadable,
)
from qiscus_tui.model.account import Credentials
from qiscus_tui.model.session import Current
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.session_list import SessionList
from qiscus_tui.service.shield import shield
from qiscus_tui.service.tokens import end_unkept
from qiscus_tui.store.audit_records import AuditKind


@dataclass(frozen=True)
class RevokeAllResult:
    """How it ended. The server's list decides what is gone."""

    before: int
    """Sessions listed before."""
    still_listed: int | None
    """How many of them are still listed; None: the list could not be read."""
    listed: SessionList | None
    trouble: QiscusTuiError | None = None
    """Why the list could not be read."""
    unanswered: QiscusTuiError | None = None
    """Why the answer, and with it the new token, is not known."""
    unstored: StorageError | None = None
    """Why the new tokens could not be stored."""
    new_long_lived: str | None = field(default=None, repr=False)
    """The new long-lived token, only where it changed and could not be stored."""
    unwritten: StorageError | None = None
    """Why this could not be written down (audit log, that our own token ended)."""

    @property
    def nothing_ended(self) -> bool:
        """Whether every session that was there before still is."""
        return self.still_listed == self.before

    @property
    def words(self) -> str:
        """`400 revoked`."""
        if self.still_listed is None:
            return f"{self.before:,} unknown"
        gone = f"{self.before - self.still_listed:,} revoked"
        return f"{gone} · {self.still_listed:,} failed" if self.still_listed else gone


async def revoke_all(
    connection: Connection, listed: SessionList, begun: asyncio.Event | None = None
) -> RevokeAllResult:
    """End every session of the user and keep the new token that this gives.

    Until `begun` is set nothing was sent, and it may be cancelled. Never tried twice. Raises
    ReadOnly, StorageError before anything is sent, and ServerRefused or LoginNeeded where the
    server said no; nothing has changed then.
    """
    connection.must_be_writable()
    await asyncio.to_thread(connection.keeping.secrets.probe)
    plan_id = secrets.token_hex(4)
    async with connection.keeping.lock(connection.account):
        credentials = await connection.credentials()
        long_lived = await connection.long_lived()
        await asyncio.to_thread(_write_intent, connection, plan_id, listed)
        with shield.held():
            if begun is not None:
                begun.set()
            try:
                await asyncio.to_thread(_journal_pending, connection)
            except StorageError:
                with contextlib.suppress(StorageError):  # the first one is the one to tell
                    await asyncio.to_thread(_write_refused, connection, plan_id)
                raise
            exchange = await _exchange(connection, plan_id, credentials, long_lived)
        result = await _verified(connection, listed, exchange)
    try:
        await asyncio.to_thread(_write_outcome, connection, plan_id, listed, result)
    except StorageError as error:  # a token that was not stored is to be shown all the same
        return replace(result, unwritten=error)
    return result


@dataclass(frozen=True)
class _Exchange:
    """How the call itself went."""

    unanswered: QiscusTuiError | None = None
    unstored: StorageError | None = None
    lost: str | None = field(default=None, repr=False)
    """A new long-lived token that could not be stored."""


async def _exchange(
    connection: Connection, plan_id: str, credentials: Credentials, long_lived: str
) -> _Exchange:
    try:
        new = await connection.client.revoke_all(long_lived)
    except NotConnected:
        await asyncio.to_thread(_write_refused, connection, plan_id)
        raise
    except (OutOfReach, ServerFault, Unreadable) as error:  # it may have been carried out
        return _Exchange(unanswered=error)
    except QiscusTuiError:
        await asyncio.to_thread(_write_refused, connection, plan_id)
        raise
    kept = replace(
        credentials, long_lived=new.long_lived or long_lived, short_lived=new.short_lived
    )
    try:
        await connection.keep(kept)
    except StorageError as error:
        if new.long_lived is None:  # else nothing may come between it and the user
            await end_unkept(connection.client, new.short_lived.token)
        return _Exchange(unstored=error, lost=new.long_lived)
    with contextlib.suppress(StorageError):  # told where the journal can't be cleared either
        await asyncio.to_thread(_journal_stored, connection)
    return _Exchange()


async def _verified(
    connection: Connection, before: SessionList, exchange: _Exchange
) -> RevokeAllResult:
    result = RevokeAllResult(
        len(before), None, None, unanswered=exchange.unanswered, unstored=exchange.unstored
    )
    if exchange.lost is not None:  # nothing may come between it and the user, not even the list
        return replace(result, trouble=exchange.unstored, new_long_lived=exchange.lost)
    try:
        listed = await connection.read_list()
    except QiscusTuiError as error:
        return replace(result, trouble=error)
    readable = listed.complete and listed.unreadable <= before.unreadable
    if not readable or not listed.compares_with(before):
        trouble = Unreadable("The list could not be read whole", "Try: qiscus-tui sessions")
        return replace(result, listed=listed, trouble=trouble)
    still = sum(1 for session in before.sessions if listed.get(session.id) is not None)
    if exchange.unanswered is not None and listed.current is Current.UNKNOWN:
        try:
            await _forget_short_lived(connection)
        except StorageError as error:
            result = replace(result, unwritten=error)
    result = replace(result, still_listed=still, listed=listed)
    if exchange.unanswered is not None and result.nothing_ended:
        exchange.unanswered.hint = "What is kept here is as good as before. Try again later."
    return result


async def _forget_short_lived(connection: Connection) -> None:
    """Our own token ended with the others, and the new one never arrived."""
    credentials = await connection.credentials()
    await connection.keep(credentials.with_short_lived(None))


def _write_intent(connection: Connection, plan_id: str, listed: SessionList) -> None:
    disk = connection.keeping.disk
    if disk is not None:
        ids = [session.id for session in listed.sessions]
        disk.audit.intent(
            plan_id, connection.account, AuditKind.REVOKE_ALL, ids, connection.clock.now()
        )


def _journal_pending(connection: Connection) -> None:
    disk = connection.keeping.disk
    if disk is not None:
        disk.journal.pending(connection.account.key, connection.name)


def _journal_stored(connection: Connection) -> None:
    disk = connection.keeping.disk
    if disk is not None:
        disk.journal.stored(connection.account.key)


def _write_outcome(
    connection: Connection, plan_id: str, before: SessionList, result: RevokeAllResult
) -> None:
    disk = connection.keeping.disk
    if disk is None:
        return
    after = result.listed
    if result.still_listed is not None and after is not None:
        told = [
            (session.id, "failed" if after.get(session.id) else "revoked", "")
            for session in before.sessions
        ]
        disk.audit.outcomes(plan_id, told)
        gone = result.before - result.still_listed
        counts = {"revoked": gone, "failed": result.still_listed}
    else:
        counts = {"unknown": result.before}
    disk.audit.summary(plan_id, counts)
    if result.unstored is None and result.trouble is None:
        disk.journal.clear(connection.account.key)


def _write_refused(connection: Connection, plan_id: str) -> None:
    disk = connection.keeping.disk
    if disk is not None:
        disk.audit.summary(plan_id, {})
        disk.journal.clear(connection.account.key)
