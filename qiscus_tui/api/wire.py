"""One connection to one server: bounded requests and answers, every failure a type of ours.

A `Wire` has a single connection: httpcore's pool is slow when it is large, so each parallel
worker opens its own wire. It connects to one origin, follows no redirect, stores no cookie, and
never formats a header.
"""

import asyncio
import contextlib
import importlib
import logging
import os
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx
import truststore

from qiscus_tui.api.answers import ACCEPTED_ENCODING, AnswerStream, transport_error
from qiscus_tui.api.contract import Call
from qiscus_tui.api.retry import CALL_TIME
from qiscus_tui.errors import ConfigError
from qiscus_tui.model.account import Origin, is_loopback
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.masking import Unshown
from qiscus_tui.model.text import safe

_LOGGER = logging.getLogger(__name__)
"""For names of calls, statuses and durations; never for anything sent or received."""


LIST_TIME = 600.0

PIECE = 256 * 1024
"""Bytes of a body that are read at once: as many as asyncio takes from a socket."""

with contextlib.suppress(ImportError):  # else the first request does, on the event loop
    importlib.import_module("anyio._backends._asyncio")

# A piece costs more than its bytes do.
httpcore.AsyncHTTP11Connection.READ_NUM_BYTES = PIECE  # pyright: ignore[reportAttributeAccessIssue]


Transport = httpx.AsyncBaseTransport
"""What carries the requests: the network, or an application in this process."""


class WireSettings(Unshown, frozen=True):
    """How to connect. `transport` replaces the network (for the in-process demo)."""

    timeout: float = 20.0
    """Seconds for connecting, and for each wait for the server."""
    call_time: float = CALL_TIME
    """Seconds for one call with its retries; for a long answer, until it begins."""
    list_time: float = LIST_TIME
    """Seconds for a whole list, or another long answer."""
    user_agent: str = "qiscus-tui"
    ca_bundle: str = ""
    proxy: str = ""
    """May hold a password."""
    transport: Transport | None = None


class Request(Unshown, frozen=True):
    """A call, with what is sent."""

    call: Call
    headers: Mapping[str, str]
    body: bytes | None = None
    query: Mapping[str, str] | None = None
    on_send: Callable[[], object] | None = None
    """Called once the server can be reached, just before it is asked."""


def in_process(app: Callable[..., Awaitable[None]]) -> Transport:
    """Return the transport to an ASGI application in this process."""
    return httpx.ASGITransport(app)


def tls_context(ca_bundle: str) -> ssl.SSLContext:
    """Return a context with the system's certificates and those of `ca_bundle`, if given.

    Raises ConfigError if it, SSL_CERT_FILE or SSL_CERT_DIR can't be used.
    """
    for name, is_there in (("SSL_CERT_FILE", os.path.isfile), ("SSL_CERT_DIR", os.path.isdir)):
        path = os.environ.get(name)
        if path and not is_there(path):  # OpenSSL would silently use other certificates
            what = "file" if name == "SSL_CERT_FILE" else "folder"
            raise ConfigError(
                f"{name} is set to {safe(path, 200)}, but there is no such {what}",
                f"Correct {name}, or unset it.",
            )
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_bundle:
        try:
            context.load_verify_locations(cafile=os.path.expanduser(ca_bundle))
        except (OSError, ssl.SSLError) as error:
            why = "it has no readable certificate"
            if not isinstance(error, ssl.SSLError):
                why = error.strerror or type(error).__name__
            raise ConfigError(
                f"The ca_bundle {safe(ca_bundle, 200)} cannot be used: {why}",
                "Set ca_bundle under [server] in config.toml to a file of PEM certificates.",
            ) from error
    return context


def tls_for(origin: Origin, settings: WireSettings) -> ssl.SSLContext | None:
    """Return how to encrypt what is sent to a server; None where it is spoken to without.

    Takes some time, which a thread should spend. Raises ConfigError.
    """
    if origin.scheme == "http" or settings.transport is not None:
        return None
    return tls_context(settings.ca_bundle)


def fits_a_header(text: str) -> bool:
    """Return whether a header can carry this text unchanged."""
    return text.isascii() and text.isprintable() and text == text.strip()


