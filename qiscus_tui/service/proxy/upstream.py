"""Passes requests on to one server, unchanged but for what belongs to the connection."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Final
from wsgiref.util import is_hop_by_hop

import httpx

from qiscus_tui.api.answers import transport_error
from qiscus_tui.api.wire import WireSettings, connection_to, shown_proxy, tls_for
from qiscus_tui.errors import OutOfReach
from qiscus_tui.model.account import Origin

MOST_IDLE = 50
"""Connections that are kept for the next request."""

Headers = list[tuple[bytes, bytes]]

_OF_THE_CONNECTION: Final = {b"proxy-connection", b"trailer", b"host", b"expect"}
"""Headers that end here, beside those that HTTP says and `Connection` names.

`Expect` is answered here, once the body is asked for.
"""


def end_to_end(headers: Headers, *dropped: bytes) -> Headers:
    """Return the headers that are passed on, without those `dropped`, in lower case."""
    named = b",".join(value for name, value in headers if name.lower() == b"connection")
    all_dropped = {*_OF_THE_CONNECTION, *dropped, *(n.strip() for n in named.lower().split(b","))}
    return [
        (name, value)
        for name, value in headers
        if name.lower() not in all_dropped and not is_hop_by_hop(name.decode("latin-1"))
    ]


def answer_headers(answer: httpx.Response, *dropped: bytes) -> Headers:
    """Return the headers of an answer that are passed back.

    Those that open it to web pages are not: it is for scripts on this machine.
    """
    if answer.status_code in {204, 304}:  # it has no body, and may name the length of another
        dropped += (b"content-length",)
    passed = end_to_end(answer.headers.raw, *dropped)
    return [one for one in passed if not one[0].lower().startswith(b"access-control-")]


class _Url(httpx.URL):
    """An address whose path and query are sent as they are, not in httpx's normal form.

    (The extension `target` of a request would change the CONNECT to another proxy, too.)
    """

    def __init__(self, origin: Origin, target: bytes) -> None:
        normal = httpx.URL(str(origin))
        super().__init__(normal if target == b"*" else normal.copy_with(raw_path=target))
        self._target = target

    @property
    def raw_path(self) -> bytes:
        return self._target


class Upstream:
    """The one server that requests are passed on to."""

    def __init__(self, origin: Origin, settings: WireSettings) -> None:
        """Raises ConfigError where its certificates or its proxy can't be used."""
        self.origin = origin
        self._settings = settings
        self._tls = tls_for(origin, settings)
        self._idle = [self._connection()]  # of our own: httpcore's pool is slow when it is large

    def _connection(self) -> httpx.AsyncBaseTransport:
        return connection_to(self.origin, self._settings, self._tls)

    @contextlib.asynccontextmanager
    async def ask(
        self,
        method: str,
        target: bytes,
        headers: Headers,
        content: bytes | AsyncIterable[bytes] | None = None,
        is_short: bool = False,
    ) -> AsyncGenerator[httpx.Response]:
        """Pass a request on and give the answer while it arrives.

        `target` is path and query, as they are sent. Only a call that `is_short` is given up when
        the server is silent. Raises httpx.TransportError, httpx.InvalidURL, and what `content`
        raises.
        """
        wait = self._settings.timeout
        waits = {"connect": wait, "pool": wait, "write": None, "read": wait if is_short else None}
        request = httpx.Request(
            method,
            str(self.origin),
            headers=[(b"Host", self.origin.netloc.encode()), *headers],
            content=content,
            extensions={"timeout": waits},
        )
        request.url = _Url(self.origin, target)  # a Request makes a URL of its own
        connection = self._idle.pop() if self._idle else self._connection()
        is_done = False
        try:
            answering = contextlib.aclosing(await connection.handle_async_request(request))
            async with answering as answer:
                yield answer
            is_done = True
        finally:
            if is_done and len(self._idle) < MOST_IDLE:
                self._idle.append(connection)
            else:  # one that was given up may still wait for the rest of its request
                await connection.aclose()

    def error(self, error: httpx.TransportError) -> OutOfReach:
        """Return what happened in words."""
        proxy = shown_proxy(self.origin, self._settings)
        return transport_error(error, self.origin.netloc, self._settings.timeout, proxy)

    async def close(self) -> None:
        """Close the connections."""
        for connection in self._idle:
            await connection.aclose()
