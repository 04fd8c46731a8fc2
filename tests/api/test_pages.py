"""Pages are followed to their end, never round and round, and again where their rows moved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

import httpx
import pytest

from qiscus_tui.api.list.listing import BARREN_PAGES, MAX_READINGS, read_listing
from qiscus_tui.api.list.pages import NoList, find_page, next_query, read_paging
from qiscus_tui.errors import ServerFault, Unreadable
from tests.api.serving import (
    LONG_LIVED,
    Server,
    client_of,
    in_pages,
    listing_of,
    names,
    said,
    token_of,
)

Sessions = list[dict[str, object]]
Answer = Callable[[httpx.QueryParams], httpx.Response]


def sessions(*numbers: int) -> Sessions:
    return [{"token": token_of(f"t{number}")} for number in numbers]


def numbered(page: object, last: object, listed: Sessions) -> httpx.Response:
    return said({"data": listed, "meta": {"page": page, "total_page": last}})


def cursor(after: object, listed: Sessions) -> httpx.Response:
    return said({"data": listed, "meta": {"after": after}})


def server_of(answer: Answer) -> Server:
    return Server(lambda request: answer(request.url.params))


FOLLOWING = {None: "a", "a": "b", "b": "c", "c": "a"}
TURN, NUMBER = count(1), count(1)
LOOPS: dict[str, tuple[int, Answer]] = {
    "the cursor is ignored": (2, lambda _: cursor("same", sessions(1, 2))),
    "cursors lead in a circle": (
        4,
        lambda query: cursor(FOLLOWING[query.get("cursor_after")], sessions(next(NUMBER))),
    ),
    "ever new cursors to nothing new": (
        BARREN_PAGES + 1,
        lambda _: cursor(n := next(TURN), [sessions(1, 2), sessions(2), sessions(1)][n % 3 - 1]),
    ),
    "the same page again": (
        2,
        lambda query: numbered(int(query.get("page", 1)), 2, sessions(1, 2)),
    ),
}


@pytest.mark.parametrize(("requests", "answer"), LOOPS.values(), ids=LOOPS)
async def test_pages_that_lead_round_and_round_end_and_the_list_is_incomplete(
    requests: int, answer: Answer
) -> None:
    server = server_of(answer)
    listing = await listing_of(server)
    assert (names(listing)[:2], listing.complete) == (["t1", "t2"], False)
    assert len(server.requests) == requests


@pytest.mark.parametrize(
    ("bound", "most", "read_in_all"), [("MAX_PAGES", 20, 21), ("MAX_SESSIONS", 10, 11)]
)
async def test_ever_new_pages_of_ever_more_sessions_end_at_the_bound(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int, read_in_all: int
) -> None:
    monkeypatch.setattr(f"qiscus_tui.api.list.listing.{bound}", most)
    turn = iter(range(1, 100_000))
    server = server_of(lambda _: cursor(number := next(turn), sessions(number)))
    listing = await listing_of(server)
    assert (len(listing.sessions), listing.complete) == (read_in_all, False)
    assert len(server.requests) == read_in_all


async def test_a_page_that_fails_or_breaks_off_midway_is_read_again_and_counted_once() -> None:
    tries: list[str | None] = []

    def answer(query: httpx.QueryParams) -> httpx.Response:
        tries.append(query.get("page"))
        page = int(query.get("page", 1))
        if tries == [None, "2"]:
            raise httpx.ReadError("reset")
        return said({}, 503) if len(tries) == 3 else numbered(page, 2, [*sessions(page), {}])

    listing = await listing_of(server_of(answer))
    assert (names(listing), listing.unreadable) == (["t1", "t2"], 2)
    assert tries == [None, "2", "2", "2", None]  # the first page again, to see that no row moved


async def test_a_page_that_fails_for_good_fails_the_list() -> None:
    def answer(query: httpx.QueryParams) -> httpx.Response:
        return said({}, 500) if query else numbered(1, 2, sessions(1))

    with pytest.raises(ServerFault):
        await listing_of(server_of(answer))


async def test_of_several_lists_that_of_the_sessions_is_read() -> None:
    roles = [{"name": "a role that has a rather long name", "number": n} for n in range(3000)]
    body = {"data": {"roles": roles, "tokens": sessions(1, 2)}}
    server = server_of(lambda _: said(body))
    listing = await listing_of(server)
    assert (names(listing), listing.unreadable) == (["t1", "t2"], 0)
    assert len(server.requests) == 1


async def test_progress_is_told() -> None:
    told: list[tuple[int, int | None]] = []

    def note(received: int, total: int | None) -> None:
        told.append((received, total))

    pages = in_pages(sessions(1, 2), sessions(3))
    async with client_of(pages) as client:
        await read_listing(client, LONG_LIVED, None, progress=note)
    sizes = [len(pages.handler(asked).content) for asked in pages.requests[:2]]
    assert told == [(sizes[0], sizes[0]), (sum(sizes), sizes[1])]


# One answer


def following_query(body: object) -> tuple[str, str] | None:
    page = find_page(body)
    return next_query(read_paging(page, 200, {}), None, len(page.entries))


@pytest.mark.parametrize(
    ("rest", "following"),
    [
        ({}, None),
        ({"meta": None}, None),
        ({"meta": []}, None),
        ({"meta": {"after": "x"}}, ("cursor_after", "x")),
        ({"meta": {"after": 7}}, ("cursor_after", "7")),
        ({"meta": {"cursor_after": "y"}}, ("cursor_after", "y")),
        ({"meta": {"after": None, "cursor_after": 8}}, ("cursor_after", "8")),
        ({"meta": {"after": ""}}, None),
        ({"meta": {"after": 0}}, None),
        ({"meta": {"after": True}}, None),
        ({"meta": {"page": 1, "total_page": 2}}, ("page", "2")),
        ({"meta": {"page": "1", "total_page": "2"}}, ("page", "2")),
        ({"meta": {"page": 2, "total_page": 2}}, None),
        ({"meta": {"page": 3, "total_page": 2}}, None),
        ({"meta": {"page": True, "total_page": 2}}, ("page", "2")),
        ({"meta": {"current_page": 1, "last_page": 2}}, ("page", "2")),
        ({"meta": {"current_page": 2, "last_page": 2}}, None),
        ({"meta": {"page": 1, "total": 9, "after": "x"}, "data": [{}]}, ("cursor_after", "x")),
    ],
)
def test_the_next_page_stands_in_meta(
    rest: dict[str, object], following: tuple[str, str] | None
) -> None:
    assert following_query({"data": [], **rest}) == following


@pytest.mark.parametrize(
    ("page", "following"),
    [
        ({"current_page": 1, "last_page": 3}, ("page", "2")),
        ({"current_page": 3, "last_page": 3}, None),
        ({"current_page": 1, "next_page_url": "https://evil.example/?page=9"}, ("page", "2")),
        ({"current_page": 2, "next_page_url": None}, None),
    ],
)
@pytest.mark.parametrize("place", [(), ("data",), ("data", "tokens")])
def test_the_next_page_stands_in_laravels_page_object(
    page: dict[str, object], following: tuple[str, str] | None, place: tuple[str, ...]
) -> None:
    body: object = {**page, "data": [{"token": "a"}]}
    for name in reversed(place):
        body = {name: body}
    assert (find_page(body).entries, following_query(body)) == ([{"token": "a"}], following)


@pytest.mark.parametrize(
    "data",
    [
        {"tokens": [], "roles": ["admin"]},
        {"active_sessions": [], "permissions": [{"id": 1}]},
    ],
)
def test_an_empty_list_of_tokens_is_not_mistaken_for_its_neighbour(data: object) -> None:
    assert find_page({"data": data}).entries == []


def test_two_lists_that_could_both_be_it_are_refused() -> None:
    with pytest.raises(NoList):
        find_page({"data": {"a": [{"id": 1}], "b": [{"id": 2}]}})


@pytest.mark.parametrize("after", ["\ud800", "a\ufffd", "a\nb", "x" * 5000])
def test_a_cursor_that_cannot_be_sent_is_refused(after: str) -> None:
    with pytest.raises(Unreadable, match="invalid next page"):
        following_query({"data": [], "meta": {"after": after}})


# Rows that move while the list is read: it is noticed, and read again

SIZE = 3


@dataclass
class MovingList:
    """Sessions in pages of three; something may happen to them before each request."""

    live: list[int]
    style: str = "meta"
    before: Mapping[int, Callable[[list[int]], object]] = field(
        default_factory=dict[int, Callable[[list[int]], object]]
    )
    """By the number of the request, from 1."""
    requests: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        self.before.get(self.requests, lambda _: None)(self.live)
        page = int(request.url.params.get("page", 1))
        begin = int(request.url.params.get("cursor_after", (page - 1) * SIZE))
        last = max(1, -(-len(self.live) // SIZE))
        rows = [{"token": token_of(n)} for n in self.live[begin : begin + SIZE]]
        if "cursor" in self.style:  # which counts rows
            more = {"after": str(begin + SIZE), **({"next": "x"} if "next" in self.style else {})}
            return said({"data": rows, "meta": more if begin + SIZE < len(self.live) else {}})
        total = {"total": len(self.live)} if "total" in self.style else {}
        if "laravel" in self.style:
            return said({"data": {"current_page": page, "last_page": last, "data": rows, **total}})
        return said({"data": rows, "meta": {"page": page, "total_page": last, **total}})


STYLES = ["meta", "meta total", "laravel", "laravel total"]


def named(server: MovingList) -> set[str]:
    return {str(n) for n in server.live}


@pytest.mark.parametrize("style", STYLES)
async def test_a_list_that_stands_still_is_read_once_and_its_first_page_again(style: str) -> None:
    server = MovingList(list(range(8)), style)
    listing = await listing_of(server.answer)
    assert ({*names(listing)}, listing.moved, server.requests) == (named(server), False, 4)


def turnover(live: list[int]) -> None:
    """As a cron does: its token of 30 days ago expires when it logs in again."""
    del live[0]
    live.append(max(live) + 1)


MOVES: list[tuple[str, int, int, Callable[[list[int]], object]]] = [
    *((style, 8, 2, lambda live: live.remove(0)) for style in STYLES),
    *((style, 8, 2, turnover) for style in STYLES),
    # behind the first page: only the total tells
    *((style, 11, 3, lambda live: live.remove(4)) for style in STYLES if "total" in style),
    *((style, 8, 2, lambda live: live.remove(0)) for style in ("cursor", "cursor next")),
    # in front: a row comes again
    ("meta", 8, 2, lambda live: live.insert(0, 100)),
]
"""By style: so many sessions, and what happens to them before which request."""


@pytest.mark.parametrize(("style", "sessions", "request_number", "move"), MOVES)
async def test_a_session_that_ends_or_begins_between_two_requests_hides_no_other(
    style: str,
    sessions: int,
    request_number: int,
    move: Callable[[list[int]], object],
) -> None:
    server = MovingList(list(range(sessions)), style, {request_number: move})
    listing = await listing_of(server.answer)
    assert ({*names(listing)}, listing.moved) == (named(server), False)


@pytest.mark.parametrize("style", STYLES)
async def test_a_list_that_never_stands_still_is_marked(style: str) -> None:
    def one_ends(live: list[int]) -> None:
        del live[0]

    busy = dict.fromkeys(range(2, 100, 2), one_ends)
    server = MovingList(list(range(60)), style, busy)
    listing = await listing_of(server.answer)
    assert listing.moved
    assert listing.complete
    assert server.requests <= MAX_READINGS * 21


async def test_a_total_that_counts_something_else_makes_no_list_moved() -> None:
    server = MovingList(list(range(8)), "meta")
    right = server.answer

    def answer(request: httpx.Request) -> httpx.Response:
        body = right(request).json()
        body["meta"]["total"] = 3
        return said(body)

    listing = await listing_of(answer)
    assert (len(listing.sessions), listing.moved) == (8, False)
    assert server.requests == 3 + 3  # the second reading holds all that the first one did
