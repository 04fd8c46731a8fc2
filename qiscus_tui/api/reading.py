"""One reading of the list: every page of it, in any dialect."""

import contextlib
from collections import Counter
from collections.abc import Callable, Generator
from typing import Protocol

from qiscus_tui.api.answers import LIST_BODY
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.collected import Collected
from qiscus_tui.api.contract import OFFSET_PARAMETER, PAGE_PARAMETER
from qiscus_tui.api.decode import lenient
from qiscus_tui.api.entries import EntryReader
from qiscus_tui.api.error_answers import is_refusal, status_words
from qiscus_tui.api.held_list import HeldList
from qiscus_tui.api.memory import Memory
from qiscus_tui.api.retry import CallTime
from qiscus_tui.api.slices import NO_CUT, CutElsewhere, SlicedList
from qiscus_tui.api.wholeness import (
    ENDLESS,
    OTHER_PAGE,
    Paging,
    Query,
    is_asked_for,
    next_query,
    read_paging,
    shortfall,
)
from qiscus_tui.api.wire import Request
from qiscus_tui.errors import NotQiscus, QiscusTuiError, ServerRefused, Unreadable
from qiscus_tui.model.session import Session, SessionRun
from qiscus_tui.model.turns import Turn

MAX_PAGES = 10_000
MAX_SESSIONS = 2_000_000
MAX_SHORT_PAGES = 1_000
"""Pages after which reading stops if they are shorter than `SHORT_PAGE` on average."""
SHORT_PAGE = 10
BARREN_PAGES = 3
"""Pages in a row with nothing new after which reading stops."""

_RUN = 16
"""Entries between two looks at the clock."""

Progress = Callable[[int], None]
"""Called with the number of sessions read so far."""


class Arriving(Protocol):
    """Takes the sessions while they are read."""

    def __len__(self) -> int: ...

    def add(self, run: SessionRun, /) -> None:
        """Add what was read; some of it may be there already."""
        ...

    def cut(self, count: int, /) -> None:
        """Forget all but the first so many: the others are read again."""
        ...


