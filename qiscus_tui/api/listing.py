"""Reads the whole list of sessions: every page, every dialect, nothing dropped in silence."""

import asyncio
import copy
import time
from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass, field

import msgspec

from qiscus_tui.api.answers import LIST_BODY
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.collected import Collected
from qiscus_tui.api.contract import PAGE_PARAMETER
from qiscus_tui.api.decode import lenient
from qiscus_tui.api.entries import EntryReader
from qiscus_tui.api.error_answers import error_for_answer, is_refusal
from qiscus_tui.api.memory import Memory
from qiscus_tui.api.pages import Page
from qiscus_tui.api.retry import CallTime
from qiscus_tui.api.slices import CutElsewhere, SlicedList, WholeList
from qiscus_tui.errors import QiscusTuiError, TimedOut, Unreadable
from qiscus_tui.model.session import Current, Session

MAX_PAGES = 10_000
MAX_SESSIONS = 2_000_000
MAX_SHORT_PAGES = 1_000
"""Pages after which the rest is not read where they are shorter than `SHORT_PAGE` on average."""
SHORT_PAGE = 10
BARREN_PAGES = 3
"""Pages in a row without anything new after which the rest is not read."""
MAX_READINGS = 4
"""Times that a list whose rows moved between its pages is read in all."""

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
    missing_once: frozenset[str] | None = frozenset()
    """Ids that the last of two readings lacks and the one before it lists. None where numbered
    pages were read only once: then nothing that they lack can be called gone."""
    unreadable_entries: Counter[str] = field(default_factory=Counter[str])
    """Fingerprints of the entries that could not be read."""
    shared_ids: frozenset[str] = frozenset()
    """Ids that stand for more than one session."""
    other_rows: tuple[Session, ...] = ()
    """Further rows of a listed session that name another client or address."""


async def read_listing(
    client: ApiClient,
    long_lived: str,
    own_token: str | None,
    *,
    zone_offset: float = 0.0,
    progress: Progress | None = None,
    settle: Set[str] | None = None,
) -> Listing:
    """Every session that the server lists. Raises ServerError, LoginNeeded or OutOfReach.

    `own_token` is the short-lived token that this program holds, None where it holds none.
    Numbered pages are read again where their rows moved meanwhile: a session that ends between
    two requests shifts the rows, and another one is never listed. `settle` are the ids of which
    it must be known whether they are gone: then until two readings in a row lack each that the
    last one lacks.
    """
    try:
        async with asyncio.timeout(client.list_time):
            return await _read_listing(client, long_lived, own_token, zone_offset, progress, settle)
    except TimeoutError as error:
        raise TimedOut(
            f"{client.origin.netloc} did not send the whole list within {client.list_time:,g} s",
            "Give it longer with --timeout, such as --timeout 30m.",
        ) from error


async def _read_listing(
    client: ApiClient,
    long_lived: str,
    own_token: str | None,
    zone_offset: float,
    progress: Progress | None,
    settle: Set[str] | None,
) -> Listing:
    earlier: Set[str] | None = None
    readings = 0
    while True:
        reading = _Reading(client, long_lived, own_token, zone_offset, progress)
        complete = await reading.read_pages()
        readings += 1
        listed = reading.collected.sessions.keys()
        if not reading.is_numbered:
            moved, missing_once = False, frozenset[str]()
            break
        missing_once = None if earlier is None else frozenset(earlier - listed)
        # Where everything that was listed before still is, nothing ended, and nothing shifted.
        moved = complete and missing_once != frozenset() and await reading.rows_moved()
        doubtful = moved if settle is None else not _is_settled(settle, listed, earlier)
        if not (complete and doubtful) or readings == MAX_READINGS:
            break
        earlier = frozenset(listed)  # and the sessions themselves are let go
    collected = reading.collected
    sessions, current = await _settle_current(collected.sessions, own_token, reading.turn)
    return Listing(
        sessions,
        collected.unreadable,
        current,
        complete,
        moved,
        missing_once,
        collected.unreadable_entries,
        frozenset(collected.shared_ids),
        tuple(collected.other_rows),
    )


