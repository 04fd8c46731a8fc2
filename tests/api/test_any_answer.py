"""Whatever the server answers, the list is read or refused, with an error of ours."""

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.api import contract
from qiscus_tui.api.list.rows import Listing
from qiscus_tui.errors import LoginNeeded, QiscusTuiError, ServerError
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import rfc3339
from tests.api.serving import answering, listing_of, raw, token_of

short = settings(max_examples=50, deadline=None)

NAMES = sorted(
    {name for names in contract.SESSION_FACTS.values() for name in names}
    | {"data", "meta", "errors", "error", "detail", "message", "page", "after", "current_page"}
    | {"last_page", "total_page", "cursor_after", "date", "timezone", "next_page_url"}
)
names = st.one_of(st.sampled_from(NAMES), st.text(max_size=5))
times = st.sampled_from(
    [
        "2026-10-24 09:14:00",
        "9999-12-31 23:59:59",
        "0001-01-01T00:00:00+14:00",
        "2026-10-24T09:14:00Z",
        "2026-10-24 09:14:61",
        1_792_000_000,
        1_792_000_000_000,
        253_402_300_799,
        -1,
        10**30,
        "1" * 400,
    ]
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.text(alphabet=string.printable + "\x1b\x9b\ud800…*", max_size=20),
    times,
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=5)),
    max_leaves=20,
)
entries = st.lists(st.one_of(anything, st.dictionaries(names, anything, max_size=8)), max_size=6)

Wrapped = st.one_of(
    anything,
    anything.map(lambda value: {"data": value}),
    anything.map(lambda value: {"data": {"tokens": value}}),
    entries,
    entries.map(lambda listed: {"data": listed}),
    st.tuples(entries, anything).map(lambda both: {"data": both[0], "meta": both[1]}),
    entries.map(lambda listed: {"data": {"current_page": 1, "last_page": 1, "data": listed}}),
)


async def read(body: bytes, own: str | None = None, status: int = 200) -> Listing:
    return await listing_of(answering(raw(body, status)), own=own)


def must_be_safe(refusal: QiscusTuiError) -> None:
    assert refusal.message == safe(refusal.message)


@short
@given(body=Wrapped)
async def test_any_json_is_a_list_or_a_typed_refusal(body: object) -> None:
    try:
        listing = await read(json.dumps(body).encode(), own="QEX-own")
    except (ServerError, LoginNeeded) as refusal:
        must_be_safe(refusal)
        return
    for session in listing.sessions:
        assert session.safe_agent == safe(session.user_agent or "")
        assert (session.revoke_with is None) is (session.token is None)
        for time in (session.created_at, session.expires_at, session.last_used_at):
            assert time is None or rfc3339(time)
    assert listing.current in {Current.LISTED, Current.UNKNOWN}


@short
@given(listed=entries)
async def test_every_entry_is_a_session_or_counted(listed: list[object]) -> None:
    listing = await read(json.dumps({"data": listed}).encode())
    assert len(listing.sessions) + listing.unreadable == len(listed)


@short
@given(body=st.binary(max_size=200), status=st.sampled_from([200, 204, 304, 401, 404, 500, 599]))
async def test_any_bytes_at_any_status_are_refused_or_read(body: bytes, status: int) -> None:
    try:
        await read(body, status=status)
    except QiscusTuiError as refusal:
        must_be_safe(refusal)


async def test_an_entry_nested_too_deeply_is_counted() -> None:
    deep: object = "x"
    for _ in range(60):
        deep = [deep]
    rows = [{"token": token_of("a")}, {"token": token_of("b"), "x": deep}]
    listing = await read(json.dumps(rows).encode())
    assert [one.token for one in listing.sessions] == [token_of("a")]
    assert listing.unreadable == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"null",
        b"{}",
        b'{"data": null}',
        b'{"data": {}}',
        b'{"data": 3}',
        b"<!doctype html><html></html>",
        b"upstream connect error",
    ],
)
async def test_what_holds_no_list_is_not_an_empty_list(body: bytes) -> None:
    with pytest.raises(ServerError):
        await read(body)


@pytest.mark.parametrize(
    "body",
    [b'{"data":[{"token":"QEXsecret-token"', b'{"token":"QEXsecret-token"}', b'"QEXsecret-token"'],
)
async def test_an_answer_that_cannot_be_read_is_not_quoted(body: bytes) -> None:
    with pytest.raises(ServerError) as raised:
        await read(body)
    assert "QEX" not in f"{raised.value.message}{raised.value.hint}"
