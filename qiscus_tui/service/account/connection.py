"""A connection to one account: its secrets and its list. Loads httpx."""

import asyncio
import contextlib
import dataclasses
import weakref
from collections.abc import AsyncGenerator, Callable, Iterable
from functools import partial
from typing import cast

from msgspec import Struct, field
from msgspec.structs import replace

from qiscus_tui import __version__
from qiscus_tui.api.answers import LIST_BODY, AnswerStream
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.contract import Contract, contract_with
from qiscus_tui.api.decode import lenient
from qiscus_tui.api.error_answers import is_refusal
from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.api.list.pages import NoList, find_page
from qiscus_tui.api.list.rows import Listing
from qiscus_tui.api.replies import NewTokens
from qiscus_tui.api.retry import CALL_TIME, CallTime
from qiscus_tui.api.wire import LIST_TIME, Request, Transport, WireSettings
from qiscus_tui.errors import (
    Forbidden,
    NoAccount,
    NoLongLivedToken,
    NotQiscus,
    OutOfReach,
    QiscusTuiError,
    ReadOnly,
    ServerError,
    StorageError,
    TokenInvalid,
    TokenNotStored,
    Unreadable,
)
from qiscus_tui.model.account import Account, Credentials, Origin, ShortLived, Storage
from qiscus_tui.model.clock import TOKEN_LIFETIME, Clock
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import NO_CLOCK, NOT_KNOWN, zone_by
from qiscus_tui.service.account.integrations import integrations_of
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.storage import secret_store, stored_credentials
from qiscus_tui.service.account.workspace import LocalFiles, Workspace
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.snapshot import NewPairs, Reader
from qiscus_tui.store.locks import ACCOUNT_WAIT, WAIT, account_lock
from qiscus_tui.store.secrets import SecretStore

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have arrived of a list, and how many there are; None: unknown."""


class KnownZone(Struct):
    """The zone of one server's times without a zone, as far as it is known."""

    offset: float
    """Seconds that they are ahead of UTC: as learned in an earlier run, until it is known."""
    is_known: bool = False
    """Whether a session of our own showed it in this run."""
    untold_because: str | None = None
    """Why no token could be made to learn it; empty: one was made. None: that was not tried."""


