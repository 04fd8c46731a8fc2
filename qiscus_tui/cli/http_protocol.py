"""How our servers read requests: as they arrive, no head without end, no work for who has gone.

httptools refuses what two servers could read in two ways: both lengths, a bare line feed, folded
lines. It needs the extra `sandbox` or `proxy`.
"""

import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 64 * 1024
"""Bytes of the request line and headers."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection, whose requests are answered one after the other.

    The application gets the whole target as it arrived for `raw_path`.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._application, self.app = self.app, self._answer  # type: ignore[assignment]
        self._answering: asyncio.Task[None] | None = None
        self._head: int | None = 0
        """Bytes of the head so far; None while a body arrives."""

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._answering = asyncio.current_task()
        await self._application(scope, receive, send)  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up the answer: nobody waits for it."""
        super().connection_lost(exc)
        if self._answering is not None:
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        """Read what arrived."""
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if (self._head or 0) > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """Start the request."""
        self._head = None
        super().on_headers_complete()
        self.scope["raw_path"] = self.url

    def on_message_complete(self) -> None:
        """End the request; another head may follow."""
        self._head = 0
        super().on_message_complete()
