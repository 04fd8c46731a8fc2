"""What makes a reading of the list whole, and what does not."""

from collections.abc import Mapping, Sequence

import httpx
import pytest

from qiscus_tui.api.list.pages import OTHER_PAGE, find_page, read_paging, shortfall
from qiscus_tui.errors import QiscusTuiError, ServerFault, ServerRefused, TokenInvalid, Unreadable
from tests.api.serving import LONG_LIVED, Server, again, in_pages, listing_of, said, token_of
from tests.api.serving import names as token_names

ALL, SIZE = 8, 3
ROWS = [{"token": token_of(n)} for n in range(ALL)]
FIRST = ROWS[:SIZE]


def reason(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> str:
    """Return why an answer is not the whole list, if nothing more can be had."""
    page = find_page(body)
    said_of_it = read_paging(page, status, httpx.Headers(headers), {LONG_LIVED})
    return shortfall([said_of_it], len(page.entries))


# One answer

COUNTED = f"{SIZE} of {ALL} listed"
MORE_NAMED = [
    {"has_more": True},
    {"hasMore": True},
    {"has_next": 1},
    {"has_next_page": "true"},
    {"truncated": True},
    {"next": "https://demo.invalid/more"},
    {"next": {"href": "/more"}},
    {"next_page": 2},
    {"next_page_url": "/more?page=2"},
    {"nextPageUrl": "/more?page=2"},
    {"next_cursor": "abc"},
    {"next_page_token": "abc"},
    {"links": {"next": "/more"}},
    {"_links": {"next": {"href": "/more"}}},
    {"page_info": {"hasNextPage": True, "endCursor": "abc"}},
    {"pagination": {"more_available": True}},
    {"@odata.nextLink": "https://demo.invalid/more"},
    {"nextRecordsUrl": "/more"},
    {"more_results": True},
    {"remaining": 5},
    {"is_last": False},
    {"last": False},
    {"done": False},
    {"response_metadata": {"next_cursor": "abc"}},
]
TOTAL_NAMED = [
    {"total": ALL},
    {"total": str(ALL)},
    {"total": float(ALL)},
    {"total_count": ALL},
    {"totalCount": ALL},
    {"total_items": ALL},
    {"count": ALL},
    {"pagination": {"total": ALL}},
    {"result_info": {"total_count": ALL}},
    {"totalSize": ALL},
    {"@odata.count": ALL},
]
PLACES = ["meta", "envelope", "data", "data.meta", "page object"]


def placed(place: str, fields: Mapping[str, object], rows: Sequence[object] = FIRST) -> object:
    match place:
        case "envelope":
            return {"data": rows, **fields}
        case "data":
            return {"data": {"tokens": rows, **fields}}
        case "data.meta":
            return {"data": {"tokens": rows, "meta": fields}}
        case "page object":
            return {"data": {"current_page": 1, "data": rows, **fields}}
        case _:
            return {"data": rows, "meta": fields}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fields", MORE_NAMED, ids=str)
def test_a_name_that_says_that_more_follows_is_believed(
    place: str, fields: Mapping[str, object]
) -> None:
    assert reason(placed(place, fields)).startswith("the answer says that more follows (")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fields", TOTAL_NAMED, ids=str)
def test_a_number_above_the_rows_is_told(place: str, fields: Mapping[str, object]) -> None:
    assert reason(placed(place, fields)) == COUNTED


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"X-Total-Count": str(ALL)}, COUNTED),
        ({"X-Total": str(ALL)}, COUNTED),
        ({"Total-Count": str(ALL)}, COUNTED),
        ({"X-Has-More": "true"}, "the answer says that more follows (has_more)"),
        ({"X-Next-Page": "2"}, "the answer says that more follows (next_page)"),
        (
            {"Link": '</a?page=1>; rel="first", </a?page=2>; rel="next"'},
            "the answer says that more follows (Link: rel=next)",
        ),
        ({"Link": "</a?page=2>; rel=next"}, "the answer says that more follows (Link: rel=next)"),
        ({"Warning": '110 - "Response is Stale"'}, 'the answer has a warning: 110 - "Respo'),
        ({"Link": '</style.css>; rel="preload"'}, ""),
        ({"X-Total-Count": str(SIZE), "X-Next-Page": ""}, ""),
        ({"X-RateLimit-Limit": "100", "X-Count": "1"}, ""),
    ],
    ids=str,
)
@pytest.mark.parametrize("body", [FIRST, {"data": FIRST}], ids=["body", "data"])
def test_headers_say_it_too(headers: dict[str, str], why: str, body: object) -> None:
    found = reason(body, headers=headers)
    assert found.startswith(why)
    assert bool(found) is bool(why)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (202, "the answer was 202 Accepted"),
        (206, "the answer was 206 Partial Content"),
        (207, "the answer was 207 Multi-Status"),
        (200, ""),
        (201, ""),
        (203, ""),
    ],
)
def test_the_status_of_a_part_is_told(status: int, why: str) -> None:
    assert reason({"data": FIRST}, status) == why


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"warnings": ["shard 3 is down"]}, "the answer has a warning: shard 3 is down"),
        ({"warning": {"message": "partial"}}, "the answer has a warning: partial"),
        ({"warnings": f"not for {LONG_LIVED}"}, "the answer has a warning: not for [hidden]"),
        ({"warnings": [1]}, "the answer has a warning"),
        ({"meta": {"warnings": ["partial\x1b[2J"]}}, "the answer has a warning: partial"),
        ({"partial": True}, "the answer says that it is not all (partial)"),
        ({"status": "partial"}, "the answer has the status 'partial'"),
        ({"status": "queued"}, "the answer has the status 'queued'"),
        ({"meta": {"status": "Processing"}}, "the answer has the status 'processing'"),
        # an object around the list
        (
            {"data": {"tokens": FIRST, "errors": ["shard 3 is down"]}},
            "the answer says that it failed",
        ),
        ({"data": {"tokens": FIRST, "isSuccess": False}}, "the answer says that it failed"),
        ({"data": {"tokens": FIRST, "status": "error"}}, "the answer says that it failed"),
    ],
    ids=str,
)
def test_an_answer_that_says_that_it_is_not_all_is_believed(
    fields: Mapping[str, object], why: str
) -> None:
    found = reason({"data": FIRST, **fields})
    assert found.startswith(why)
    assert "\x1b" not in found


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"total": SIZE},
        {"total": SIZE - 1},  # of something else
        {"total": None},
        {"total": True},
        {"total": "many"},
        {"total_page": 1, "page": 1, "per_page": SIZE},
        {"last": True, "done": True, "remaining": 0},
        {"links": {"last": None, "next": None}},
        {"count": SIZE, "has_more": False, "next": None, "next_cursor": ""},
        {"links": {"next": None, "last": "/x"}, "truncated": False},
        {"limit": SIZE, "offset": 0, "total": SIZE},
        {"after": None, "limit": SIZE},
        {"status": 200, "success": True, "message": "ok", "warnings": []},
        {"user": {"count": 900, "total": 900, "has_more": True}},
        {"meta": {"meta": {"meta": {"total": 900}}}},  # too deep to be about the list
    ],
    ids=str,
)
@pytest.mark.parametrize("place", ["meta", "envelope", "data"])
def test_an_answer_that_names_no_more_than_it_holds_is_whole(
    place: str, fields: Mapping[str, object]
) -> None:
    assert reason(placed(place, fields)) == ""


