"""Turns an exception of the transport into an error that says why there is no answer."""

import ssl
from collections.abc import Iterator

import httpx

from qiscus_tui.errors import AnswerLost, NotConnected, NotTrusted, OutOfReach, TimedOut
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
    if isinstance(error, httpx.RemoteProtocolError) and not _broke_off(error):
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


def _broke_off(error: httpx.RemoteProtocolError) -> bool:
    words = str(error).lower()
    return "disconnected" in words or "closed connection" in words


def _connect_words(error: Exception) -> str:
    words = str(error).lower()
    if "temporary failure in name resolution" in words:
        return "its name could not be looked up"
    if "name or service" in words or "nodename" in words or "no address associated" in words:
        return "no such host"
    if "all connection attempts failed" in words or "refused" in words:
        return "connection refused, or no route to it"
    return safe(str(error), 120) or "the connection failed"
