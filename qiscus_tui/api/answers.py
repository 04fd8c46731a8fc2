"""An answer while it arrives: its status, its headers, and a body bounded in size and time.

Compressed bodies are inflated here, a bounded piece at a time: with a library that inflates
everything at once, a few KB could fill the memory.
"""

import asyncio
import math
import ssl
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, Iterator, Mapping
from typing import cast

import httpx

from qiscus_tui.api.error_answers import http_date
from qiscus_tui.errors import AnswerLost, NotConnected, NotTrusted, OutOfReach, TimedOut, Unreadable
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.masking import Unshown
from qiscus_tui.model.text import safe

_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})
_CHECK_PORT = "Check the port of the server address; a server on this machine may need http://."
_CHECK_PROXY = "Check proxy under [server] in config.toml, HTTPS_PROXY and ALL_PROXY."


def transport_error(error: Exception, host: str, timeout: float, proxy: str = "") -> OutOfReach:
    """Return the error for an exception of the transport. `timeout` is in seconds.

    `proxy` is its host and port, empty if there is none.
    """
    if proxy and isinstance(error, httpx.ConnectTimeout):
        return TimedOut(f"The proxy {proxy} did not answer within {timeout:g} s", _CHECK_PROXY)
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return NotConnected(f"{host} did not accept the connection within {timeout:g} s")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return TimedOut(f"{host} did not answer within {timeout:g} s")
    if isinstance(error, httpx.ProxyError):
        return NotConnected(
            f"The proxy {proxy or '(unknown)'} refused the connection to {host}: "
            f"{safe(str(error), 200)}",
            "Check proxy under [server] in config.toml, or HTTPS_PROXY, and its credentials.",
        )
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = safe(cause.verify_message or "its certificate is not trusted", 200)
            return NotTrusted(f"{host} failed TLS verification: {why}")
    if isinstance(error, httpx.ConnectError):
        for cause in causes:
            if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
                return NotConnected(f"{host} closed the connection during the TLS handshake")
            if isinstance(cause, ssl.SSLError):
                hint = _CHECK_PORT if cause.reason in _NO_TLS else None
                return NotTrusted(f"{host} failed TLS verification: {_tls_words(cause)}", hint)
        if proxy:
            why = _connect_words(error)
            return NotConnected(f"The proxy {proxy} could not be reached: {why}", _CHECK_PROXY)
        return NotConnected(f"{host} could not be reached: {_connect_words(error)}")
    if isinstance(error, httpx.RemoteProtocolError):
        words = str(error).lower()
        if not ("disconnected" in words or "closed connection" in words):
            return AnswerLost(f"{host} sent something that is not HTTP")
    return AnswerLost(f"The connection to {host} ended in the middle of the answer")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _tls_words(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if reason in _NO_TLS:
        return "it does not use TLS on this port"
    return safe(reason.replace("_", " ").lower(), 200) or "TLS failed"


def _connect_words(error: Exception) -> str:
    words = str(error).lower()
    if "temporary failure in name resolution" in words:
        return "its name could not be looked up"
    if "name or service" in words or "nodename" in words or "no address associated" in words:
        return "no such host"
    if "all connection attempts failed" in words or "refused" in words:
        return "connection refused, or no route to it"
    return safe(str(error), 120) or "the connection failed"


SMALL_BODY = 4 * 1024 * 1024
"""Bytes of an ordinary answer, at most."""

LIST_BODY = 128 * 1024 * 1024
"""Bytes of one list answer, at most; 100,000 sessions take some 30 MB."""

SLOWEST = 2048
"""Bytes per second; a slower answer times out."""

ACCEPTED_ENCODING = "gzip"

_PIECE = 256 * 1024
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class Answer(Unshown, frozen=True):
    """Status, headers and the whole body (decoded from its content encoding)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def server_time(headers: Mapping[str, str]) -> float | None:
    """Return the `Date` header in epoch seconds, None if it is missing or invalid."""
    return http_date(headers.get("date", ""))


class AnswerStream:
    """An answer whose body is still arriving."""

    def __init__(self, response: httpx.Response, host: str, timeout: float, clock: Clock) -> None:
        self._response = response
        self._host = host
        self.timeout = timeout
        """Seconds for each wait for the server."""
        self._clock = clock
        self.status = response.status_code
        self.redirects = response.is_redirect
        self.headers: Mapping[str, str] = response.headers
        self.arrived = 0
        """Bytes of the body so far, as they are sent."""

    @property
    def length(self) -> int | None:
        """The bytes that the body has, as they are sent; None where the server does not say."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isascii() and text.isdecimal() else None

    async def pieces(self, bound: int | None, longest: float = math.inf) -> AsyncGenerator[bytes]:
        """Yield the body in pieces. Raises Unreadable past `bound` bytes, OutOfReach.

        It may take `longest` seconds. The time that the caller spends on a piece does not count.
        """
        body, spent, size = self._body(), 0.0, 0
        asked = self._clock.monotonic()
        try:
            async for raw in cast("AsyncIterable[bytes]", self._response.stream):
                self.arrived += len(raw)
                spent += self._clock.monotonic() - asked
                if spent > min(longest, self.timeout + self.arrived / SLOWEST):
                    raise TimedOut(
                        f"{self._host} sends too slowly ({self.arrived:,} bytes in {spent:,.0f} s)"
                    )
                for piece in body.inflated(raw):
                    size += len(piece)
                    if bound is not None and size > bound:
                        raise Unreadable(
                            f"The answer is larger than {bound // 1_048_576:,} MB "
                            "and was not read further",
                            status=self.status,
                        )
                    yield piece
                await asyncio.sleep(0)  # thousands of tiny chunks may be here already
                asked = self._clock.monotonic()
        except zlib.error as error:
            raise Unreadable("The answer's compression is damaged", status=self.status) from error
        except (httpx.HTTPError, OSError) as error:
            raise transport_error(error, self._host, self.timeout) from error
        if self.arrived and not body.is_whole:
            raise AnswerLost(f"The connection to {self._host} ended in the middle of the answer")

    async def whole(self, bound: int = SMALL_BODY) -> bytes:
        """Return the whole body; the default bound is that of an ordinary answer."""
        content = bytearray()
        async for piece in self.pieces(bound):
            content += piece
        return bytes(content)

    def _body(self) -> "_Plain | _Gzip":
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding in {"", "identity"}:
            return _Plain()
        if encoding in {"gzip", "x-gzip"}:
            return _Gzip()
        raise Unreadable("The answer has a compression that was not requested", status=self.status)


class _Plain:
    is_whole = True

    def inflated(self, raw: bytes) -> Iterator[bytes]:
        yield raw


class _Gzip:
    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(_GZIP_WINDOW)

    @property
    def is_whole(self) -> bool:
        return self._inflater.eof

    def inflated(self, raw: bytes) -> Iterator[bytes]:
        while raw:
            if self._inflater.eof:  # one gzip member may follow another
                self._inflater = zlib.decompressobj(_GZIP_WINDOW)
            piece = self._inflater.decompress(raw, _PIECE)
            yield piece
            while len(piece) == _PIECE and not self._inflater.unconsumed_tail:
                piece = self._inflater.decompress(b"", _PIECE)  # the rest that did not fit
                yield piece
            raw = self._inflater.unconsumed_tail or self._inflater.unused_data