class Connection(Struct):
    """An account with its API client and its storage on this machine."""

    name: str
    """The account's name here."""
    account: Account
    client: ApiClient
    secrets: SecretStore
    """Where its secrets are stored."""
    local_files: LocalFiles
    clock: Clock
    reader: Reader
    """What turns listings into snapshots."""
    zone: KnownZone
    """The zone of the server's times."""
    chosen_by: str = ""
    """Why this account: `--account`, `environment`, `last used` …"""
    show_secret: Callable[[str], bool] = lambda _secret: False
    """Shows the user a new long-lived token that could not be stored, at once and only once.
    Returns whether the user could see it."""
    warn: Callable[[QiscusTuiError], None] = lambda _error: None
    """Shows the user what went wrong beside an action, and does not stop it. From any thread."""
    needs_reason: bool = False
    """Whether nothing is revoked without a reason for the audit log."""

    _last_list: Callable[[], SessionList | None] = lambda: None
    """The list that was read last, while anything uses it."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The tasks of this process queue here."""

    @property
    def storage(self) -> Storage:
        """Return where its secrets are stored."""
        return self.secrets.storage

    async def close(self) -> None:
        """Close the connection."""
        await self.client.close()

    def server_now(self) -> float:
        """Return the server's time, epoch seconds."""
        return self.client.server_now()

    # Secrets

    @contextlib.asynccontextmanager
    async def locked(self) -> AsyncGenerator[None]:
        """Hold the account against every other task and process of this user.

        Waits longer than one call of another process may take. Not re-entrant. Raises
        StorageError.
        """
        longest = max(ACCOUNT_WAIT, self.client.longest_call + WAIT)
        async with self._turn, held_account(self.local_files, self.storage, self.account, longest):
            yield

    async def credentials(self) -> Credentials:
        """Return the secrets as they are now: another program may have changed them.

        Raises NoAccount where they are gone, StorageError where they can't be read.
        """
        stored = (self.secrets, self.account, self.name)
        found = await asyncio.to_thread(stored_credentials, *stored)
        self.client.own_secrets.update(found.secrets)
        return found

    async def long_lived(self) -> str:
        """Return the long-lived token. Raises NoLongLivedToken for a REST account."""
        return self._long_lived_of(await self.credentials())

    def _long_lived_of(self, held: Credentials) -> str:
        if held.long_lived is None:
            raise NoLongLivedToken(
                f"The account {safe(self.name)} has a REST secret key, which cannot manage tokens",
                "Log in with an email address and password, or: "
                f"qiscus-tui login --with-token --app-id {safe(self.account.app_code)}",
            )
        return held.long_lived

    async def keep(self, credentials: Credentials) -> None:
        """Store changed secrets. Raises StorageError."""
        await asyncio.to_thread(self.secrets.write, self.account.key, credentials)

    async def keep_new(self, held: Credentials, new: NewTokens) -> None:
        """Store the tokens that the server gave in place of those of `held`.

        The long-lived token that a new one replaces is kept beside it, until `settle_long_lived`.
        A new one that can't be stored is shown to the user before anything else. Raises
        StorageError.
        """
        changed = replace(held, short_lived=new.short_lived)
        if new.long_lived is not None:
            changed = replace(changed, long_lived=new.long_lived, replaced=held.long_lived)
        self.client.own_secrets.update(changed.secrets)
        try:
            await self.keep(changed)
        except BaseException as error:  # whatever it is: there is no other copy of that token
            is_shown = new.long_lived is not None and self.show_secret(new.long_lived)
            if not isinstance(error, Exception):
                raise
            reason = error.message if isinstance(error, StorageError) else type(error).__name__
            if new.long_lived is None:
                raise StorageError(f"The new token could not be stored: {reason}") from error
            raise TokenNotStored(
                f"The new long-lived token could not be stored: {reason}",
                str(self.account.origin),
                self.account.app_code,
                is_shown=is_shown,
            ) from error

    async def settle_long_lived(self) -> str | None:
        """Where a long-lived token has replaced another, keep the one that the server accepts.

        Both are kept where it does not say. Return the new one where the server rejects it, even
        as a short-lived one. Raises NoAccount, StorageError.
        """
        held = await self.credentials()
        if held.long_lived is None or held.replaced is None:
            return None
        accepted = await accepted_of(self.client, (held.long_lived, held.replaced))
        if accepted is None:
            return None
        rejected = held.long_lived if accepted != held.long_lived else None
        async with self.locked():
            now = await self.credentials()
            if (now.long_lived, now.replaced) == (held.long_lived, held.replaced):
                now = replace(now, long_lived=accepted, replaced=None)
                if now.short_lived is not None and now.short_lived.token == rejected:
                    now = now.with_short_lived(None)
                await self.keep(now)
        return rejected

    def is_live(self, short: ShortLived, min_ttl: float = 0.0) -> bool:
        """Return whether a short-lived token has more than `min_ttl` seconds left."""
        if self.client.offset is not None:  # the server said what time it is
            return short.expires_at - self.server_now() > min_ttl
        return short.left(self.clock.now()) > min_ttl

    async def accepts(self, token: str) -> bool | None:
        """Ask the server once whether it accepts this token; return None where it did not say."""
        try:
            return await self.client.accepts(token, self.account.role)
        except (ServerError, OutOfReach):
            return None

    async def forget_token(self, token: str) -> bool:
        """Forget this short-lived token; return whether none is stored now. Raises StorageError.

        A newer one, which another program got meanwhile, is kept.
        """
        async with self.locked():
            held = await self.credentials()
            if held.short_lived is not None and held.short_lived.token == token:
                held = held.with_short_lived(None)
                await self.keep(held)
            return held.short_lived is None

    # The list

    async def read_list(
        self,
        progress: Progress | None = None,
        held: Credentials | None = None,
        *,
        fresh: bool = False,
    ) -> SessionList:
        """Return every session of the user, read with the secrets `held`, else the stored ones.

        `fresh`: on a connection of its own, which another replica of the server may answer. Raises
        LoginNeeded, ServerError, OutOfReach, StorageError.
        """
        if held is None:
            held = await self.credentials()
            self._long_lived_of(held)
        listing = await self.list_with(held, progress, fresh=fresh)
        read_at, offset = self.clock.now(), self.client.offset or 0.0
        listed = await self.reader.snapshot(listing, read_at=read_at, offset=offset)
        self._last_list = weakref.ref(listed)
        return listed

    async def labelled(self, listed: SessionList) -> SessionList:
        """Return a list that was read with the labels of now. Raises StorageError."""
        return self.replaced(listed, await self.reader.labelled(listed))

    def replaced(self, listed: SessionList, found: SessionList) -> SessionList:
        """Return what is used from now on in place of a list that was read."""
        if self._last_list() is listed:
            self._last_list = weakref.ref(found)
        return found

    def mark_new(self, new_pairs: NewPairs) -> None:
        """Mark what is new in the lists that are read from now on."""
        self.reader = replace(self.reader, new_pairs=new_pairs)

    def mark_new_since_last_visit(self) -> None:
        """Mark what is new in the lists of a command, which neither begins nor ends a visit.

        Reading the list raises StorageError where the record of the last visit can't be read: a
        filter that decides what is revoked must not take that for "nothing is new".
        """
        visits = self.local_files.visits
        self.mark_new(partial(visits.new_pairs, self.account.key))

    async def list_with(
        self,
        credentials: Credentials,
        progress: Progress | None = None,
        *,
        fresh: bool = False,
    ) -> Listing:
        """Return what the server lists for these secrets, unchanged.

        Where our own token is not in it, the server is asked whether it still accepts the token.
        Only if it does not, and no token is stored, no session is ours; whatever the clocks say.
        """
        if credentials.replaced is not None:
            await self.settle_long_lived()
            credentials = await self.credentials()
        short = credentials.short_lived
        listing = await self._listing(credentials, progress, fresh=fresh)
        if short is None or listing.current is not Current.UNKNOWN:
            return listing
        if await self.accepts(short.token) is False:
            with contextlib.suppress(StorageError, NoAccount):  # then it is still unknown
                if await self.forget_token(short.token):
                    return dataclasses.replace(listing, current=Current.NONE)
        return listing

    async def _listing(
        self, credentials: Credentials, progress: Progress | None = None, *, fresh: bool = False
    ) -> Listing:
        """Return what the server lists, and why its times can't be trusted, if so.

        It is read again where our own session shows that its times are of another zone, and where
        none does: taken for UTC, times that seem to lie ahead are left out. Where the server does
        not say what time it is, only our own session shows that our clock is right.
        """
        zone, own = self.zone, credentials.short_lived
        offset = zone.offset if own is not None or zone.is_known else None
        listing = await self._read(credentials, offset, progress, fresh=fresh)
        has_clock = self.client.offset is not None
        if own is None or listing.own_times is None:
            is_unknown = listing.without_zone and not zone.is_known
            if is_unknown and offset == 0.0:  # none was learned: times may seem to lie ahead
                listing = await self._read(credentials, None, progress, fresh=fresh)
            doubt = "" if has_clock or not _has_times(listing) else NO_CLOCK
            return dataclasses.replace(listing, time_doubt=NOT_KNOWN if is_unknown else doubt)
        times, made_at = listing.own_times, own.expires_at - TOKEN_LIFETIME
        found = zone_by(times, made_at, self.server_now(), zone.offset, listing.without_zone)
        zone.is_known = found.offset is not None
        if found.offset is not None and found.offset != zone.offset:
            zone.offset = found.offset
            listing = await self._read(credentials, zone.offset, progress, fresh=fresh)
        is_checked = has_clock or times.created is not None
        return dataclasses.replace(
            listing, time_doubt=found.doubt or ("" if is_checked else NO_CLOCK)
        )

    async def _read(
        self,
        credentials: Credentials,
        zone_offset: float | None,
        progress: Progress | None,
        *,
        fresh: bool,
    ) -> Listing:
        """Read the list in a zone; None where it is unknown."""
        short, last = credentials.short_lived, self._last_list()
        client = await self.client.another() if fresh else self.client
        try:
            listing = await read_listing(
                client,
                credentials.long_lived or "",
                short.token if short is not None else None,
                zone_offset=zone_offset,
                progress=progress,
                held=last.get if last is not None else None,
            )
        finally:
            if fresh:
                await client.close()
        if client.offset is not None:
            self.client.offset = client.offset
        return listing

    def must_be_writable(self) -> None:
        """Raises ReadOnly where the configuration forbids changes."""
        if self.account.readonly:
            raise ReadOnly(f"The account {safe(self.name)} is read-only here: nothing was sent")


