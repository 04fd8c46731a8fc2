"""What a call costs through the proxy, beside the same call without it."""

import asyncio
import json
import time
from contextlib import AsyncExitStack, suppress

from tests.benchmarks import programs
from tests.benchmarks.measured import Measured, memory_mib

BEHIND = 0.05
"""Seconds that the server takes for an answer."""

CALLS = 200
CONNECTIONS = 1000
CLIENTS = 20
LOGINS = 5000

_USER = {"email": "a@b.c", "authentication_token": "QEX" + "t0k3n" * 8, "app": {"app_code": "a-1"}}
_BODY = json.dumps({"data": {"user": _USER, "long_lived_token": "LLT" + "l0ng" * 9}}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(_BODY),
    _BODY,
)
HELD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
CALL = b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"
_FORM = b"email=a%40b.c&password=secret"
LOGIN = (
    b"POST /api/v1/auth HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n%b" % (len(_FORM), _FORM)
)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.CancelledError):  # at the end
        while head := await reader.read(65_536):
            if head.startswith(b"GET /held"):
                writer.write(HELD)
                continue
            await asyncio.sleep(BEHIND)
            writer.write(ANSWER)
    writer.close()


class Client:
    """One connection that is kept."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def to(cls, port: int) -> "Client":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> float:
        """Ask and read the answer; return the milliseconds."""
        begun = time.perf_counter()
        self.writer.write(request)
        await self.reader.readuntil(_BODY[-20:])
        return (time.perf_counter() - begun) * 1000


def proxy(_runs: int, measured: Measured) -> None:
    """Calls with 50 ms behind, also beside 1,000 held connections; logins from memory."""
    asyncio.run(_measure(measured))


async def _measure(measured: Measured) -> None:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=2 * CONNECTIONS)
        )
        behind = server.sockets[0].getsockname()[1]
        port, pid = stack.enter_context(programs.proxy(f"http://127.0.0.1:{behind}"))
        direct, through = await Client.to(behind), await Client.to(port)
        what = "a call, 50 ms behind: directly"
        for _ in range(CALLS):
            measured.add(what, await direct.ask(CALL))
            goal = "5 ms more"
            measured.add("…: by the proxy", await through.ask(CALL), base=what, goal=goal)
        clients = [await Client.to(port) for _ in range(CLIENTS)]
        await clients[0].ask(LOGIN)
        begun = time.perf_counter()

        async def log_in(client: Client) -> None:
            for _ in range(LOGINS // CLIENTS):
                await client.ask(LOGIN)

        await asyncio.gather(*map(log_in, clients))
        speed = LOGINS / (time.perf_counter() - begun)
        measured.add("logins from memory", speed, "/s", goal="2,000")
        held = [await Client.to(port) for _ in range(CONNECTIONS - CLIENTS - 1)]
        for client in held:
            client.writer.write(b"GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for client in held:
            await client.reader.readuntil(b"1\r\nx")
        for _ in range(CALLS):
            measured.add("…: beside 1,000 connections", await through.ask(CALL), base=what)
        measured.add("memory with them", memory_mib(pid)[0], "MiB")
