"""A server proves who it is, or nothing is sent to it."""

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.retry import RetryPolicy
from qiscus_tui.api.wire import WireSettings
from qiscus_tui.errors import AnswerLost, ConfigError, NotConnected, NotTrusted
from qiscus_tui.model.account import parse_origin
from tests.api.serving import APP_ID, LONG_LIVED, short_of
from tests.clocks import ManualClock
from tests.listening import listening

NEW = b'{"data":{"auth":{"token":"QEX-new"}}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(NEW), NEW)


@dataclass
class TlsServer:
    """Where it listens, and what it was asked in clear text, after TLS."""

    port: int
    asked: list[bytes] = field(default_factory=list[bytes])


@contextlib.asynccontextmanager
async def serving(
    certificate: trustme.LeafCert | Path | None, answer: bytes = ANSWER
) -> AsyncGenerator[TlsServer]:
    """A server with that certificate; without one it speaks no TLS."""
    found = TlsServer(0)

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if certificate is not None:
            found.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        if len(answer) < len(ANSWER):
            writer.transport.abort()

    # The handshakes that fail here are meant to; asyncio would log each.
    asyncio.get_running_loop().set_exception_handler(_nothing)
    async with listening(answered, _context(certificate)) as port:
        found.port = port
        yield found


def _context(certificate: trustme.LeafCert | Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if isinstance(certificate, Path):
        context.load_cert_chain(certificate)
    else:
        certificate.configure_cert(context)
    return context


def _nothing(_loop: asyncio.AbstractEventLoop, _context: dict[str, object]) -> None:
    pass


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A private certificate authority."""
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


async def refresh_at(server: TlsServer, clock: ManualClock, ca_bundle: str = "") -> str:
    origin = parse_origin(f"https://127.0.0.1:{server.port}")
    settings = WireSettings(timeout=5.0, ca_bundle=ca_bundle)
    async with ApiClient(origin, APP_ID, settings, clock, None, RetryPolicy(clock)) as client:
        return short_of(await client.refresh(LONG_LIVED))


async def test_a_private_authority_is_trusted_through_its_bundle(
    authority: trustme.CA, bundle: str, clock: ManualClock
) -> None:
    async with serving(authority.issue_cert("127.0.0.1")) as server:
        assert await refresh_at(server, clock, bundle) == "QEX-new"
    assert b"Authorization: LLT-the-long-lived-token" in server.asked[0]


async def test_a_private_authority_is_not_trusted_without_it(
    authority: trustme.CA, clock: ManualClock
) -> None:
    async with serving(authority.issue_cert("127.0.0.1")) as server:
        with pytest.raises(NotTrusted, match="failed TLS verification: ") as raised:
            await refresh_at(server, clock)
    assert server.asked == []
    assert "ca_bundle" in raised.value.hint


def self_signed(_: trustme.CA, folder: Path) -> Path:
    another, chain = trustme.CA(), folder / "self-signed.pem"
    another.private_key_pem.write_to_path(chain)
    another.cert_pem.write_to_path(chain, append=True)
    return chain


def of_another_host(authority: trustme.CA, _: Path) -> trustme.LeafCert:
    return authority.issue_cert("another.example")


def expired(authority: trustme.CA, _: Path) -> trustme.LeafCert:
    then = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    return authority.issue_cert("127.0.0.1", not_after=then)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (self_signed, "self-signed certificate"),
        (of_another_host, r"not valid for '127\.0\.0\.1'"),
        (expired, "certificate has expired"),
    ],
)
async def test_a_certificate_that_proves_nothing_is_not_trusted(
    authority: trustme.CA,
    bundle: str,
    tmp_path: Path,
    clock: ManualClock,
    made: Callable[[trustme.CA, Path], trustme.LeafCert | Path],
    why: str,
) -> None:
    async with serving(made(authority, tmp_path)) as server:
        with pytest.raises(NotTrusted, match=why):
            await refresh_at(server, clock, bundle)
    assert server.asked == []


async def test_a_port_without_tls_is_said_to_have_none(clock: ManualClock) -> None:
    async with serving(None) as server:
        with pytest.raises(NotTrusted, match="it does not use TLS on this port") as raised:
            await refresh_at(server, clock)
    assert "port" in raised.value.hint
    assert "ca_bundle" not in raised.value.hint


async def test_a_connection_that_ends_midway_is_lost_and_not_distrusted(
    authority: trustme.CA, bundle: str, clock: ManualClock
) -> None:
    async with serving(authority.issue_cert("127.0.0.1"), ANSWER[:-10]) as server:
        with pytest.raises(AnswerLost):
            await refresh_at(server, clock, bundle)


async def test_a_server_that_hangs_up_on_the_handshake_is_out_of_reach(clock: ManualClock) -> None:
    async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async with listening(hang_up) as port:
        with pytest.raises(NotConnected):
            await refresh_at(TlsServer(port), clock)


@pytest.mark.parametrize("content", [None, "not a certificate"])
async def test_a_bundle_that_is_none_is_named(
    content: str | None, clock: ManualClock, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=r"The ca_bundle .*ca\.pem cannot be used"):
        await refresh_at(TlsServer(9), clock, str(path))
