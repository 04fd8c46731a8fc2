"""A server proves who it is, or nothing is sent to it."""

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.retry import RetryPolicy
from qiscus_tui.api.wire import WireSettings
from qiscus_tui.errors import AnswerLost, ConfigError, NotConnected, NotTrusted
from qiscus_tui.model.account import parse_origin
from tests.api.serving import APP_ID, LONG_LIVED, answering_port, short_of
from tests.clocks import ManualClock
from tests.listening import listening

NEW = b'{"data":{"auth":{"token":"QEX-new"}}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(NEW), NEW)


def serving(
    certificate: trustme.LeafCert | Path, answer: bytes = ANSWER
) -> contextlib.AbstractAsyncContextManager[tuple[int, list[bytes]]]:
    """A port with that certificate; and what was asked there in clear text, after TLS."""
    # The handshakes that fail here are meant to; asyncio would log each.
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if isinstance(certificate, Path):
        tls.load_cert_chain(certificate)
    else:
        certificate.configure_cert(tls)
    return answering_port(answer, tls=tls)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


async def refresh_at(port: int, clock: ManualClock, ca_bundle: str = "") -> str:
    origin = parse_origin(f"https://127.0.0.1:{port}")
    settings = WireSettings(timeout=5.0, ca_bundle=ca_bundle)
    async with ApiClient(origin, APP_ID, settings, clock, None, RetryPolicy(clock)) as client:
        return short_of(await client.refresh(LONG_LIVED))


async def test_a_private_authority_is_trusted_through_its_bundle(
    authority: trustme.CA, bundle: str, clock: ManualClock
) -> None:
    async with serving(authority.issue_cert("127.0.0.1")) as (port, asked):
        assert await refresh_at(port, clock, bundle) == "QEX-new"
    assert b"Authorization: LLT-the-long-lived-token" in asked[0]


def self_signed(_: trustme.CA, folder: Path) -> Path:
    another, chain = trustme.CA(), folder / "self-signed.pem"
    another.private_key_pem.write_to_path(chain)
    another.cert_pem.write_to_path(chain, append=True)
    return chain


def of_the_authority(authority: trustme.CA, _: Path) -> trustme.LeafCert:
    return authority.issue_cert("127.0.0.1")


def of_another_host(authority: trustme.CA, _: Path) -> trustme.LeafCert:
    return authority.issue_cert("another.example")


def expired(authority: trustme.CA, _: Path) -> trustme.LeafCert:
    then = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    return authority.issue_cert("127.0.0.1", not_after=then)


@pytest.mark.parametrize(
    ("made", "has_bundle", "why"),
    [
        (of_the_authority, False, "failed TLS verification: "),
        (self_signed, True, "self-signed certificate"),
        (of_another_host, True, r"not valid for '127\.0\.0\.1'"),
        (expired, True, "certificate has expired"),
    ],
)
async def test_a_certificate_that_proves_nothing_is_not_trusted(
    authority: trustme.CA,
    bundle: str,
    tmp_path: Path,
    clock: ManualClock,
    made: Callable[[trustme.CA, Path], trustme.LeafCert | Path],
    has_bundle: bool,
    why: str,
) -> None:
    async with serving(made(authority, tmp_path)) as (port, asked):
        with pytest.raises(NotTrusted, match=why) as raised:
            await refresh_at(port, clock, bundle if has_bundle else "")
    assert asked == []
    assert "ca_bundle" in raised.value.hint


async def test_a_port_without_tls_is_said_to_have_none(clock: ManualClock) -> None:
    async def speaks_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ANSWER)
        await writer.drain()

    async with listening(speaks_plainly) as port:
        with pytest.raises(NotTrusted, match="it does not use TLS on this port") as raised:
            await refresh_at(port, clock)
    assert "port" in raised.value.hint
    assert "ca_bundle" not in raised.value.hint


async def test_a_connection_that_ends_midway_is_lost_and_not_distrusted(
    authority: trustme.CA, bundle: str, clock: ManualClock
) -> None:
    async with serving(authority.issue_cert("127.0.0.1"), ANSWER[:-10]) as (port, _):
        with pytest.raises(AnswerLost):
            await refresh_at(port, clock, bundle)


async def test_a_server_that_hangs_up_on_the_handshake_is_out_of_reach(clock: ManualClock) -> None:
    async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async with listening(hang_up) as port:
        with pytest.raises(NotConnected):
            await refresh_at(port, clock)


@pytest.mark.parametrize("content", [None, "not a certificate"])
async def test_a_bundle_that_is_none_is_named(
    content: str | None, clock: ManualClock, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=r"The ca_bundle .*ca\.pem cannot be used"):
        await refresh_at(9, clock, str(path))
