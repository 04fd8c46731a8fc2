"""From a connection that failed to an error that says why the server is out of reach."""

import ssl

import httpx

from qiscus_tui.errors import AnswerLost, NotConnected, NotTrusted, OutOfReach, TimedOut
from qiscus_tui.model.text import safe


def out_of_reach(error: Exception, host: str, timeout: float) -> OutOfReach:
    """The error for an exception of the transport. `timeout` is in seconds."""
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return TimedOut(f"{host} did not answer within {timeout:g} s")
    if isinstance(error, httpx.ProxyError):
        return NotConnected(
            f"The proxy did not let us through to {host}: {safe(str(error), 200)}",
            "Check proxy under [server] in config.toml, or HTTPS_PROXY, and its credentials.",
        )
    cause = _tls_cause(error)
    if cause is not None:
        return NotTrusted(f"{host} could not prove who it is: {cause}")
    if isinstance(error, httpx.ConnectError):
        return NotConnected(f"{host} could not be reached: {_connect_words(error)}")
    return AnswerLost(f"The connection to {host} ended before the answer was here")


def _tls_cause(error: BaseException) -> str | None:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return safe(seen.verify_message or "its certificate is not trusted", 200)
        if isinstance(seen, ssl.SSLError):
            return safe(seen.reason or "TLS failed", 200)
        seen = seen.__cause__ or seen.__context__
    return None


def _connect_words(error: Exception) -> str:
    words = str(error).lower()
    if "name or service" in words or "nodename" in words or "name resolution" in words:
        return "no such host"
    if "all connection attempts failed" in words or "refused" in words:
        return "connection refused, or no route to it"
    return safe(str(error), 120) or "the connection failed"