# What can be followed


STYLES = [
    ("meta", "page, per_page, total"),
    ("page object", "current_page, total"),
    ("meta", "page, per_page"),
    ("meta", "page, has_more"),
    ("meta", "total_pages"),
    ("meta", "page, total_page"),
    ("meta", "next_page"),
    ("data.meta", "limit, offset, total"),
    ("meta", "limit, offset"),
    ("meta", "offset, has_more"),
    ("envelope", "limit, total"),
    ("headers", "X-Page, X-Total-Count"),
]
"""Where the numbers are, and which."""


def paged(place: str, names: str, knows: str) -> Server:
    """Return a server of eight rows, three on a page, that knows one of the two parameters."""

    def answer(request: httpx.Request) -> httpx.Response:
        query = request.url.params
        page = int(query.get("page", 1)) if knows == "page" else 1
        begin = int(query.get("offset", 0)) if knows == "offset" else (page - 1) * SIZE
        rows, more = ROWS[begin : begin + SIZE], begin + SIZE < ALL
        numbers: dict[str, object] = {
            **dict.fromkeys(("page", "current_page", "X-Page"), page),
            **dict.fromkeys(("per_page", "limit"), SIZE),
            **dict.fromkeys(("total", "X-Total-Count"), ALL),
            "has_more": more,
            "offset": begin,
            **dict.fromkeys(("total_pages", "total_page"), 3),
            "next_page": page + 1 if more else None,
        }
        fields = {name: numbers[name] for name in names.split(", ")}
        if place == "headers":
            return said(rows, headers={name: str(number) for name, number in fields.items()})
        return said(placed(place, fields, rows))

    return Server(answer)


