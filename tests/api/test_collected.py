"""What the entries of a list hold together: one id for one session, and nothing dropped."""

from collections.abc import Iterable, Sequence

import httpx
import pytest

from qiscus_tui.api.list.rows import MOST_REMEMBERED, Listing, Rows
from qiscus_tui.model.session import Current
from tests.api.serving import listing_of, said, token_of


async def read(*pages: Sequence[object], own: str | None = None) -> Listing:
    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("cursor_after", "x0")[1:])
        meta = {"after": f"x{number + 1}"} if number + 1 < len(pages) else {}
        return said({"data": pages[number], "meta": meta})

    return await listing_of(answer, own=own)


@pytest.fixture
def one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the token, the id is the same."""

    def always(texts: Iterable[str]) -> list[str]:
        return ["aaaaaaaaaaaa" for _ in texts]

    monkeypatch.setattr("qiscus_tui.api.list.entries.fingerprints", always)


@pytest.mark.usefixtures("one_id")
@pytest.mark.parametrize("on_one_page", [True, False])
async def test_two_sessions_with_one_id_are_never_mistaken(on_one_page: bool) -> None:
    a, b = {"token": token_of("a")}, {"token": token_of("b")}
    listing = await read(*([[a, b]] if on_one_page else [[a], [b]]), own=b["token"])
    assert [one.token for one in listing.sessions] == [a["token"]]
    assert (listing.shared_ids, listing.unreadable) == ({"aaaaaaaaaaaa"}, 1)
    assert listing.current is Current.UNKNOWN


@pytest.mark.parametrize("row", [{"id": 7}, "QEX***"])
async def test_two_rows_without_tokens_that_look_the_same_may_be_two_sessions(row: object) -> None:
    listing = await read([row, row, "ABC***"])
    assert (len(listing.sessions), listing.unreadable, len(listing.shared_ids)) == (2, 1, 1)


@pytest.mark.parametrize("on_one_page", [True, False])
async def test_a_token_in_several_rows_is_that_of_no_session(on_one_page: bool) -> None:
    rows = [{"token": token_of("a"), "ip": ip} for ip in ("10.0.0.1", "10.2.0.1")]
    rows.append({"token": token_of("b"), "ip": "10.0.0.1"})
    listing = await read(*([rows] if on_one_page else [[one] for one in rows]))
    assert [one.token for one in listing.sessions] == [None, None, token_of("b")]
    assert (listing.shared_ids, listing.unreadable) == (frozenset(), 0)


async def test_unreadable_entries_are_told_apart_whatever_the_order_of_their_fields() -> None:
    entries = [{"a": 1, "b": [None]}, {"x": "\ud800"}, {"x": 2}]
    one = await read([entries[0], entries[1]])
    same = await read([entries[1]], [{"b": [None], "a": 1}])
    other = await read([entries[0], entries[2]])
    assert one.unreadable_entries == same.unreadable_entries
    assert one.unreadable_entries != other.unreadable_entries
    assert one.unreadable == other.unreadable == 2


def test_past_the_bound_unreadable_entries_count_and_are_not_remembered() -> None:
    collected = Rows()
    for number in range(MOST_REMEMBERED + 5):
        collected.add_unreadable(number)
    assert collected.unreadable == MOST_REMEMBERED + 5
    assert collected.unreadable_entries.total() == MOST_REMEMBERED
