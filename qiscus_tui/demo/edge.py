"""What the demo does to every answer: the server's time, and a chosen slowness."""

from collections.abc import Awaitable, Callable
from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qiscus_tui.demo.state import Clock

Sleep = Callable[[float], Awaitable[object]]
"""Waits for a number of seconds; `asyncio.sleep` but in tests."""


class Edge:
    """ASGI middleware: a `Date` from the demo's own clock, and a pause before each request."""

    def __init__(self, app: ASGIApp, clock: Clock, latency_ms: float, sleep: Sleep) -> None:
        self._app = app
        self._clock = clock
        self._latency = latency_ms / 1000
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Date"] = formatdate(self._clock.now(), usegmt=True)
            await send(message)

        if self._latency > 0:
            await self._sleep(self._latency)
        await self._app(scope, receive, dated)