def _has_times(listing: Listing) -> bool:
    return any(one.created_at or one.last_used_at or one.expires_at for one in listing.sessions)


@contextlib.asynccontextmanager
async def held_account(
    local_files: LocalFiles, storage: Storage, account: Account, longest: float = ACCOUNT_WAIT
) -> AsyncGenerator[None]:
    """Hold the account against every other process of this user. Raises StorageError.

    Waits for another process at most `longest` seconds. Not re-entrant.
    """
    if storage is Storage.THIS_RUN:
        yield  # no other process knows these secrets, and the disk may be read-only
        return
    async with account_lock(local_files.paths.state_dir, account.key, longest):
        yield


def connect(
    workspace: Workspace, selected: SelectedAccount, secrets: SecretStore | None = None
) -> Connection:
    """Return a connection to the account; nothing is sent yet. Raises StorageError.

    `secrets` is where its secrets are; None: where its storage says.
    """
    account, storage = selected.account, selected.stored.storage
    return Connection(
        selected.name,
        account,
        api_client(workspace, account.origin, account.app_code, account.label),
        secrets or secret_store(workspace, storage, selected.given),
        workspace.local_files,
        workspace.clock,
        Reader(integrations_of(workspace, account).known),
        KnownZone(account.zone_offset),
        selected.by,
        workspace.show_secret,
        workspace.warn,
        workspace.config.audit.reason,
    )


