"""Our own short-lived token: returned while valid, refreshed when needed, never twice at once."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec.structs import replace

from qiscus_tui.api.replies import NewTokens, TokenWatch, no_new_token
from qiscus_tui.api.retry import CallTime
from qiscus_tui.errors import (
    LoginNeeded,
    NotConnected,
    NotQiscus,
    OutOfReach,
    ReadOnly,
    ServerError,
    ServerFault,
    StorageError,
    TokenExpired,
    Unreadable,
)
from qiscus_tui.model.account import Credentials, ShortLived, Storage
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Current
from qiscus_tui.model.timestamps import NO_CLOCK, NOT_KNOWN
from qiscus_tui.service.account.audit_trail import record_access
from qiscus_tui.service.account.connection import Connection, Progress, end_unstored_token
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.service.token.handover import (
    ScriptSecret,
    must_have_tokens,
    must_not_be_the_long_lived,
    script_token,
)
from qiscus_tui.store.audit_records import AuditKind

Result = TypeVar("Result")

NO_ANSWER = "no answer: a new token may exist on the server"
"""What the audit log says of a refresh that was sent, and of which nothing is known."""

GIVEN_UP = 1.6
"""Seconds to end a token that can't be stored, where the rest of its answer was given up."""

LOOK_TIME = 3.0
"""Seconds that the server has, after a refresh failed, to say whether the older token ended."""


async def valid_token(connection: Connection, min_ttl: float) -> ShortLived:
    """Return a short-lived token with at least `min_ttl` seconds left, refreshed only if needed.

    Where this machine's clock may be wrong, the server is asked for its time. Raises ReadOnly
    where a refresh is needed and the configuration forbids it.
    """
    cached = (await connection.credentials()).short_lived
    if cached is not None:
        if connection.is_live(cached, min_ttl):
            return cached
        if cached.left_by_same_clock(connection.clock.now()) > min_ttl:
            accepted = await connection.accepts(cached.token)
            if accepted and connection.is_live(cached, min_ttl):
                return cached
    return await _refresh_unless(connection, lambda now: connection.is_live(now, min_ttl))


async def refreshed_since(connection: Connection, started_at: float) -> ShortLived:
    """Return a token made after `started_at` (epoch seconds, this machine's clock).

    Many programs at once make one call: those that waited for the lock find the token that another
    one got meanwhile.
    """
    return await _refresh_unless(connection, lambda now: now.obtained_at >= started_at)


async def refreshed_if(connection: Connection, token_id: str) -> ShortLived:
    """Return a new token if the cached one still has this id, else the cached one."""
    wanted = token_id.strip().lower()
    return await _refresh_unless(
        connection, lambda now: not fingerprint(now.token).startswith(wanted)
    )


async def refreshed_if_rejected(connection: Connection, token: ShortLived) -> ShortLived:
    """Return the token, or a new one where the server rejects it.

    Raises OutOfReach, ServerError where it does not answer.
    """
    client, role = connection.client, connection.account.role

    async def once(time: CallTime) -> bool:
        async with time.bound():
            return await client.accepts(token.token, role)

    if await client.retry_policy.retrying(once):
        return token
    return await refreshed_if(connection, fingerprint(token.token))


async def with_short_lived(
    connection: Connection, call: Callable[[str], Awaitable[Result]]
) -> Result:
    """Make a call with the short-lived token; if it has expired, refresh and repeat, once."""
    token = await valid_token(connection, 0.0)
    try:
        return await call(token.token)
    except TokenExpired:
        fresh = await refreshed_if(connection, fingerprint(token.token))
        return await call(fresh.token)


async def _refresh_unless(
    connection: Connection, is_fresh: Callable[[ShortLived], bool]
) -> ShortLived:
    """Return the stored token where it is fresh by the time the account is ours, else a new one."""
    await connection.settle_long_lived()
    try:
        async with connection.locked():
            credentials = await connection.credentials()
            cached = credentials.short_lived
            if cached is not None and is_fresh(cached):
                return cached
            connection.must_be_writable()
            made = await _refreshed(connection, credentials)
    except NotConnected:
        raise
    except (OutOfReach, ServerFault, Unreadable, NotQiscus):
        # On some servers a refresh ends the older token.
        held = (await connection.credentials()).short_lived
        if held is not None and await _is_dead(connection, held):
            await connection.forget_token(held.token)
        raise
    if await connection.settle_long_lived() == made.token:
        raise no_new_token()
    return made


async def _is_dead(connection: Connection, held: ShortLived) -> bool:
    """Return whether the server rejects the token, as far as it says so soon."""
    try:
        async with asyncio.timeout(LOOK_TIME):
            return await connection.accepts(held.token) is False
    except TimeoutError:
        return False


