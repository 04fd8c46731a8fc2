"""What can be wrong on the way to the server, before any request is made."""

import asyncio
import contextlib
import datetime
import errno
import os
import socket
import ssl
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from qiscus_tui.model.clock import SystemClock
from tests.faults import behaviours as b
from tests.faults.program import PATIENT, TIMEOUT
from tests.faults.server import FaultyServer
from tests.faults.stage import Stage
from tests.sandbox import demo_state

HOST = "qiscus.test"
"""A host that is not this machine: loopback goes through no proxy."""

Set = Callable[[Stage, pytest.MonkeyPatch], contextlib.AbstractContextManager[None]]


@dataclass(frozen=True)
class Way:
    """One way that does not lead there, or does all the same."""

    name: str
    set: Set
    code: int
    says: str
    """Words of the message."""
    timeout: float = PATIENT
    """Of the program, in seconds. Sixteen handshakes at once take their time."""


def configure(stage: Stage, text: str) -> None:
    """Write config.toml."""
    file = stage.program.paths.config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def context_for(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """A server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@contextlib.contextmanager
def refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        stage.url = f"http://localhost:{taken.getsockname()[1]}"
        yield


@contextlib.contextmanager
def unreachable(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """There is no route."""

    async def sock_connect(*_: object) -> None:
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", sock_connect)
    yield


def name_fails(number: int, words: str) -> Set:
    """The name cannot be looked up."""

    @contextlib.contextmanager
    def way(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
        def getaddrinfo(*_: object, **__: object) -> object:
            raise socket.gaierror(number, words)

        stage.url = f"https://{HOST}"
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield

    return way


@contextlib.contextmanager
def connects_never(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """A full queue: a connection is neither made nor refused."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        stage.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield


def secured(
    make: Callable[[trustme.CA], trustme.LeafCert],
    trusted: Callable[[Stage, Path, pytest.MonkeyPatch], None] | None = None,
) -> Set:
    """A server with a certificate that was made so; `trusted` tells the program of its CA."""

    @contextlib.contextmanager
    def way(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
        authority = trustme.CA()
        server = FaultyServer(stage.server.state, context_for(make(authority)))
        bundle = stage.program.home / "ca.pem"
        authority.cert_pem.write_to_path(str(bundle))
        if trusted is not None:
            trusted(stage, bundle, monkeypatch)
        with server.running():
            stage.server = server
            yield

    return way


@contextlib.contextmanager
def no_tls(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """The port speaks plain HTTP."""
    stage.url = stage.server.url.replace("http:", "https:")
    yield


def through_proxy(address: str, wants: str = "") -> Set:
    """A server that only a proxy leads to, with TLS from end to end."""

    @contextlib.contextmanager
    def way(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
        authority = trustme.CA()
        bundle = stage.program.home / "ca.pem"
        authority.cert_pem.write_to_path(str(bundle))
        far = FaultyServer(stage.server.state, context_for(authority.issue_cert(HOST)))
        proxy = FaultyServer(demo_state(SystemClock(), sessions=0))
        with far.running(), proxy.running():
            proxy.otherwise = b.tunnels(far.port, wants=wants)
            named = address.replace("PORT", str(proxy.port))
            lines = ["[server]", f'ca_bundle = "{bundle}"']
            if named.startswith("env:"):
                monkeypatch.setenv("HTTPS_PROXY", named.removeprefix("env:"))
            else:
                lines.append(f'proxy = "{named}"')
            configure(stage, "\n".join(lines))
            stage.server, stage.url = far, f"https://{HOST}"
            stage.secrets.add("hunter2")
            yield

    return way


def by_config(stage: Stage, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """config.toml names the CA."""
    configure(stage, f'[server]\nca_bundle = "{bundle}"\n')


def by_environment(stage: Stage, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_FILE names the CA."""
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))


LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
HUNTER2 = "Basic dXNlcjpodW50ZXIy"  # user:hunter2


def _expired(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("localhost", not_after=LONG_AGO)


def _right(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("localhost")


# Elsewhere a full queue refuses.
_LINUX_ONLY = (
    (Way("never connects", connects_never, 5, "did not accept the connection", TIMEOUT),)
    if sys.platform == "linux"
    else ()
)

WAYS = (
    Way("refused", refused, 5, "refused"),
    Way("unreachable", unreachable, 5, "no route"),
    Way("no such host", name_fails(-2, "Name or service not known"), 5, "no such host"),
    Way("no name server", name_fails(-3, "Temporary failure in name resolution"), 5, "looked up"),
    *_LINUX_ONLY,
    Way("certificate expired", secured(_expired, by_config), 5, "expired"),
    Way("certificate of nobody", secured(_right), 5, "failed TLS verification"),
    Way(
        "certificate of another host",
        secured(lambda ca: ca.issue_cert("elsewhere.test"), by_config),
        5,
        "failed TLS verification",
    ),
    Way("no TLS", no_tls, 5, "does not use TLS"),
    Way("private CA by config", secured(_right, by_config), 0, ""),
    Way("private CA by SSL_CERT_FILE", secured(_right, by_environment), 0, ""),
    Way("proxy by config", through_proxy("http://localhost:PORT"), 0, ""),
    Way("proxy by HTTPS_PROXY", through_proxy("env:http://localhost:PORT"), 0, ""),
    Way("proxy wants credentials", through_proxy("http://localhost:PORT", HUNTER2), 5, "407"),
    Way(
        "proxy wants others",
        through_proxy("http://user:wrong-hunter2@localhost:PORT", HUNTER2),
        5,
        "407",
    ),
    Way("proxy gets them", through_proxy("http://user:hunter2@localhost:PORT", HUNTER2), 0, ""),
)