def api_client(workspace: Workspace, origin: Origin, app_id: str, label: str = "") -> ApiClient:
    """Return an API client for one app on one server."""
    settings = wire_settings(workspace, label)
    return ApiClient(origin, app_id, settings, workspace.clock, configured_contract(workspace))


def configured_contract(workspace: Workspace) -> Contract:
    """Return the calls of the API, with the configured overrides."""
    overrides = workspace.config.api.items()
    return contract_with({name: (one.path, one.field) for name, one in overrides})


def wire_settings(workspace: Workspace, label: str = "") -> WireSettings:
    """Return the configured transport settings."""
    server, demo = workspace.config.server, workspace.demo
    call_time = workspace.timeout or max(CALL_TIME, server.timeout)
    return WireSettings(
        timeout=min(server.timeout, call_time),
        call_time=call_time,
        list_time=workspace.timeout or max(LIST_TIME, call_time),
        user_agent=f"qiscus-tui/{__version__}" + (f" ({label})" if label else ""),
        ca_bundle=str(server.ca_bundle or ""),
        proxy=server.proxy or "",
        transport=cast("Transport", demo.transport) if demo else None,
    )


_LOOK_TIME = 5.0
"""Seconds to find out which of several tokens is accepted."""

_BEGINNING = 65_536
"""Bytes that are enough to tell a list from an error."""


async def ask_long_lived(client: ApiClient, long_lived: str) -> None:
    """Check that the server accepts this token for this app; retried like any read.

    Raises TokenInvalid where it does not, Forbidden, ServerError, OutOfReach.
    """
    call = client.contract.list

    async def once(time: CallTime) -> None:
        request = Request(call, client.token_headers(long_lived))
        async with time.bound(), client.stream(request) as answer:
            body, whole = await _beginning(answer)
        value = lenient(body) if whole else None
        if answer.status >= 400 or is_refusal(value):
            raise client.error_for(call, answer, value, {long_lived})
        has_begun = body.lstrip()[:1] in {b"[", b"{"} and b"[" in body
        if not (_has_list(value) if whole else has_begun):
            raise NotQiscus(
                f"The answer of {client.origin.netloc} has no list of sessions",
                status=answer.status,
            )

    await client.retry_policy.retrying(once)


def _has_list(answer: object) -> bool:
    try:
        find_page(answer)
    except (NoList, Unreadable):
        return False
    return True


async def accepted_of(client: ApiClient, tokens: Iterable[str]) -> str | None:
    """Return the first of these tokens that the server accepts, None where it accepts none.

    None too where it does not say so soon, or answers 403: some servers do that to any token.
    """
    try:
        async with asyncio.timeout(_LOOK_TIME):
            for token in tokens:
                try:
                    await ask_long_lived(client, token)
                except (TokenInvalid, Forbidden):
                    continue
                return token
    except (ServerError, OutOfReach, TimeoutError):
        pass
    return None


async def _beginning(answer: AnswerStream) -> tuple[bytes, bool]:
    """Return the first bytes of an answer, and whether they are all of it."""
    body = bytearray()
    async for piece in answer.pieces(LIST_BODY):
        body += piece
        if len(body) > _BEGINNING:
            return bytes(body), False
    return bytes(body), True


async def end_unstored_token(client: ApiClient, token: str) -> None:
    """End a token that could not be stored, if the server can be reached."""
    with contextlib.suppress(ServerError, OutOfReach):
        await client.logout(token)
