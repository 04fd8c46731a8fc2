"""Reads the whole list of sessions: every page, every dialect, nothing dropped in silence."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from qiscus_tui.api.client import ApiClient, lenient
from qiscus_tui.api.entries import EntryReader
from qiscus_tui.api.failures import failure, is_refusal
from qiscus_tui.api.pages import Page
from qiscus_tui.api.slices import SlicedList
from qiscus_tui.api.wire import LIST_BODY
from qiscus_tui.errors import Unreadable
from qiscus_tui.model.session import Current, Session

MAX_PAGES = 10_000
MAX_SESSIONS = 2_000_000
_TURN = 0.004
"""Seconds of decoding after which the keys get their turn."""

Progress = Callable[[int], None]
"""Told how many sessions have been read so far."""


@dataclass
class _Collected:
    """What has been read so far."""

    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    unreadable: int = 0

    def add(self, session: Session | None) -> None:
        if session is None:
            self.unreadable += 1
            return
        known = self.sessions.setdefault(session.id, session)
        if known.token != session.token:  # two tokens with one id: neither may be mistaken
            self.unreadable += 1


@dataclass(frozen=True)
class Listing:
    """What the server listed."""

    sessions: tuple[Session, ...]
    unreadable: int
    """Entries that could not be read as a session."""
    current: Current
    complete: bool
    """Whether the pages were read to their end."""


async def read_listing(
    client: ApiClient,
    long_lived: str,
    own_token: str | None,
    *,
    zone_offset: float = 0.0,
    progress: Progress | None = None,
) -> Listing:
    """Every session that the server lists. Raises ServerError, LoginNeeded or OutOfReach.

    `own_token` is the short-lived token that this program holds, None where it holds none.
    """
    reader = EntryReader(client.contract, own_token, zone_offset)
    collected = _Collected()
    query: tuple[str, str] | None = None
    seen: set[tuple[str, str]] = set()
    complete = True
    while True:
        page, fresh = await _read_page(client, long_lived, reader, query, collected, progress)
        collected.unreadable += fresh.unreadable
        for session in fresh.sessions.values():
            collected.add(session)
        if query is not None and page.number is not None and str(page.number) != query[1]:
            complete = False  # another page than the one that was asked for
            break
        query = page.next_query
        if query is None:
            break
        full = len(seen) >= MAX_PAGES or len(collected.sessions) > MAX_SESSIONS
        if query in seen or full:
            complete = False
            break
        seen.add(query)
    sessions, current = _settle_current(tuple(collected.sessions.values()), own_token)
    return Listing(sessions, collected.unreadable, current, complete)


async def _read_page(
    client: ApiClient,
    long_lived: str,
    reader: EntryReader,
    query: tuple[str, str] | None,
    before: _Collected,
    progress: Progress | None,
) -> tuple[Page, _Collected]:
    async def once() -> tuple[Page, _Collected]:
        fresh, body = _Collected(), SlicedList()
        turn = _Turn()

        async def take(entries: Iterable[object]) -> None:
            for entry in entries:
                fresh.add(reader.read(entry))
                if turn.is_over():
                    await asyncio.sleep(0)
                    turn.begin()
            if progress is not None:
                progress(len(before.sessions) + len(fresh.sessions))

        parameters: Mapping[str, str] | None = dict([query]) if query else None
        call = client.contract.list
        headers = client.long_lived_headers(long_lived)
        async with client.stream(call, headers, query=parameters) as answer:
            if answer.status >= 400:
                said = lenient(await answer.whole())
                raise failure(call, answer.status, answer.headers, said, now=client.now())
            async for piece in answer.pieces(LIST_BODY):
                body.feed(piece)
                for entries in body.ready():
                    await take(entries)
        try:
            page = body.finish()
        except Unreadable as unreadable:
            if is_refusal(body.document):
                said = body.document
                raise failure(
                    call, answer.status, answer.headers, said, now=client.now()
                ) from unreadable
            raise
        await take(page.entries)
        return page, fresh

    return await client.patience.retrying(once)


class _Turn:
    """How long we may go on before something else runs."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self._until = time.perf_counter() + _TURN
        self._count = 0

    def is_over(self) -> bool:
        self._count += 1
        return self._count % 16 == 0 and time.perf_counter() > self._until


def _settle_current(
    sessions: tuple[Session, ...], own_token: str | None
) -> tuple[tuple[Session, ...], Current]:
    """Which of the sessions is our own: by the token, else by the server's one mark."""
    if own_token is None:
        return sessions, Current.NONE
    ours = [session for session in sessions if session.token == own_token] or [
        session for session in sessions if session.token is None and session.current
    ]
    known = ours[0].id if len(ours) == 1 else None
    settled = tuple(
        session
        if session.current is (wanted := None if known is None else session.id == known)
        else msgspec.structs.replace(session, current=wanted)
        for session in sessions
    )
    return settled, Current.UNKNOWN if known is None else Current.LISTED