class ListReading:
    """Reads the pages, and knows whether their rows moved meanwhile."""

    def __init__(
        self,
        client: ApiClient,
        long_lived: str,
        reader: EntryReader,
        progress: Progress | None,
        held: HeldList,
        arriving: Arriving | None = None,
    ) -> None:
        self._client = client
        self._long_lived = long_lived
        self.reader = reader
        self._progress = progress
        self._arriving = arriving
        if arriving is not None:
            arriving.cut(0)
        self._page_before: frozenset[str] = frozenset()
        self._repeats = False
        """Whether the last page was the same as the one before it."""
        self._first_ids: list[str] = []
        self._first_unreadable = Counter[str]()
        self._pages: list[Paging] = []
        """What each page that was read says about the whole list."""
        self.is_numbered: bool = False
        """Whether more than one page was read, by numbers of pages or rows."""
        self._held = held
        self.memory = Memory(held.size)
        self.collected = Collected()
        self.turn = Turn()

    async def read_pages(self) -> str:
        """Read every page. Return why the last one was not reached; empty if it was."""
        query: Query | None = None
        seen: set[Query] = set()
        barren = 0
        while True:
            before = len(self.collected)
            try:
                here = await self._merged(query)
            except (ServerRefused, NotQiscus) as error:
                if query is None:
                    raise
                return f"the server refused the next page ({status_words(error.status)})"
            said = self._pages[-1]
            if self._repeats or not is_asked_for(said, query):
                return OTHER_PAGE
            query = next_query(said, query, here, self.collected.rows)
            if query is None:
                return ""
            self._note_query(query)
            barren = barren + 1 if len(self.collected) == before else 0
            if query in seen or self._is_endless(len(seen)) or barren >= BARREN_PAGES:
                return ENDLESS
            seen.add(query)

    def shortfall(self, stopped: str = "") -> str:
        """Return why what was read is not the whole list; empty if it is."""
        return shortfall(self._pages, self.collected.rows, stopped)

    async def rows_moved(self) -> bool:
        """Return whether rows demonstrably moved while the pages were read."""
        totals = {one.total for one in self._pages}
        if self.collected.repeated or not totals <= {None, self.collected.rows}:
            return True
        self._progress = self._arriving = None
        said, again = await self._page(None)
        return (
            list(again.positions) != self._first_ids
            or again.unreadable_entries != self._first_unreadable
            or said.total not in totals
        )

    def _note_query(self, query: Query) -> None:
        """Note whether the pages are named by numbers: those of rows may be called a cursor."""
        parameter, value = query
        so_far = {str(self.collected.rows), str(len(self._pages) + 1)}
        self.is_numbered = parameter in {PAGE_PARAMETER, OFFSET_PARAMETER} or value in so_far

    def _is_endless(self, pages: int) -> bool:
        short = pages >= MAX_SHORT_PAGES and len(self.collected) < SHORT_PAGE * pages
        return short or pages >= MAX_PAGES or len(self.collected) > MAX_SESSIONS

    async def _merged(self, query: Query | None) -> int:
        """Read a page and add it to the others. Return how many rows it has."""
        said, fresh = await self._page(query)
        self._pages.append(said)
        before, self._page_before = self._page_before, frozenset(fresh.positions)
        self._repeats = len(before & self._page_before) * 2 > len(before)
        here = fresh.rows
        if query is None:
            self._first_ids = list(fresh.positions)
            self._first_unreadable = fresh.unreadable_entries.copy()
            self.collected = fresh
            return here
        self.collected.add_page(fresh)
        for count, session in enumerate(fresh.sessions):
            self.collected.merge(session)
            if count % _RUN == 0:
                await self.turn.give_way_if_over()
        return here

    async def _page(self, query: Query | None) -> tuple[Paging, Collected]:
        first_cut: int | None = None

        async def once(time: CallTime) -> tuple[Paging, Collected]:
            return await self._page_once(query, first_cut, time.left)

        try:
            return await self._client.retry_policy.retrying(once)
        except CutElsewhere:
            first_cut = NO_CUT
            return await self._client.retry_policy.retrying(once)

    async def _page_once(
        self, query: Query | None, first_cut: int | None, within: float
    ) -> tuple[Paging, Collected]:
        with self.memory.attempt(), self._attempt():
            return await self._page_within(query, first_cut, within)

    @contextlib.contextmanager
    def _attempt(self) -> Generator[None]:
        """Leave nothing with those that are told of what arrives, if the page can't be read."""
        before = 0 if self._arriving is None else len(self._arriving)
        try:
            yield
        except BaseException:
            if self._arriving is not None:
                self._arriving.cut(before)
            raise

    async def _page_within(
        self, query: Query | None, first_cut: int | None, within: float
    ) -> tuple[Paging, Collected]:
        fresh = Collected()
        body = SlicedList(self.memory, first_cut, self.reader.decode)
        client, call = self._client, self._client.contract.list

        def refused(said: object) -> QiscusTuiError:
            if client.observer is not None:
                client.observer.note_answer(call, answer.status, answer.headers, said)
            return client.error_for(call, answer, said, {self._long_lived})

        headers = client.long_lived_headers(self._long_lived)
        request = Request(call, headers, query=dict([query]) if query else None)
        async with client.stream(request, within) as answer:
            if answer.status >= 300:
                raise refused(lenient(await answer.whole()))
            async for piece in answer.pieces(LIST_BODY):
                body.feed(piece)
                for run in body.ready():
                    if isinstance(run, SessionRun):
                        self._keep(run, fresh)
                        await self.turn.give_way_if_over()
                    else:
                        await self._take(run, fresh)
                    self._report(fresh)
        await self.turn.give_way()
        try:
            page = body.finish()
        except Unreadable as unreadable:
            if client.observer is not None and not is_refusal(body.document):
                client.observer.note_answer(call, answer.status, answer.headers, body.document)
            if is_refusal(body.document):
                raise refused(body.document) from unreadable
            raise
        if is_refusal(body.document):  # an empty list beside an error is not an empty list
            raise refused(body.document)
        secrets = {self._long_lived, *client.own_secrets}
        said = read_paging(page.around, answer.status, answer.headers, secrets)
        if client.observer is not None:
            client.observer.note_page(call, answer.status, page.place, said.names, body.document)
        entries = page.entries
        del page
        body.document = None
        await self._take(entries, fresh)
        self._report(fresh)
        return said, fresh

    async def _take(self, entries: list[object], fresh: Collected) -> None:
        """Read the entries, freeing each, so that they and the sessions are not both in memory."""
        entries.reverse()
        while entries:
            sessions: list[Session] = []
            for entry in (entries.pop() for _ in range(min(_RUN, len(entries)))):
                session = self.reader.read(entry)
                if session is None:
                    fresh.add_unreadable(entry)
                else:
                    sessions.append(session)
            self._keep(SessionRun.of(sessions), fresh)
            await self.turn.give_way_if_over()

    def _keep(self, read: SessionRun, fresh: Collected) -> None:
        """Add sessions, as those that are held where they did not change."""
        kept = self._held.shared(read.sessions)
        if kept is read.sessions:
            self.memory.keep(read)
        else:
            pairs = list(zip(read.sessions, kept, strict=True))
            self.memory.keep(
                SessionRun.of([one for one, known in pairs if one is known]),
                [known for one, known in pairs if one is not known],
            )
        fresh.add(kept)
        if self._arriving is not None:
            self._arriving.add(SessionRun(kept, read.origins))

    def _report(self, fresh: Collected) -> None:
        if len(fresh) > MAX_SESSIONS:  # the shortest entries fill the memory within LIST_BODY
            raise Unreadable(
                f"The answer lists more than {MAX_SESSIONS:,} sessions and was not read further"
            )
        if self._progress is not None:
            self._progress(len(self.collected.sessions) + len(fresh.sessions))
