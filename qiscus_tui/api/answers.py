"""An answer while it arrives: its status, its headers, and a body bounded in size and time.

Compressed bodies are inflated here, a bounded piece at a time: with a library that inflates
everything at once, a few KB could fill the memory.
"""

import asyncio
import math
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, Iterator, Mapping
from typing import cast

import httpx

from qiscus_tui.api.dates import http_date
from qiscus_tui.api.transport_errors import transport_error
from qiscus_tui.errors import AnswerLost, TimedOut, Unreadable
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.unshown import Unshown

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

    @property
    def server_time(self) -> float | None:
        """The `Date` of the answer in epoch seconds, None if it is missing or invalid."""
        return server_time(self.headers)


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
