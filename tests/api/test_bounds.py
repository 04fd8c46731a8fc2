"""An answer is bounded: in bytes, when compressed too, and in time."""

import asyncio
import gzip
import random
import zlib
from collections.abc import Iterator
from itertools import chain, repeat

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.api import answers
from qiscus_tui.api.answers import AnswerStream
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.api.wire import WireSettings
from qiscus_tui.errors import NotQiscus, ServerError, TimedOut, Unreadable
from tests.api.serving import (
    LONG_LIVED,
    ORIGIN,
    SHORT_LIVED,
    Pieces,
    Server,
    answering,
    client_of,
    listing_of,
    raw,
)
from tests.clocks import ManualClock

GZIP = {"Content-Encoding": "gzip"}
LIST = b'{"data":[' + b",".join(b'{"token":"QEX-of-row-%09d"}' % n for n in range(5000)) + b"]}"


async def listed(response: httpx.Response, clock: ManualClock | None = None) -> int:
    return len((await listing_of(lambda _: response, clock)).sessions)


async def inflated(pieces: list[bytes], encoding: str = "gzip") -> bytes:
    headers = {"Content-Encoding": encoding}
    response = httpx.Response(200, headers=headers, stream=Pieces(pieces))
    return await AnswerStream(response, "host", 20, ManualClock()).whole()


async def test_a_list_past_the_bound_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qiscus_tui.api.list.listing.LIST_BODY", 2 * 1024 * 1024)
    given_out = 0

    def endless() -> Iterator[bytes]:
        nonlocal given_out
        yield b'{"data":['
        while True:
            given_out += 1
            yield b'{"token":"a"},' * 1000

    with pytest.raises(Unreadable, match="larger than 2 MB and was not read further"):
        await listed(httpx.Response(200, stream=Pieces(endless())))
    assert given_out < 200


@pytest.mark.parametrize("status", [200, 401, 500])
async def test_an_ordinary_answer_past_the_bound_is_not_read_on(status: int) -> None:
    body = Pieces(b" " * 65_536 for _ in range(10_000))
    async with client_of(lambda _: httpx.Response(status, stream=body)) as client:
        with pytest.raises(Unreadable, match="larger than 4 MB"):
            await client.logout(SHORT_LIVED)


