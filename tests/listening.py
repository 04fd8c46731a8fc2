"""Servers on real sockets of this machine that do to their clients what a test wants."""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from concurrent.futures import Future
from typing import TypeVar

_SECONDS_TO_START = 10

Found = TypeVar("Found")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """A port where `serve` answers each connection. Nothing is left open after the block."""
    serving: set[asyncio.Task[object] | None] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        try:
            with contextlib.suppress(
                OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
            ):
                await serve(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]
        tasks = [task for task in serving if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with a reset: what is still under way is lost."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


@contextlib.contextmanager
def in_a_thread(server: contextlib.AbstractAsyncContextManager[Found]) -> Generator[Found]:
    """What the server gives, which runs in a thread as long as the block."""
    begun, over = Future[Found](), Future[None]()

    async def serve() -> None:
        async with server as found:
            begun.set_result(found)
            await asyncio.wrap_future(over)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="server")
    thread.start()
    try:
        yield begun.result(_SECONDS_TO_START)
    finally:
        over.set_result(None)
        thread.join()
