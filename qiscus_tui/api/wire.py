"""One connection to one server: bounded requests and answers, every failure a type of ours.

A `Wire` keeps a single connection: httpcore's pool grows slow with its size, so whoever works
in parallel opens one wire a worker. The connection is to one origin, follows no redirect,
keeps no cookie, and never formats a header.
"""

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
import truststore

from qiscus_tui.api.contract import Call
from qiscus_tui.api.failures import redirected
from qiscus_tui.api.reach import out_of_reach
from qiscus_tui.errors import ConfigError, TimedOut, Unreadable
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.origin import Origin, is_loopback
from qiscus_tui.model.text import safe

SMALL_BODY = 4 * 1024 * 1024
"""Bytes of an ordinary answer, at most."""

LIST_BODY = 256 * 1024 * 1024
"""Bytes of one list answer, at most; 100,000 sessions take some 30 MB."""

SLOWEST = 2048
"""Bytes a second below which an answer that goes on and on counts as timed out."""


@dataclass(frozen=True)
class WireSettings:
    """How to reach servers. `transport` stands in for the network (the in-process demo)."""

    timeout: float = 20.0
    """Seconds for connecting, and for each wait on the server."""
    user_agent: str = "qiscus-tui"
    ca_bundle: str = ""
    proxy: str = ""
    transport: httpx.AsyncBaseTransport | None = None


@dataclass(frozen=True)
class Answer:
    """Status, headers and the whole body (decoded from its content encoding)."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def server_time(self) -> float | None:
        """The `Date` of the answer in epoch seconds, None without a usable one."""
        return server_time(self.headers)


def server_time(headers: Mapping[str, str]) -> float | None:
    """The `Date` header in epoch seconds, None without a usable one."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError, IndexError):
        return None


def tls_context(ca_bundle: str) -> ssl.SSLContext:
    """Certificates of the system's store, and of `ca_bundle` where it is given."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_bundle:
        try:
            context.load_verify_locations(cafile=os.path.expanduser(ca_bundle))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"The ca_bundle {safe(ca_bundle, 200)} cannot be used: {safe(str(error), 200)}",
                "Set ca_bundle under [server] in config.toml to a file of PEM certificates.",
            ) from error
    return context


class Wire:
    """A single connection to `origin`."""

    def __init__(
        self,
        origin: Origin,
        settings: WireSettings,
        clock: Clock,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._origin = origin
        self._host = origin.netloc
        self._settings = settings
        self._clock = clock
        loopback = is_loopback(origin.host)
        verify: ssl.SSLContext | bool = True
        if settings.transport is not None or origin.scheme == "http":
            verify = False  # no TLS on this wire, so no context to build
        elif tls is not None:
            verify = tls
        try:
            self._client = httpx.AsyncClient(
                verify=verify,
                headers={"User-Agent": settings.user_agent, "Accept": "application/json"},
                timeout=httpx.Timeout(settings.timeout),
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                transport=settings.transport,
                proxy=settings.proxy or None if not loopback else None,
                trust_env=not loopback,
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            raise ConfigError(
                f"The proxy cannot be used: {safe(str(error), 200)}",
                "Check proxy under [server] in config.toml, HTTPS_PROXY and ALL_PROXY.",
            ) from error

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def send(
        self,
        call: Call,
        headers: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Make the call once and read the whole answer. Raises OutOfReach or ServerError."""
        async with (
            self._total_time(),
            self.stream(call, headers, query=query, body=body) as stream,
        ):
            return Answer(stream.status, stream.headers, await stream.whole())

    @contextlib.asynccontextmanager
    async def stream(
        self,
        call: Call,
        headers: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> AsyncGenerator["AnswerStream"]:
        """Make the call once and read the answer as it comes."""
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        request = self._client.build_request(
            call.method,
            f"{self._origin}{call.path}",
            params=dict(query) if query else None,
            headers=dict(headers),
            content=body,
        )
        try:
            async with asyncio.timeout(self._settings.timeout * 2):
                response = await self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            raise out_of_reach(error, self._host, self._settings.timeout) from error
        try:
            if response.is_redirect:
                raise redirected(call, response.status_code)
            yield AnswerStream(response, self._host, self._settings.timeout, self._clock)
        finally:
            await response.aclose()

    @contextlib.asynccontextmanager
    async def _total_time(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(self._settings.timeout * 2):
                yield
        except TimeoutError as error:
            raise out_of_reach(error, self._host, self._settings.timeout) from error


class AnswerStream:
    """An answer whose body is still arriving."""

    def __init__(self, response: httpx.Response, host: str, timeout: float, clock: Clock) -> None:
        self._response = response
        self._host = host
        self._timeout = timeout
        self._clock = clock
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    async def pieces(self, bound: int) -> AsyncIterator[bytes]:
        """The body, piece by piece. Raises Unreadable past `bound` bytes, OutOfReach."""
        started, received = self._clock.monotonic(), 0
        try:
            async for piece in self._response.aiter_bytes():
                received += len(piece)
                if received > bound:
                    raise Unreadable(
                        f"The answer is larger than {bound // 1_048_576:,} MB and was not read on",
                        status=self.status,
                    )
                spent = self._clock.monotonic() - started
                if spent > self._timeout + received / SLOWEST:
                    raise TimedOut(
                        f"{self._host} sends too slowly ({received:,} bytes in {spent:,.0f} s)"
                    )
                yield piece
        except httpx.DecodingError as error:
            raise Unreadable("The answer's compression is damaged", status=self.status) from error
        except (httpx.HTTPError, OSError) as error:
            raise out_of_reach(error, self._host, self._timeout) from error

    async def whole(self) -> bytes:
        """The whole body of an ordinary answer."""
        content = bytearray()
        async for piece in self.pieces(SMALL_BODY):
            content += piece
        return bytes(content)
