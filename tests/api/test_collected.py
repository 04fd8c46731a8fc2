"""What the entries of a list hold together: one id for one session, and nothing dropped."""

from collections.abc import Iterable, Sequence

import pytest

from qiscus_tui.api.list.listing import Listing, read_listing
from qiscus_tui.api.list.rows import MOST_REMEMBERED, Rows
from qiscus_tui.model.timestamps import rfc3339
from tests.api.serving import LONG_LIVED, answering, client_of, said, token_of
from tests.clocks import ManualClock


async def read(clock: ManualClock, *pages: Sequence[object]) -> Listing:
    answers = [
        said({"data": page, "meta": {"after": f"x{number}"} if number < len(pages) else {}})
        for number, page in enumerate(pages, 1)
    ]
    async with client_of(answering(*answers), clock) as client:
        return await read_listing(client, LONG_LIVED, None)


@pytest.fixture
def one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the token, the id is the same."""

    def always(texts: Iterable[str]) -> list[str]:
        return ["aaaaaaaaaaaa" for _ in texts]

    monkeypatch.setattr("qiscus_tui.api.list.entries.fingerprints", always)


@pytest.mark.usefixtures("one_id")
@pytest.mark.parametrize("on_one_page", [True, False])
async def test_an_id_that_two_sessions_share_is_told(clock: ManualClock, on_one_page: bool) -> None:
    a, b = {"token": token_of("a")}, {"token": token_of("b")}
    listing = await read(clock, *([[a, b]] if on_one_page else [[a], [b]]))
    assert listing.shared_ids == {"aaaaaaaaaaaa"}
    assert listing.unreadable == 1


async def test_a_token_with_two_server_ids_is_one_session_where_it_is_revoked_by_its_token(
    clock: ManualClock,
) -> None:
    rows = [{"token": token_of("a"), "id": 1}, {"token": token_of("a"), "id": 2}]
    assert not (await read(clock, rows)).shared_ids  # it is revoked by its token


async def test_two_rows_without_tokens_that_look_the_same_may_be_two_sessions(
    clock: ManualClock,
) -> None:
    listing = await read(clock, [{"id": 7}, {"id": 7}])
    assert len(listing.shared_ids) == 1


@pytest.mark.parametrize("on_one_page", [True, False])
async def test_another_row_of_a_session_is_kept_where_it_names_another_client(
    clock: ManualClock, on_one_page: bool
) -> None:
    first = {"token": token_of("a"), "ip": "10.0.0.1"}
    second = {"token": token_of("a"), "ip": "10.2.0.1"}
    listing = await read(clock, *([[first, second]] if on_one_page else [[first], [second]]))
    assert len(listing.sessions) == 1
    assert [row.ip for row in listing.other_rows] == ["10.2.0.1"]
    assert (listing.shared_ids, listing.unreadable) == (frozenset(), 0)


@pytest.mark.parametrize("on_one_page", [True, False])
@pytest.mark.parametrize("turned", [True, False])
async def test_a_token_in_two_rows_has_the_latest_of_their_times(
    clock: ManualClock, on_one_page: bool, turned: bool
) -> None:
    rows = [
        {"token": token_of("a"), "created_at": "2026-10-02T10:00:00Z", "last_used_at": None},
        {
            "token": token_of("a"),
            "created_at": "2026-10-01T10:00:00Z",
            "last_used_at": "2026-10-03T10:00:00Z",
        },
    ]
    rows = rows[::-1] if turned else rows
    (session,) = (await read(clock, *([rows] if on_one_page else [[one] for one in rows]))).sessions
    assert session.created_at is not None
    assert rfc3339(session.created_at) == "2026-10-02T10:00:00Z"
    assert session.rows == 2
    assert session.last_used_at is not None
    assert rfc3339(session.last_used_at) == "2026-10-03T10:00:00Z"


async def test_unreadable_entries_are_told_apart_whatever_the_order_of_their_fields(
    clock: ManualClock,
) -> None:
    entries = [{"a": 1, "b": [None]}, {"x": "\ud800"}, {"x": 2}]
    one = await read(clock, [entries[0], entries[1]])
    same = await read(clock, [entries[1]], [{"b": [None], "a": 1}])
    other = await read(clock, [entries[0], entries[2]])
    assert one.unreadable_entries == same.unreadable_entries
    assert one.unreadable_entries != other.unreadable_entries
    assert one.unreadable == other.unreadable == 2


def test_past_the_bound_unreadable_entries_count_and_are_not_remembered() -> None:
    collected = Rows()
    for number in range(MOST_REMEMBERED + 5):
        collected.add_unreadable(number)
    assert collected.unreadable == MOST_REMEMBERED + 5
    assert collected.unreadable_entries.total() == MOST_REMEMBERED