@pytest.mark.parametrize(("place", "names"), STYLES)
async def test_pages_named_by_numbers_are_followed_to_their_end(place: str, names: str) -> None:
    knows = "offset" if "offset" in names or "limit" in names else "page"
    listing = await listing_of(paged(place, names, knows))
    assert [one.token for one in listing.sessions] == [row["token"] for row in ROWS]
    assert (listing.incomplete_because, listing.moved) == ("", False)


@pytest.mark.parametrize(("place", "names"), STYLES)
async def test_a_server_that_gives_the_first_page_again_is_not_read_whole(
    place: str, names: str
) -> None:
    server = paged(place, names, knows="")
    listing = await listing_of(server)
    assert len(listing.sessions) == SIZE
    is_counted = {"total", "X-Total-Count"} & {*names.split(", ")}
    assert listing.incomplete_because == (COUNTED if is_counted else OTHER_PAGE)
    assert len(server.requests) == 2


@pytest.mark.parametrize("meta", [{"page": 3, "total_page": 3}, {"offset": 5}, {"page": 2}])
async def test_a_first_answer_that_is_not_the_first_page_is_not_whole(meta: dict[str, int]) -> None:
    listing = await listing_of(Server(lambda _: said({"data": FIRST, "meta": meta})))
    assert listing.incomplete_because == OTHER_PAGE


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_a_next_page_that_is_refused_leaves_the_list_incomplete(status: int) -> None:
    first = said({"data": FIRST, "meta": {"page": 1, "per_page": SIZE}})
    server = Server(lambda request: said({}, status) if request.url.query else again(first))
    listing = await listing_of(server)
    assert len(listing.sessions) == SIZE
    assert listing.incomplete_because.startswith(f"the server refused the next page ({status}")


@pytest.mark.parametrize(
    ("beside", "end", "why"),
    [
        ({"limit": SIZE}, {"limit": SIZE}, ""),  # a full last page is the last
        ({"limit": SIZE}, {"limit": SIZE, "after": None}, ""),
        ({"limit": SIZE}, {}, ""),
        ({"total": ALL}, {"total": ALL, "after": ""}, "6 of 8 listed"),
    ],
)
async def test_cursor_pages_end_where_none_follows_and_are_whole_unless_their_total_is_larger(
    beside: dict[str, object], end: dict[str, object], why: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.query:
            return said({"data": ROWS[3:6], "meta": end})
        return said({"data": ROWS[:3], "meta": {"after": "x", **beside}})

    server = Server(answer)
    listing = await listing_of(server)
    assert (len(listing.sessions), listing.incomplete_because, listing.moved) == (6, why, False)
    assert len(server.requests) == 2


@pytest.mark.parametrize("total", [ALL, None])
async def test_a_page_order_that_lists_one_row_twice_and_one_never_is_not_whole(
    total: int | None,
) -> None:
    """Each reading is the same, so that nothing seems to move."""
    listing = await listing_of(in_pages(ROWS[0:3], ROWS[2:5], ROWS[6:8], total=total))
    assert token_names(listing) == [*"0123467"]
    why = "7 of 8 listed" if total else "a session is on two pages, so another may be on none"
    assert (listing.incomplete_because, listing.moved, listing.unreadable) == (why, False, 0)


async def test_a_token_in_two_rows_with_different_facts_is_no_row_that_moved() -> None:
    first = {"token": token_of("a"), "ip": "10.0.0.1"}
    other = {"token": token_of("a"), "ip": "10.0.0.2"}
    listing = await listing_of(in_pages([first, ROWS[0]], [other, ROWS[1]], total=4))
    assert (len(listing.sessions), listing.complete, listing.moved) == (4, True, False)


# Answers that say that they failed


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"status": 500, "data": []}, ServerFault),
        ({"meta": {"code": 502}, "data": []}, ServerFault),
        ({"status": 401, "data": []}, TokenInvalid),
        ({"success": False, "data": []}, QiscusTuiError),
        ({"success": "false", "data": ROWS}, QiscusTuiError),
        ({"errors": "boom", "data": {}}, ServerRefused),
        ({"data": {}}, Unreadable),
    ],
    ids=str,
)
async def test_a_200_that_says_that_it_failed_is_no_empty_list(
    body: object, error: type[QiscusTuiError]
) -> None:
    with pytest.raises(error):
        await listing_of(Server(lambda _: said(body)))