async def test_a_gzip_bomb_is_inflated_a_piece_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    inflate = answers._Gzip.inflated

    def watched(self: answers._Gzip, piece: bytes) -> Iterator[bytes]:
        for part in inflate(self, piece):
            sizes.append(len(part))
            yield part

    monkeypatch.setattr(answers._Gzip, "inflated", watched)
    bomb = gzip.compress(b" " * 100_000_000)
    async with client_of(lambda _: raw(bomb, 200, GZIP)) as client:
        with pytest.raises(Unreadable, match="larger than 4 MB"):
            await client.logout(SHORT_LIVED)
    assert max(sizes) <= 256 * 1024
    assert sum(sizes) < 5_000_000


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate", "compress", "x"])
async def test_other_and_nested_encodings_are_refused(encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    with pytest.raises(Unreadable, match="was not requested"):
        await listed(httpx.Response(200, headers=headers, stream=Pieces([b"anything"])))


async def test_a_compressed_list_is_asked_for_and_read() -> None:
    server = Server(lambda _: raw(gzip.compress(LIST), 200, GZIP))
    assert len((await listing_of(server)).sessions) == 5000
    assert server.requests[0].headers["accept-encoding"] == "gzip"


@settings(max_examples=20, deadline=None)
@given(
    size=st.integers(0, 1_200_000),
    members=st.integers(1, 3),
    cut=st.integers(1, 100_000),
    seed=st.integers(0, 3),
)
async def test_whatever_was_compressed_comes_out(
    size: int, members: int, cut: int, seed: int
) -> None:
    chance = random.Random(seed)
    body = (chance.randbytes(min(size, 20_000)) + b"a" * size) if seed else b"\x00" * size
    packed = gzip.compress(body, 9) * members
    pieces = [packed[at : at + cut] for at in range(0, len(packed), cut)]
    assert await inflated(pieces) == body * members


@pytest.mark.parametrize("size", [0, 256 * 1024, 512 * 1024, 256 * 1024 + 1, 256 * 1024 - 1])
async def test_a_body_of_just_a_piece_is_whole(size: int) -> None:
    assert await inflated([gzip.compress(b"a" * size)] if size else []) == b"a" * size


@pytest.mark.parametrize(
    "body",
    [b"not gzip", zlib.compress(b"x"), gzip.compress(b"x", mtime=0) + b"junk"],
    ids=["no gzip", "zlib", "more after the end"],
)
async def test_damaged_compression_is_said(body: bytes) -> None:
    with pytest.raises(Unreadable, match="compression is damaged"):
        await inflated([body])


@pytest.mark.parametrize("packed", [False, True])
async def test_a_byte_a_second_is_a_time_out(packed: bool, clock: ManualClock) -> None:
    body = gzip.compress(LIST) if packed else LIST
    headers = GZIP if packed else None

    def dripping(_: httpx.Request) -> httpx.Response:
        drops = (body[at : at + 1] for at in range(len(body)))
        return httpx.Response(200, headers=headers, stream=Pieces(drops, lambda: clock.advance(1)))

    started = clock.monotonic()
    with pytest.raises(TimedOut, match="sends too slowly"):
        await listing_of(dripping, clock)
    assert clock.monotonic() - started < 200


async def test_a_slow_line_that_moves_is_no_time_out(clock: ManualClock) -> None:
    pieces = (LIST[at : at + 4096] for at in range(0, len(LIST), 4096))
    drops = Pieces(pieces, lambda: clock.advance(1.9))
    assert await listed(httpx.Response(200, stream=drops), clock) == 5000


async def test_other_tasks_run_while_a_list_arrives_in_tiny_chunks() -> None:
    rounds = 0

    async def others() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    running = asyncio.ensure_future(others())
    at_each: list[int] = []
    tiny = Pieces([b" "] * 100 + [b"[]"], lambda: at_each.append(rounds))
    assert await listed(httpx.Response(200, stream=tiny)) == 0
    running.cancel()
    assert len(set(at_each)) == 101


# What is no answer of the API


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "", "image/png"])
async def test_json_counts_whatever_type_it_claims_to_be(content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert await listed(raw(b'[{"token":"a"}]', 200, headers)) == 1


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_an_empty_yes_is_a_yes_where_nothing_is_asked_for(status: int) -> None:
    async with client_of(answering(raw(b"", status))) as client:
        await client.revoke(LONG_LIVED, "QEX")
        await client.logout(SHORT_LIVED)


@pytest.mark.parametrize("status", [200, 204])
async def test_an_empty_answer_holds_no_list_no_token_and_no_login(status: int) -> None:
    async with client_of(answering(raw(b"", status))) as client:
        with pytest.raises(Unreadable, match="empty"):
            await read_listing(client, LONG_LIVED, None)
        with pytest.raises(Unreadable, match="has no new token") as raised:
            await client.revoke_all(LONG_LIVED)
        assert "qiscus-tui refresh" in raised.value.hint
        with pytest.raises(NotQiscus):
            await client.login("a@b.c", "password")


@pytest.mark.parametrize("status", [300, 304, 305])
async def test_a_status_that_is_no_yes_is_no_yes(status: int) -> None:
    async with client_of(answering(raw(b"", status))) as client:
        with pytest.raises(ServerError):
            await client.revoke(LONG_LIVED, "QEX")
        with pytest.raises(ServerError):
            await read_listing(client, LONG_LIVED, None)


async def test_an_answer_of_too_many_sessions_is_not_read_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qiscus_tui.api.list.listing.MAX_SESSIONS", 4999)
    with pytest.raises(Unreadable, match="more than 4,999 sessions"):
        await listed(raw(LIST))
    monkeypatch.setattr("qiscus_tui.api.list.listing.MAX_SESSIONS", 5000)
    assert await listed(raw(LIST)) == 5000


async def test_a_list_that_goes_on_and_on_is_a_time_out(clock: ManualClock) -> None:
    def endless(_: httpx.Request) -> httpx.Response:
        pieces = chain([b"["], repeat(b'{"token":"a"},' * 100))
        return httpx.Response(200, stream=Pieces(pieces))

    settings = WireSettings(transport=httpx.MockTransport(endless), list_time=0.05)
    async with ApiClient(ORIGIN, "app", settings, clock) as client:
        with pytest.raises(TimedOut, match=r"did not send the whole list within 0\.05 s"):
            await read_listing(client, LONG_LIVED, None)
