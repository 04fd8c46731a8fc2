"""The way to the server as a user sets it up: TLS and proxies.

Certificates that are not to be trusted: `tests/api/test_tls.py`; names that are not found and what
a proxy does: `tests/api/test_transport_errors.py`.
"""

import contextlib
import ssl
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from qiscus_tui.model.clock import SystemClock
from tests.faults import behaviours as b
from tests.faults.server import FaultyServer
from tests.faults.stage import PATIENT, Deed, Stage, cells
from tests.sandbox import demo_state

HOST = "qiscus.test"
"""A host that is not this machine: loopback goes through no proxy."""
HUNTER2 = "Basic dXNlcjpodW50ZXIy"  # user:hunter2

Set = Callable[[Stage, pytest.MonkeyPatch], contextlib.AbstractContextManager[None]]


@dataclass(frozen=True)
class Way:
    """One way that does not lead there, or does all the same."""

    name: str
    set: Set
    code: int
    says: str
    """Words of the message."""


def certified(stage: Stage, host: str) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS, and the file of the authority that it is signed by."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    bundle = stage.home / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    return context, bundle


@contextlib.contextmanager
def private_authority(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """A server whose authority the system does not know; SSL_CERT_FILE names it."""
    context, bundle = certified(stage, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    server = FaultyServer(stage.server.state, context)
    with server.running():
        stage.server = server
        yield


def through_proxy(address: str, wants: str = "") -> Set:
    """A server that only a proxy leads to, with TLS from end to end."""

    @contextlib.contextmanager
    def way(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
        context, bundle = certified(stage, HOST)
        far = FaultyServer(stage.server.state, context)
        proxy = FaultyServer(demo_state(SystemClock(), sessions=0))
        with far.running(), proxy.running():
            proxy.otherwise = b.tunnels(far.port, wants=wants)
            named = address.replace("PORT", str(proxy.port))
            lines = ["[server]", f'ca_bundle = "{bundle}"']
            if named.startswith("env:"):
                monkeypatch.setenv("HTTPS_PROXY", named.removeprefix("env:"))
            else:
                lines.append(f'proxy = "{named}"')
            file = stage.paths.config_file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n".join(lines))
            stage.server, stage.url = far, f"https://{HOST}"
            stage.secrets.add("hunter2")
            yield

    return way


WAYS = (
    Way("private CA by SSL_CERT_FILE", private_authority, 0, ""),
    Way("proxy by HTTPS_PROXY", through_proxy("env:http://localhost:PORT"), 0, ""),
    Way("proxy wants credentials", through_proxy("http://localhost:PORT", HUNTER2), 5, "407"),
    Way("proxy gets them", through_proxy("http://user:hunter2@localhost:PORT", HUNTER2), 0, ""),
)


@pytest.mark.parametrize(("way", "deed"), cells(WAYS))
def test_a_way_that_leads_nowhere_is_told_as_it_is(
    stage: Stage, way: Way, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.timeout = PATIENT
    with way.set(stage, monkeypatch):
        stage.prepare(deed)
        run = stage.do(deed)
        assert run.code == way.code, run
        assert way.says in run.text
        stage.all_is_well(run, deed)
