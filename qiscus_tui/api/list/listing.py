"""Reads the whole list of sessions: every page of it, in any dialect; again if its rows moved."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence, Set

from qiscus_tui.api.answers import LIST_BODY, AnswerStream
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.contract import OFFSET_PARAMETER, PAGE_PARAMETER
from qiscus_tui.api.decode import lenient
from qiscus_tui.api.error_answers import is_refusal, status_words
from qiscus_tui.api.list.entries import EntryReader, Held
from qiscus_tui.api.list.pages import (
    ENDLESS,
    OTHER_PAGE,
    REPEATED,
    NoList,
    PageQuery,
    Paging,
    decode_page,
    is_asked_for,
    next_query,
    read_paging,
    shortfall,
)
from qiscus_tui.api.list.rows import (
    Listing,
    Rows,
    find_own_session,
    texts_without_tokens,
    with_texts,
    without_dates,
    without_wrong_expiry,
)
from qiscus_tui.api.retry import CallTime
from qiscus_tui.api.token_masks import IsToken, all_are_tokens, full_tokens
from qiscus_tui.api.wire import Request
from qiscus_tui.errors import NotQiscus, QiscusTuiError, ServerRefused, TimedOut, Unreadable
from qiscus_tui.model.session import Current

MAX_READINGS = 4
"""Readings of a list whose rows move between its pages, at most."""
MAX_PAGES = 10_000
MAX_SESSIONS = 2_000_000
BARREN_PAGES = 3
"""Pages in a row with nothing new after which reading stops."""

NO_EXPIRY_COMPUTED = (
    "Sessions older than 30 days are listed without an expiry, so none is computed:"
    " tokens may never expire on this server"
)

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have arrived of the list, and how many there are; None: unknown."""


async def read_listing(
    client: ApiClient,
    long_lived: str,
    own_token: str | None,
    *,
    zone_offset: float | None = None,
    progress: Progress | None = None,
    held: Held | None = None,
) -> Listing:
    """Return every session that the server lists.

    `own_token` is the short-lived token that this program holds, None if it holds none.
    Numbered pages are read again if their rows moved meanwhile: a session that ends between
    two requests shifts the rows, and another one is never listed. `held` are the sessions of the
    list that is held meanwhile.

    Raises ServerError, LoginNeeded, OutOfReach.
    """
    observe = client.observer.note_entry if client.observer is not None else None
    secrets = {long_lived, *client.own_secrets}

    def reading(is_token: IsToken) -> ListReading:
        reader = EntryReader(
            client.contract, own_token, zone_offset, client.server_now, observe, is_token, held
        )
        return ListReading(client, long_lived, reader, progress)

    def told_apart(rows: Rows) -> IsToken:
        tokens = [one.token for one in rows.sessions if one.token is not None]
        return full_tokens(tokens, rows.tokens_again, own_token)

    try:
        async with asyncio.timeout(client.list_time):
            read, short, moved = await _read_still(lambda: reading(all_are_tokens))
            is_token = await asyncio.to_thread(told_apart, read.rows)
            if is_token is not all_are_tokens:  # ids are made of other facts then
                read, short, moved = await _read_still(lambda: reading(is_token))
            now = client.server_now()
            return await asyncio.to_thread(_listing, read, short, moved, own_token, secrets, now)
    except TimeoutError as error:
        raise TimedOut(
            f"{client.origin.netloc} did not send the whole list within {client.list_time:,g} s",
            "Allow more time with --timeout, such as --timeout 30m.",
        ) from error


async def _read_still(begin: Callable[[], "ListReading"]) -> tuple["ListReading", str, bool]:
    """Return a reading during which no row moved, why it is not the whole list, and False.

    True where rows moved in every one.
    """
    earlier: Set[str] | None = None
    was_short, was_repeated = "", False
    readings = 0
    while True:
        reading = begin()
        stopped = await reading.read_pages()
        short = reading.shortfall(stopped)
        readings += 1
        listed = reading.rows.positions.keys()
        if not reading.is_numbered:
            return reading, short, False
        repeated = reading.rows.repeated
        if repeated and was_repeated and listed == earlier and not short:
            short = was_short = REPEATED
        if short and (stopped or was_short or readings == MAX_READINGS):
            return reading, short, False
        # If every session of the reading before is still listed, none ended and no row moved.
        none_ended = earlier is not None and earlier <= listed
        moved = bool(short) or (not none_ended and await reading.rows_moved())
        if not moved or readings == MAX_READINGS:
            return reading, short, moved
        earlier = frozenset(listed)  # and the sessions themselves are freed
        was_short, was_repeated = short, repeated


def _listing(
    read: "ListReading",
    short: str,
    moved: bool,
    own_token: str | None,
    secrets: Set[str],
    server_now: float,
) -> Listing:
    """Return the list of all rows, without `secrets` and live tokens in its texts."""
    rows, reader = read.rows, read.reader
    instead = texts_without_tokens([*filter(None, reader.texts)], rows, secrets)
    sessions, current = find_own_session(rows.sessions, own_token)
    right = without_wrong_expiry(sessions, server_now)
    own_times = reader.own_times
    is_certain = current is Current.LISTED and len({one.created for one in own_times}) == 1
    return Listing(
        sessions=without_dates(with_texts(right, instead)),
        current=current,
        unreadable=rows.unreadable,
        incomplete_because=short,
        moved=moved,
        unreadable_entries=rows.unreadable_entries,
        shared_ids=frozenset(rows.shared_ids),
        without_zone=frozenset(reader.without_zone),
        own_times=own_times[0] if is_certain else None,
        expiry_doubt=NO_EXPIRY_COMPUTED if right is not sessions else "",
        positions=rows.positions,
    )