def _is_settled(settle: Set[str], listed: Set[str], earlier: Set[str] | None) -> bool:
    """Whether each of these ids is listed, or was missing from the reading before as well."""
    missing = settle - listed
    return not missing or (earlier is not None and missing.isdisjoint(earlier))


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
        self._first_ids: list[str] = []
        self._first_unreadable = Counter[str]()
        self._totals = set[int | None]()
        """How many rows there are in all, as each page says; None: it does not."""
        self.is_numbered: bool = False
        """Whether more than one page was read, by number."""
        self._memory = Memory()
        self.collected = Collected()
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
            self.is_numbered = query[0] == PAGE_PARAMETER
            barren = barren + 1 if len(self.collected) == before else 0
            if query in seen or self._is_endless(len(seen)) or barren >= BARREN_PAGES:
                return False
            seen.add(query)

    def _is_endless(self, pages: int) -> bool:
        short = pages >= MAX_SHORT_PAGES and len(self.collected) < SHORT_PAGE * pages
        return short or pages >= MAX_PAGES or len(self.collected) > MAX_SESSIONS

    async def rows_moved(self) -> bool:
        """Whether rows moved while the pages were read, as far as that shows."""
        if self.collected.repeated or not self._totals <= {None, self.collected.rows}:
            return True
        self._progress = None
        page, again = await self._page(None)
        return (
            list(again.sessions) != self._first_ids
            or again.unreadable_entries != self._first_unreadable
            or page.total not in self._totals
        )

    async def _merged(self, query: Query | None) -> Page:
        page, fresh = await self._page(query)
        self._totals.add(page.total)
        self._repeats = bool(self._page_before) and fresh.sessions.keys() == self._page_before
        more = page.next_query is not None
        self._page_before = frozenset(fresh.sessions) if more else frozenset()
        if query is None:
            self._first_ids = list(fresh.sessions)
            self._first_unreadable = fresh.unreadable_entries.copy()
            self.collected = fresh
            return page
        self.collected.add_page(fresh)
        for count, session in enumerate(fresh.sessions.values()):
            self.collected.merge(session)
            if count % _RUN == 0:
                await self.turn.passes()
        return page

    async def _page(self, query: Query | None) -> tuple[Page, Collected]:
        body_of = SlicedList

        async def once(time: CallTime) -> tuple[Page, Collected]:
            return await self._page_once(query, body_of, time.left)

        try:
            return await self._client.retry_policy.retrying(once)
        except CutElsewhere:
            body_of = WholeList
            return await self._client.retry_policy.retrying(once)

    async def _page_once(
        self, query: Query | None, body_of: type[SlicedList], within: float
    ) -> tuple[Page, Collected]:
        fresh = Collected()
        memory = copy.copy(self._memory)  # of a try that fails nothing is kept
        body = body_of(memory)
        client, call = self._client, self._client.contract.list

        def refused(said: object) -> QiscusTuiError:
            now, secrets = client.now(), {self._long_lived, *client.own_secrets}
            return error_for_answer(
                call, answer.status, answer.headers, said, now=now, secrets=secrets
            )

        headers = client.long_lived_headers(self._long_lived)
        page_of = dict([query]) if query else None
        async with client.stream(call, headers, query=page_of, within=within) as answer:
            if answer.status >= 300:
                raise refused(lenient(await answer.whole()))
            async for piece in answer.pieces(LIST_BODY):
                body.feed(piece)
                for entries in body.ready():
                    await self._take(entries, fresh, memory)
        await self.turn.ends()
        try:
            page = body.finish()
        except Unreadable as unreadable:
            if is_refusal(body.document):
                raise refused(body.document) from unreadable
            raise
        if is_refusal(body.document):  # an empty list beside an error is not an empty list
            raise refused(body.document)
        body.document = None
        await self._take(page.entries, fresh, memory)
        self._memory = memory
        return page, fresh

    async def _take(self, entries: list[object], fresh: Collected, memory: Memory) -> None:
        """Read the entries, and let go of each: they and the sessions are not here together."""
        entries.reverse()
        while entries:
            entry = entries.pop()
            session = self._reader.read(entry)
            if session is not None:
                memory.keep(session)
            fresh.add(session, entry)
            if len(entries) % _RUN == 0:
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
