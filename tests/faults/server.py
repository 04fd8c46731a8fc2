"""The demo API on a real socket, behind a layer that can do to every request what networks do.

It keeps count from the server's side: what was asked for, and what was really carried out.
"""

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from tests.listening import in_a_thread, listening, reset
from tests.sandbox import Call, DemoState
from tests.sandbox.app import call_named, calls_of, demo_app


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    """With its query."""
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def head(self) -> bytes:
        """Status line and headers, with the blank line."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Strange"
        headers = dict(self.headers)
        if self.status != HTTPStatus.NO_CONTENT:
            headers.setdefault("content-length", str(len(self.body)))
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """The next request of a connection; None where the client is done or went away."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, OSError):
        return None
    return Asked(method, path, headers, body)


Behaviour = Callable[["Exchange"], Awaitable[None]]
"""What is done with one request; `obeys` answers it as the demo does."""

Chooser = Callable[[Call], Behaviour]


@dataclass(eq=False)
class Exchange:
    """One request on one connection, and everything that can be done about it."""

    server: "FaultyServer"
    asked: Asked
    call: Call | None
    """None for a path that the API does not have."""
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    """Which request of its connection this is, from 1."""
    ended: bool = False
    """Whether the connection is over."""

    async def carried_out(self) -> Reply:
        """Let the demo do it, and count it; gives the answer, which is not sent."""
        peer = self.writer.get_extra_info("peername")
        said = await self.server.ask_demo(self.asked, (peer[0], peer[1]))
        if self.call is not None and said.status < 300:
            self.server.done[self.call] += 1
        return said

    async def say(self, said: Reply) -> None:
        await self.write(said.head + said.body)

    async def write(self, data: bytes) -> None:
        """Send bytes; a client that went away ends the connection."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except OSError:
            self.ended = True

    async def wait_for_the_client_to_leave(self) -> None:
        """Say nothing until the client gives up."""
        with contextlib.suppress(OSError):
            await self.reader.read()
        self.ended = True

    def close(self) -> None:
        """End the connection in good order."""
        self.ended = True

    def reset(self) -> None:
        """End the connection with a reset."""
        self.ended = True
        reset(self.writer)


async def obeys(x: Exchange) -> None:
    """Carry it out and say so."""
    await x.say(await x.carried_out())


@dataclass(eq=False)
class FaultyServer:
    """One demo account behind a socket. Change `behaves` at any time."""

    state: DemoState
    tls: ssl.SSLContext | None = None
    behaves: Chooser = lambda _: obeys
    otherwise: Behaviour = obeys
    """What is done with a path that the API does not have."""
    asked: Counter[Call] = field(default_factory=Counter[Call])
    """How often each call arrived."""
    done: Counter[Call] = field(default_factory=Counter[Call])
    """How often each call was carried out, whether or not its answer arrived."""
    connections: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._app = demo_app(self.state)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    def strikes(self, call: Call | None, behaviour: Behaviour) -> None:
        """Do this to every request of a call (None: of any), and obey the others."""
        self.behaves = lambda asked: behaviour if call in {None, asked} else obeys

    def forget_counts(self) -> None:
        self.asked.clear()
        self.done.clear()

    @contextlib.contextmanager
    def running(self) -> Generator["FaultyServer"]:
        """Serve from a thread as long as the block runs."""
        with in_a_thread(listening(self._serve, self.tls)) as self.port:
            yield self

    async def ask_demo(self, asked: Asked, client: tuple[str, int]) -> Reply:
        transport = httpx.ASGITransport(self._app, client=client)
        request = httpx.Request(
            asked.method,
            f"http://demo.invalid{asked.path}",
            headers={k: v for k, v in asked.headers.items() if k != "host"},
            content=asked.body,
        )
        response = await transport.handle_async_request(request)
        body = await response.aread()
        await response.aclose()
        headers = {k: v for k, v in response.headers.items() if k != "content-length"}
        return Reply(response.status_code, headers, body)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = 0
        while (asked := await read_request(reader)) is not None:
            number += 1
            call = self._call_of(asked)
            if call is not None:
                self.asked[call] += 1
            x = Exchange(self, asked, call, reader, writer, number)
            await (self.behaves(call) if call is not None else self.otherwise)(x)
            if x.ended:
                return

    def _call_of(self, asked: Asked) -> Call | None:
        calls = calls_of(self.state.dialect.paths)
        name = calls.get((asked.method, urlsplit(asked.path).path))
        return None if name is None else call_named(name)
