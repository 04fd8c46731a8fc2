"""A client of the API whose server is a function, and answers for it to give."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.contract import Contract
from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.api.list.rows import Listing
from qiscus_tui.api.replies import NewTokens
from qiscus_tui.api.retry import RetryPolicy
from qiscus_tui.api.wire import WireSettings
from qiscus_tui.model.account import Origin, parse_origin
from qiscus_tui.model.clock import Clock
from tests.clocks import ManualClock
from tests.listening import listening, reset

ORIGIN = parse_origin("https://demo.invalid")
LONG_LIVED = "LLT-the-long-lived-token"
SHORT_LIVED = "QEX-the-short-lived-token"
SECRET_KEY = "the-secret-key"
PASSWORD = "the pass word"
APP_ID = "demo-app"

Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class Server:
    """Answers with `handler` and remembers what it was asked."""

    handler: Handler
    requests: list[httpx.Request] = field(default_factory=list[httpx.Request])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.handler(request)


def client_of(
    handler: Handler | httpx.AsyncBaseTransport,
    clock: Clock | None = None,
    *,
    contract: Contract | None = None,
    origin: Origin = ORIGIN,
    app_id: str = APP_ID,
) -> ApiClient:
    """A client that reaches `handler` and nothing else; without jitter."""
    transport = (
        handler if isinstance(handler, httpx.AsyncBaseTransport) else httpx.MockTransport(handler)
    )
    settings, clock = WireSettings(transport=transport), clock or ManualClock()
    return ApiClient(origin, app_id, settings, clock, contract, RetryPolicy(clock, lambda: 1.0))


async def listing_of(
    handler: Handler | httpx.AsyncBaseTransport, clock: Clock | None = None, own: str | None = None
) -> Listing:
    """The list of a server, read with our own short-lived token, if any."""
    async with client_of(handler, clock) as client:
        return await read_listing(client, LONG_LIVED, own)


def answering(*answers: httpx.Response | Exception) -> Server:
    """A server that gives these answers in turn, the last one for ever."""
    waiting = list(answers)

    def handler(request: httpx.Request) -> httpx.Response:
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return again(answer)

    return Server(handler)


def in_pages(*pages: Sequence[object], **meta: object) -> Server:
    """A server with these numbered pages, and with this beside each."""

    def handler(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", 1))
        beside = {"page": page, "total_page": len(pages), **meta}
        return said({"data": pages[page - 1], "meta": beside})

    return Server(handler)


def again(answer: httpx.Response) -> httpx.Response:
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def said(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    return raw(json.dumps(value).encode(), status, headers)


def raw(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, headers=dict(headers or {}), content=body)


@contextlib.asynccontextmanager
async def answering_port(
    answer: bytes,
    *,
    polite: bool = True,
    endless: bytes | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncGenerator[tuple[int, list[bytes]]]:
    """A port where each request gets that; and what was asked. Then it ends, or never does."""
    asked: list[bytes] = []

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        while endless is not None and not writer.is_closing():
            writer.write(endless)
            await writer.drain()
            await asyncio.sleep(0.01)
        if not polite:
            reset(writer)

    async with listening(answered, tls) as port:
        yield port, asked


class Pieces(httpx.AsyncByteStream):
    """A body that arrives in these pieces; then the connection breaks off, if it is to."""

    def __init__(
        self,
        pieces: Iterable[bytes],
        before_each: Callable[[], None] = lambda: None,
        *,
        breaks_off: bool = False,
    ) -> None:
        self._pieces = pieces
        self._before_each = before_each
        self._breaks_off = breaks_off

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self._before_each()
            yield piece
        if self._breaks_off:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete body")


def token_of(name: object) -> str:
    """Return a token of an ordinary length."""
    return f"QEX-the-token-of-row-{name}"


def names(listing: Listing) -> list[str]:
    """Return the names of the tokens in a list, as `token_of` has them."""
    return [(one.token or "").removeprefix(token_of("")) for one in listing.sessions]


def short_of(new: NewTokens) -> str:
    """Return the short-lived token in an answer that has one."""
    assert new.short_lived is not None
    return new.short_lived.token


def now() -> float:
    """The server's time where none of its answers says it."""
    return 1_795_000_000.0
