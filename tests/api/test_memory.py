"""What an answer takes of memory is reckoned before it is decoded, and bounded."""

import tracemalloc
from collections.abc import Callable

import pytest

from qiscus_tui.api import memory
from qiscus_tui.api.decode import decode_json
from qiscus_tui.api.listing import read_listing
from qiscus_tui.api.memory import decoded_size
from qiscus_tui.errors import Unreadable
from tests.api.serving import LONG_LIVED, answering, client_of, raw
from tests.clocks import ManualClock

MANY = 20_000


def repeated(entry: Callable[[int], str], around: str = "[]") -> bytes:
    return f"{around[0]}{','.join(map(entry, range(MANY)))}{around[1]}".encode()


SHAPES = {
    "lists": repeated(lambda _: "[]"),
    "objects": repeated(lambda _: "{}"),
    "numbers": repeated(str),
    "strings": repeated(lambda n: f'"{n}"'),
    "small objects": repeated(lambda n: f'{{"id":{n}}}'),
    "one object": repeated(lambda n: f'"{n}":"{n}"', "{}"),
    "keys of their own": repeated(lambda n: f'{{"k{n}":{{"l{n}":[{n}]}}}}'),
    "wide": repeated(lambda n: f'"é{n}…\U0001f600"'),
    "wide and long": f'["\U0001f600{"x" * 2_000_000}"]'.encode(),
    "escaped and long": b'["\\ud83d\\ude00' + b"x" * 2_000_000 + b'"]',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_it_takes_hardly_more_than_was_reckoned(shape: str) -> None:
    text = SHAPES[shape]
    tracemalloc.start()
    try:
        decode_json(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 1.3 * (len(text) + decoded_size(text))


async def listed(body: bytes, clock: ManualClock) -> int:
    async with client_of(answering(raw(body)), clock) as client:
        return len((await read_listing(client, LONG_LIVED, None)).sessions)


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_would_take_too_much_is_not_read_on(
    shape: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST", 500_000)
    monkeypatch.setattr(memory, "_SMALL", 0)
    with pytest.raises(Unreadable, match="MB of memory and was not read further"):
        await listed(SHAPES[shape], clock)


@pytest.mark.parametrize(
    "entry",
    [
        '{"id":%d}',
        '{"token":"QEX%d","user_agent":"curl \U0001f600 8"}',
        '{"id":%d,"tags":[[],[],[]]}',
    ],
)
async def test_sessions_take_what_is_left(
    entry: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = (repeated(lambda n: entry % n).split(b",{")[:count] for count in (1000, 6000))
    monkeypatch.setattr(memory, "MOST", 4_000_000)
    assert await listed(b",{".join(few) + b"]", clock) == 1000
    with pytest.raises(Unreadable, match="was not read further"):
        await listed(b",{".join(many) + b"]", clock)


async def test_the_bound_holds_for_all_pages_together(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST", 4_000_000)

    def page(number: int) -> bytes:
        entries = ",".join(f'{{"id":{number * 1000 + n}}}' for n in range(1000))
        return f'{{"data":[{entries}],"meta":{{"cursor_after":"c{number}"}}}}'.encode()

    pages = [raw(page(number)) for number in range(9)]
    async with client_of(answering(*pages), clock) as client:
        with pytest.raises(Unreadable, match="was not read further"):
            await read_listing(client, LONG_LIVED, None)
