"""A connection that failed is said in words that help."""

import ssl

import httpx
import pytest

from qiscus_tui.api.answers import transport_error
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.wire import WireSettings, tls_context
from qiscus_tui.errors import (
    AnswerLost,
    ConfigError,
    NotConnected,
    NotTrusted,
    OutOfReach,
    TimedOut,
)
from tests.api.serving import ORIGIN
from tests.clocks import ManualClock


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
        (httpx.ConnectTimeout("x"), NotConnected, "host did not accept the connection within 20 s"),
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
            "The proxy (unknown) refused the connection to host: 407 Proxy Authentication Required",
        ),
        (
            caused(httpx.ConnectError("x"), tls(ssl.SSLEOFError, "UNEXPECTED_EOF")),
            NotConnected,
            "host closed the connection during the TLS handshake",
        ),
        (
            caused(httpx.ConnectError("x"), tls(ssl.SSLError, "SSLV3_ALERT_HANDSHAKE_FAILURE")),
            NotTrusted,
            "host failed TLS verification: sslv3 alert handshake failure",
        ),
        (
            caused(httpx.ReadError("x"), tls(ssl.SSLEOFError, "UNEXPECTED_EOF")),
            AnswerLost,
            "The connection to host ended in the middle of the answer",
        ),
        (
            httpx.WriteError("x"),
            AnswerLost,
            "The connection to host ended in the middle of the answer",
        ),
        (httpx.RemoteProtocolError("illegal status line"), AnswerLost, "host sent something that"),
    ],
)
def test_the_error_says_why(error: Exception, kind: type[OutOfReach], words: str) -> None:
    found = transport_error(error, "host", 20.0)
    assert type(found) is kind
    assert found.message.startswith(words)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("x"), "The proxy p:1 did not answer within 20 s"),
        (
            httpx.ConnectError("All connection attempts failed"),
            "The proxy p:1 could not be reached: connection refused, or no route to it",
        ),
        (
            httpx.ConnectError("[Errno -2] Name or service not known"),
            "The proxy p:1 could not be reached: no such host",
        ),
        (httpx.ProxyError("403 Forbidden"), "The proxy p:1 refused the connection to host: 403"),
        (
            caused(httpx.ConnectError("x"), tls(ssl.SSLError, "SSLV3_ALERT_HANDSHAKE_FAILURE")),
            "host failed TLS verification",
        ),
        (httpx.ReadTimeout("x"), "host did not answer within 20 s"),
    ],
)
def test_the_proxy_is_blamed_for_what_it_does(error: Exception, words: str) -> None:
    assert transport_error(error, "host", 20.0, "p:1").message.startswith(words)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("http://u:pass-of-mine@127.0.0.1:9", "The proxy 127.0.0.1:9 could not be reached"),
        ("u:pass-of-mine@127.0.0.1:9", "The proxy 127.0.0.1:9 could not be reached"),
        ("htp://u:pass-of-mine@proxy.example:3128", "The proxy proxy.example:3128 cannot be used"),
        ("htp://u:pass-of/mine@proxy.example:3128", "The proxy (its address is not shown)"),
        ("http://[u:pass-of-mine@proxy", "The proxy (its address is not shown)"),
    ],
)
async def test_the_proxy_of_the_environment_is_named_without_its_password(
    address: str, named: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    async with ApiClient(ORIGIN, "a", WireSettings(), clock) as client:
        with pytest.raises((ConfigError, NotConnected)) as raised:
            await client.logout("QEX")
    assert raised.value.message.startswith(named)
    assert "pass-of" not in raised.value.message


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_are_not_there_are_an_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "/nowhere/at-all")
    with pytest.raises(ConfigError, match=f"{name} is set to /nowhere/at-all"):
        tls_context("")