class ListReading:
    """One reading of every page. Knows whether their rows moved meanwhile."""

    def __init__(
        self, client: ApiClient, long_lived: str, reader: EntryReader, progress: Progress | None
    ) -> None:
        self._client = client
        self._long_lived = long_lived
        self.reader = reader
        self._progress = progress
        self._arrived = 0
        """Bytes of the pages that were read."""
        self._first_ids: list[str] = []
        self._first_unreadable = Counter[str]()
        self._pages: list[Paging] = []
        """What each page that was read says about the whole list."""
        self.is_numbered: bool = False
        """Whether more than one page was read, by numbers of pages or rows."""
        self.rows = Rows()

    async def read_pages(self) -> str:
        """Read every page. Return why the last one was not reached; empty if it was."""
        query: PageQuery | None = None
        seen: set[PageQuery] = set()
        page_before = frozenset[str]()
        barren = 0
        while True:
            before = len(self.rows)
            try:
                said, ids = await self._page(query, self.rows)
            except (ServerRefused, NotQiscus) as error:
                if query is None:
                    raise
                return f"the server refused the next page ({status_words(error.status)})"
            if query is None:
                self._first_ids = ids
                self._first_unreadable = self.rows.unreadable_entries.copy()
            self._pages.append(said)
            listed_again = page_before.intersection(ids)
            if len(listed_again) * 2 > len(page_before) or not is_asked_for(said, query):
                return OTHER_PAGE
            page_before = frozenset(ids)
            query = next_query(said, query, self.rows.rows)
            if query is None:
                return ""
            self._note_query(query)
            barren = barren + 1 if len(self.rows) == before else 0
            is_endless = len(seen) >= MAX_PAGES or len(self.rows) > MAX_SESSIONS
            if query in seen or is_endless or barren >= BARREN_PAGES:
                return ENDLESS
            seen.add(query)

    def shortfall(self, stopped: str = "") -> str:
        """Return why what was read is not the whole list; empty if it is."""
        return shortfall(self._pages, self.rows.rows, stopped)

    async def rows_moved(self) -> bool:
        """Return whether rows demonstrably moved while the pages were read."""
        totals = {one.total for one in self._pages}
        if self.rows.repeated or not totals <= {None, self.rows.rows}:
            return True
        self._progress = None
        again = Rows()
        said, ids = await self._page(None, again)
        return (
            ids != self._first_ids
            or again.unreadable_entries != self._first_unreadable
            or said.total not in totals
        )

    def _note_query(self, query: PageQuery) -> None:
        """Note whether the pages are named by numbers: those of rows may be called a cursor."""
        parameter, value = query
        so_far = {str(self.rows.rows), str(len(self._pages) + 1)}
        self.is_numbered = parameter in {PAGE_PARAMETER, OFFSET_PARAMETER} or value in so_far

    async def _page(self, query: PageQuery | None, rows: Rows) -> tuple[Paging, list[str]]:
        """Add the rows of a page. Return what it says of the list, and the ids of its sessions."""

        async def once(time: CallTime) -> tuple[Paging, Sequence[object]]:
            return await self._answered(query, time.left)

        said, entries = await self._client.retry_policy.retrying(once)
        return said, await asyncio.to_thread(self.reader.read_page, entries, rows)

    async def _answered(
        self, query: PageQuery | None, within: float
    ) -> tuple[Paging, Sequence[object]]:
        client, call = self._client, self._client.contract.list
        headers = client.token_headers(self._long_lived)
        request = Request(call, headers, query=dict([query]) if query else None)
        async with client.stream(request, within) as answer:
            if answer.status >= 300:
                raise self._refused(answer, lenient(await answer.whole()))
            body = bytearray()
            async for piece in answer.pieces(LIST_BODY):
                body += piece
                if self._progress is not None:
                    self._progress(self._arrived + answer.arrived, answer.length)
        self._arrived += answer.arrived
        try:
            page = await asyncio.to_thread(decode_page, body)
        except NoList as error:
            if is_refusal(error.document):
                raise self._refused(answer, error.document) from error
            self._note(answer, error.document)
            raise Unreadable(
                "The answer has no list of sessions",
                "Check the path under [api.active_token_list] in config.toml.",
            ) from error
        except Unreadable:
            self._note(answer, None)
            raise
        if is_refusal(page.document):  # an empty list beside an error is not an empty list
            raise self._refused(answer, page.document)
        secrets = {self._long_lived, *client.own_secrets}
        said = read_paging(page, answer.status, answer.headers, secrets)
        if client.observer is not None:
            client.observer.note_page(call, answer.status, page.place, said.names, page.document)
        if len(page.entries) > MAX_SESSIONS:
            raise Unreadable(
                f"The answer lists more than {MAX_SESSIONS:,} sessions and was not read further"
            )
        return said, page.entries

    def _note(self, answer: AnswerStream, said: object) -> None:
        if self._client.observer is not None:
            call = self._client.contract.list
            self._client.observer.note_answer(call, answer.status, answer.headers, said)

    def _refused(self, answer: AnswerStream, said: object) -> QiscusTuiError:
        self._note(answer, said)
        return self._client.error_for(self._client.contract.list, answer, said, {self._long_lived})
