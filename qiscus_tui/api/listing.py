"""Reads the whole list of sessions: every page, every dialect, nothing dropped in silence."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from qiscus_tui.api.answers import LIST_BODY
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.decode import lenient
from qiscus_tui.api.entries import EntryReader
from qiscus_tui.api.failures import failure, is_refusal
from qiscus_tui.api.pages import Page
from qiscus_tui.api.slices import CutElsewhere, SlicedList, WholeList
from qiscus_tui.errors import QiscusTuiError, Unreadable
from qiscus_tui.model.session import Current, Session

MAX_PAGES = 10_000
MAX_SESSIONS = 2_000_000
MAX_SHORT_PAGES = 1_000
"""Pages after which the rest is not read where they are shorter than `SHORT_PAGE` on average."""
SHORT_PAGE = 10
BARREN_PAGES = 3
"""Pages in a row without anything new after which the rest is not read."""

_TURN = 0.004
"""Seconds of decoding after which the keys get their turn."""
_RUN = 16
"""Entries between two looks at the clock."""

Progress = Callable[[int], None]
"""Told how many sessions have been read so far."""

Query = tuple[str, str]


@dataclass(frozen=True)
class Listing:
    """What the server listed."""

    sessions: tuple[Session, ...]
    unreadable: int
    """Entries that could not be read as a session."""
    current: Current
    complete: bool
    """Whether the pages were read to their end."""
    moved: bool = False
    """Whether rows moved between the pages, so that a live session may be missing."""


@dataclass
class _Collected:
    """What has been read so far."""

    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    unreadable: int = 0

    def __len__(self) -> int:
        return len(self.sessions) + self.unreadable

    def add(self, session: Session | None) -> None:
        """An entry of one answer."""
        if session is None:
            self.unreadable += 1
            return
        known = self.sessions.setdefault(session.id, session)
        if known is not session and (known.token is None or known.token != session.token):
            self.unreadable += 1  # two sessions with one id: neither may be mistaken

    def merge(self, session: Session) -> None:
        """A session of a later answer: pages that moved meanwhile list some of them again."""
        known = self.sessions.setdefault(session.id, session)
        if known.token != session.token:
            self.unreadable += 1


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
    reading = _Reading(client, long_lived, own_token, zone_offset, progress)
    complete = await reading.read_pages()
    sessions, current = await _settle_current(reading.collected.sessions, own_token, reading.turn)
    return Listing(sessions, reading.collected.unreadable, current, complete)


class _Turn:
    """How long we may go on before something else runs."""

    def __init__(self) -> None:
        self._until = time.perf_counter() + _TURN

    async def passes(self) -> None:
        """Lets others run where our time is over."""
        if time.perf_counter() > self._until:
            await self.ends()

    async def ends(self) -> None:
        """Lets others run now."""
        await asyncio.sleep(0)
        self._until = time.perf_counter() + _TURN


class _Reading:
    """One reading of the list."""

    def __init__(
        self,
        client: ApiClient,
        long_lived: str,
        own_token: str | None,
        zone_offset: float,
        progress: Progress | None,
    ) -> None:
        self._client = client
        self._long_lived = long_lived
        self._reader = EntryReader(client.contract, own_token, zone_offset)
        self._progress = progress
        self._page_before: frozenset[str] = frozenset()
        self._repeats = False
        """Whether the last page was the one before it once more."""
        self.collected = _Collected()
        self.turn = _Turn()

    async def read_pages(self) -> bool:
        """Read every page; whether it was to the end."""
        query: Query | None = None
        seen: set[Query] = set()
        barren = 0
        while True:
            before = len(self.collected)
            page = await self._merged(query)
            if self._repeats or not page.answers(query):
                return False  # another page than the one that was asked for
            query = page.next_query
            if query is None:
                return True
            barren = barren + 1 if len(self.collected) == before else 0
            if query in seen or self._is_endless(len(seen)) or barren >= BARREN_PAGES:
                return False
            seen.add(query)

    def _is_endless(self, pages: int) -> bool:
        short = pages >= MAX_SHORT_PAGES and len(self.collected) < SHORT_PAGE * pages
        return short or pages >= MAX_PAGES or len(self.collected) > MAX_SESSIONS

    async def _merged(self, query: Query | None) -> Page:
        page, fresh = await self._page(query)
        self._repeats = bool(self._page_before) and fresh.sessions.keys() == self._page_before
        more = page.next_query is not None
        self._page_before = frozenset(fresh.sessions) if more else frozenset()
        if not self.collected:
            self.collected = fresh
            return page
        self.collected.unreadable += fresh.unreadable
        for count, session in enumerate(fresh.sessions.values()):
            self.collected.merge(session)
            if count % _RUN == 0:
                await self.turn.passes()
        return page

    async def _page(self, query: Query | None) -> tuple[Page, _Collected]:
        body_of = SlicedList

        async def once() -> tuple[Page, _Collected]:
            return await self._page_once(query, body_of())

        try:
            return await self._client.patience.retrying(once)
        except CutElsewhere:
            body_of = WholeList
            return await self._client.patience.retrying(once)

    async def _page_once(self, query: Query | None, body: SlicedList) -> tuple[Page, _Collected]:
        fresh = _Collected()
        client, call = self._client, self._client.contract.list

        def refused(said: object) -> QiscusTuiError:
            now, secrets = client.now(), (self._long_lived,)
            return failure(call, answer.status, answer.headers, said, now=now, secrets=secrets)

        headers = client.long_lived_headers(self._long_lived)
        async with client.stream(call, headers, query=dict([query]) if query else None) as answer:
            if answer.status >= 300:
                raise refused(lenient(await answer.whole()))
            async for piece in answer.pieces(LIST_BODY):
                body.feed(piece)
                for entries in body.ready():
                    await self._take(entries, fresh)
        await self.turn.ends()
        try:
            page = body.finish()
        except Unreadable as unreadable:
            if is_refusal(body.document):
                raise refused(body.document) from unreadable
            raise
        if is_refusal(body.document):  # an empty list beside an error is not an empty list
            raise refused(body.document)
        await self._take(page.entries, fresh)
        return page, fresh

    async def _take(self, entries: Iterable[object], fresh: _Collected) -> None:
        for count, entry in enumerate(entries):
            fresh.add(self._reader.read(entry))
            if count % _RUN == 0:
                await self.turn.passes()
        if (
            len(fresh) > MAX_SESSIONS
        ):  # the shortest entries fill the memory within the body's bound
            raise Unreadable(
                f"The answer lists more than {MAX_SESSIONS:,} sessions and was not read on"
            )
        if self._progress is not None:
            self._progress(len(self.collected.sessions) + len(fresh.sessions))


async def _settle_current(
    sessions: dict[str, Session], own_token: str | None, turn: _Turn
) -> tuple[tuple[Session, ...], Current]:
    """Which of the sessions is our own: by the token, else by the server's one mark."""
    if own_token is None:
        return tuple(sessions.values()), Current.NONE
    by_token: list[str] = []
    by_mark: list[str] = []
    listed = list(sessions.values())
    for start in range(0, len(listed), _RUN):
        for session in listed[start : start + _RUN]:
            if session.current:
                (by_mark if session.token is None else by_token).append(session.id)
        await turn.passes()
    ours = by_token or by_mark
    known = ours[0] if len(ours) == 1 else None
    for start in range(0, len(listed), _RUN):
        for position, session in enumerate(listed[start : start + _RUN], start):
            wanted = None if known is None else session.id == known
            if session.current is not wanted:
                listed[position] = msgspec.structs.replace(session, current=wanted)
        await turn.passes()
    return tuple(listed), Current.UNKNOWN if known is None else Current.LISTED