class Wire:
    """A single connection to `origin`."""

    def __init__(
        self,
        origin: Origin,
        settings: WireSettings,
        clock: Clock,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._origin = httpx.URL(str(origin))
        self._host = origin.netloc
        self._settings = settings
        self._clock = clock
        self._proxy = shown_proxy(origin, settings)
        self._client = httpx.AsyncClient(
            headers={
                "User-Agent": settings.user_agent,
                "Accept": "application/json",
                "Accept-Encoding": ACCEPTED_ENCODING,
            },
            timeout=httpx.Timeout(settings.timeout),
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            transport=connection_to(origin, settings, tls),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    @contextlib.asynccontextmanager
    async def ask(
        self, request: Request, within: float | None = None
    ) -> AsyncGenerator[AnswerStream]:
        """Make the call once and give the answer while it arrives. Raises OutOfReach.

        It must begin within `within` seconds. It may be a redirect.
        """
        call, prepared = request.call, self._prepared(request)
        if request.on_send is not None:
            self._report_sending(prepared, request.on_send)
        begun = self._clock.monotonic()
        longest = min(self._settings.timeout * 2, within or self._settings.call_time)
        try:
            async with asyncio.timeout(longest):
                response = await self._client.send(prepared, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            self._log(call, type(error).__name__, begun)
            waited = self._waited(longest)
            raise transport_error(error, self._host, waited, self._proxy) from error
        self._log(call, str(response.status_code), begun)
        try:
            yield AnswerStream(response, self._host, self._settings.timeout, self._clock)
        finally:
            await response.aclose()

    def _report_sending(self, request: httpx.Request, on_send: Callable[[], object]) -> None:
        if self._settings.transport is not None:  # there is no connection to wait for
            on_send()
            return

        async def trace(event: str, _info: object) -> None:
            if event.endswith(".send_request_headers.started"):
                on_send()

        request.extensions = {**request.extensions, "trace": trace}

    def _log(self, call: Call, answer: str, begun: float) -> None:
        spent = (self._clock.monotonic() - begun) * 1000
        _LOGGER.info("%s: %s after %.0f ms", call.name, answer, spent)

    def _prepared(self, request: Request) -> httpx.Request:
        call, headers = request.call, dict(request.headers)
        if not all(map(fits_a_header, headers.values())):
            raise ConfigError(
                "The app code or a secret has characters that no header can carry",
                "Log in again, or correct it where it is set.",
            )
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            return self._client.build_request(
                call.method,
                self._url_of(call),
                params=dict(request.query) if request.query else None,
                headers=headers,
                content=request.body,
            )
        except httpx.InvalidURL as error:
            raise _leaves_server(call) from error

    def _url_of(self, call: Call) -> httpx.URL:
        """Return where the call goes. Raises ConfigError for another server, httpx.InvalidURL."""
        url = httpx.URL(f"{self._origin}{call.path}")
        if (url.scheme, url.netloc) != (self._origin.scheme, self._origin.netloc):
            raise _leaves_server(call)
        return url

    def _waited(self, longest: float) -> float:
        seconds = min(self._settings.timeout, longest)
        return round(seconds) or seconds

    @contextlib.asynccontextmanager
    async def total_time(self) -> AsyncGenerator[None]:
        """End a call with a short answer that takes too long. Raises OutOfReach."""
        longest = min(self._settings.timeout * 2, self._settings.call_time)
        try:
            async with asyncio.timeout(longest):
                yield
        except TimeoutError as error:
            raise transport_error(error, self._host, self._waited(longest)) from error


def connection_to(
    origin: Origin, settings: WireSettings, tls: ssl.SSLContext | None
) -> httpx.AsyncBaseTransport:
    """Return a single connection to a server, by its proxy where it has one. Raises ConfigError.

    `tls` is None where it is spoken to without.
    """
    if settings.transport is not None:
        return settings.transport
    try:
        return httpx.AsyncHTTPTransport(
            verify=tls or origin.scheme == "https",
            proxy=_proxy_address(origin, settings) or None,
            trust_env=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            socket_options=[(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)],
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:  # may have the proxy's password
        shown = shown_proxy(origin, settings)
        raise ConfigError(
            f"The proxy{f' {shown}' if shown else ''} cannot be used: "
            "its address or type is invalid",
            "Check proxy under [server] in config.toml, HTTPS_PROXY and ALL_PROXY.",
        ) from error


def _proxy_address(origin: Origin, settings: WireSettings) -> str:
    """Return the proxy to this server, which may have a password in it; empty if there is none."""
    if settings.transport is not None or is_loopback(origin.host):
        return ""
    address = settings.proxy
    if not address and not proxy_bypass(origin.host):
        proxies = getproxies()
        address = proxies.get(origin.scheme) or proxies.get("all") or ""
    return address if "://" in address or not address else f"http://{address}"


def shown_proxy(origin: Origin, settings: WireSettings) -> str:
    """Return host and port of the proxy to this server, without user and password."""
    address = _proxy_address(origin, settings)
    not_shown = "(its address is not shown)"
    try:
        netloc = urlsplit(address).netloc
    except ValueError:
        return not_shown
    if "@" in address and "@" not in netloc:  # a character in the password ended the netloc
        return not_shown
    return safe(netloc.rpartition("@")[2], 100)


def _leaves_server(call: Call) -> ConfigError:
    return ConfigError(
        f"The path of {call.name} leads to another server: nothing was sent",
        f"Set path under [api.{call.name}] in config.toml to a plain path.",
    )
