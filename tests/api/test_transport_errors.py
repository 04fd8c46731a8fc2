"""A connection that failed is said in words that help."""

import ssl

import httpx
import pytest

from qiscus_tui.api.transport_errors import transport_error
from qiscus_tui.errors import AnswerLost, NotConnected, NotTrusted, OutOfReach, TimedOut


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def tls(kind: type[ssl.SSLError], reason: str) -> ssl.SSLError:
    error = kind(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (httpx.ConnectTimeout("x"), NotConnected, "host did not take the connection within 20 s"),
        (httpx.ReadTimeout("x"), TimedOut, "host did not answer within 20 s"),
        (TimeoutError(), TimedOut, "host did not answer within 20 s"),
        (
            httpx.ConnectError("[Errno -2] Name or service not known"),
            NotConnected,
            "host could not be reached: no such host",
        ),
        (
            httpx.ConnectError("[Errno 8] nodename nor servname provided, or not known"),
            NotConnected,
            "host could not be reached: no such host",
        ),
        (
            httpx.ConnectError("[Errno -3] Temporary failure in name resolution"),
            NotConnected,
            "host could not be reached: its name could not be looked up",
        ),
        (
            httpx.ConnectError("All connection attempts failed"),
            NotConnected,
            "host could not be reached: connection refused, or no route to it",
        ),
        (httpx.ConnectError(""), NotConnected, "host could not be reached: the connection failed"),
        (
            httpx.ProxyError("407 Proxy Authentication Required"),
            NotConnected,
            "The proxy did not let us through to host: 407 Proxy Authentication Required",
        ),
        (
            caused(httpx.ConnectError("x"), tls(ssl.SSLEOFError, "UNEXPECTED_EOF")),
            NotConnected,
            "host ended the connection while TLS was being set up",
        ),
        (
            caused(httpx.ConnectError("x"), tls(ssl.SSLError, "SSLV3_ALERT_HANDSHAKE_FAILURE")),
            NotTrusted,
            "host could not prove who it is: sslv3 alert handshake failure",
        ),
        (
            caused(httpx.ReadError("x"), tls(ssl.SSLEOFError, "UNEXPECTED_EOF")),
            AnswerLost,
            "The connection to host ended before the answer was here",
        ),
        (httpx.WriteError("x"), AnswerLost, "The connection to host ended before the answer"),
        (httpx.RemoteProtocolError("illegal status line"), AnswerLost, "host sent something that"),
    ],
)
def test_the_error_says_why(error: Exception, kind: type[OutOfReach], words: str) -> None:
    found = transport_error(error, "host", 20.0)
    assert type(found) is kind
    assert found.message.startswith(words)
