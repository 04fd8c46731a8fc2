"""Rows of numbered pages that move while the list is read: it is noticed, and read again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from qiscus_tui.api.list.listing import MAX_READINGS
from qiscus_tui.api.list.rows import Listing
from tests.api.serving import listing_of, names, said, token_of

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


def listed(listing: Listing) -> set[str]:
    return set(names(listing))


def named(server: MovingList) -> set[str]:
    return {str(n) for n in server.live}


@pytest.mark.parametrize("style", STYLES)
async def test_a_list_that_stands_still_is_read_once_and_its_first_page_again(style: str) -> None:
    server = MovingList(list(range(8)), style)
    listing = await listing_of(server.answer)
    assert (listed(listing), listing.moved, server.requests) == (named(server), False, 4)


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
    assert (listed(listing), listing.moved) == (named(server), False)


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