async def spare_token(connection: Connection, on_made: Callable[[str], object]) -> ShortLived:
    """Return a new token that is not stored, so that no script can have been given it.

    The caller must end it; `on_made` gets it before anything can interrupt. Raises ReadOnly,
    LoginNeeded, ServerError, OutOfReach, StorageError.
    """
    connection.must_be_writable()
    async with connection.locked():
        held = await connection.credentials()

        async def keep_long_lived(new: NewTokens) -> None:
            if new.short_lived is not None:
                connection.client.own_secrets.add(new.short_lived.token)
                on_made(new.short_lived.token)
            if new.long_lived is not None:
                await connection.keep_new(held, replace(new, short_lived=held.short_lived))

        new = await _made(connection, keep_long_lived)
    if new.short_lived is None:
        raise new.doubt or no_new_token()
    return new.short_lived


async def _refreshed(connection: Connection, held: Credentials) -> ShortLived:
    """Return a new token, which is stored now. The caller holds the account's lock."""
    cached = held.short_lived

    async def keep(new: NewTokens) -> None:
        await connection.keep_new(held, replace(new, short_lived=new.short_lived or cached))

    new = await _made(connection, keep)
    made = new.short_lived
    if made is None or (new.doubt is not None and await _is_dead(connection, made)):
        if made is not None:  # it is none: the older one may still be valid
            await keep(replace(new, short_lived=None))
        raise new.doubt or no_new_token()
    is_ours_alone = connection.storage is Storage.THIS_RUN
    if is_ours_alone and cached is not None and cached.token != made.token:
        # Quitting ends the new one alone.
        await end_unstored_token(connection.client, cached.token)
    return made


async def _made(connection: Connection, keep: Callable[[NewTokens], Awaitable[None]]) -> NewTokens:
    """Return new tokens, which `keep` has stored. The caller holds the account's lock."""
    long_lived = await connection.long_lived()
    await asyncio.to_thread(connection.secrets.probe)  # before, not after, the call
    sent, unstored = False, None
    made: str | None = None
    with contextlib.ExitStack() as window:  # no signal may come between the answer and the disk

        def on_send() -> None:
            nonlocal sent
            sent = True
            window.enter_context(shield.held_for_answer())

        async def on_tokens(new: NewTokens) -> None:
            nonlocal unstored, made
            made = new.short_lived.token if new.short_lived is not None else made
            try:
                await keep(new)
                unstored = None
            except StorageError as error:
                unstored = error

        async def conclude(otherwise: str, limit: float | None = None) -> None:
            """Record what came of it, and end a token that could not be stored, in `limit`."""
            words = otherwise if unstored is None else unstored.message
            done = (connection, connection.account, AuditKind.REFRESH, made, words)
            await asyncio.to_thread(record_access, *done)
            if unstored is not None and made is not None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(limit):
                        await end_unstored_token(connection.client, made)

        try:
            new = await connection.client.refresh(long_lived, TokenWatch(on_send, on_tokens))
        except (OutOfReach, asyncio.CancelledError):
            if sent:
                await conclude(NO_ANSWER if made is None else "", GIVEN_UP)
            raise
        await conclude("")
    if unstored is not None:
        raise unstored
    return new


# For a script, where the stored one will not do


async def fetched_token(connection: Connection, min_ttl: float, *, check: bool) -> ScriptSecret:
    """Return a short-lived token with at least `min_ttl` seconds left.

    `check`: one that the server was asked about, and accepts. Raises LoginNeeded, ServerError,
    OutOfReach, StorageError.
    """
    must_have_tokens(connection.name, await connection.credentials())
    token = await valid_token(connection, min_ttl)
    if check:
        must_not_be_the_long_lived(token.token, await connection.credentials())  # before it is sent
        token = await refreshed_if_rejected(connection, token)
    return script_token(connection.account, token, await connection.credentials())


# For the list


async def read_list(connection: Connection, progress: Progress | None = None) -> SessionList:
    """Return the list as `Connection.read_list` does, after one refresh where that can help.

    Times without a zone can be read only by a session of our own, whose creation is known, and so
    can any on a server that does not say what time it is. The token of the refresh is stored and
    used. Where it fails, the list says why ages can't be trusted.
    """
    listed = await connection.read_list(progress)
    if listed.time_doubt not in {NOT_KNOWN, NO_CLOCK} or listed.current is not Current.NONE:
        return listed
    zone = connection.zone
    if zone.untold_because is None:
        zone.untold_because = ""
        try:
            await refreshed_since(connection, connection.clock.now())
        except (ReadOnly, LoginNeeded, ServerError, OutOfReach, StorageError) as error:
            why = f"no token of our own could be made to learn it: {error.message}"
            zone.untold_because = f" ({why})"
        else:
            return await connection.read_list(progress)
    doubt = f"{listed.time_doubt}{zone.untold_because}"
    return connection.replaced(listed, dataclasses.replace(listed, time_doubt=doubt))
