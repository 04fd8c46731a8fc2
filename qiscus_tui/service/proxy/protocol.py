"""How the proxy reads requests: as they arrive, and no head without end.

httptools refuses what two servers could read in two ways: both lengths, a bare line feed, folded
lines. It needs the extra `proxy`.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from qiscus_tui.service.proxy.app import TARGET

LONGEST_HEAD = 64 * 1024
"""Bytes of the request line and headers."""


class BoundedProtocol(HttpToolsProtocol):
    """Gives the application the target as it arrived, and bounds the head of a request."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._head: int | None = 0
        """Bytes of the head so far; None while a body arrives."""

    def data_received(self, data: bytes) -> None:
        """Read what arrived."""
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if (self._head or 0) > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """Start the request."""
        self.scope[TARGET] = self.url  # type: ignore[typeddict-unknown-key]
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End the request; another head may follow."""
        self._head = 0
        super().on_message_complete()
