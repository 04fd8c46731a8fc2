"""`sandbox`: what it needs, and how its server waits."""

import socket
import sys

import httpx

from tests.cli.conftest import Program
from tests.clocks import ManualClock
from tests.sandbox import demo_state
from tests.sandbox.app import demo_app


def test_a_port_in_use_and_a_missing_uvicorn_are_said(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = program("sandbox", "--port", str(port))
    assert (done.code, f"Port {port} cannot be used" in done.err) == (2, True)
    program.monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = program("sandbox")
    assert (done.code, "needs uvicorn" in done.err) == (2, True)


async def test_latency_is_waited_once_per_request(clock: ManualClock) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    app = demo_app(demo_state(clock, sessions=1), latency_ms=40, sleep=sleep)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://demo.test") as http:
        await http.get("/one")
        await http.get("/two")
    assert waited == [0.04, 0.04]
