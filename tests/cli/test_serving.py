"""`sandbox`: what it needs, and how its server waits."""

import asyncio
import signal
import socket
import sys

import httpx

from qiscus_tui.cli.serving import ending_signals
from qiscus_tui.cli.signals import handled_by
from qiscus_tui.exit_codes import ENDING_SIGNALS
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


def test_a_server_ends_by_the_signals_of_every_verb_and_not_by_what_nohup_ignores() -> None:
    async def ended_by(number: int) -> int:
        signals = ending_signals()
        assert signal.getsignal(number) is not signal.SIG_DFL
        signal.raise_signal(number)
        return await signals.get()

    async def hangup() -> object:
        ending_signals()
        return signal.getsignal(signal.SIGHUP)

    with handled_by(signal.default_int_handler):  # which restores them
        for number in ENDING_SIGNALS:
            assert asyncio.run(ended_by(number)) == number
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        assert asyncio.run(hangup()) is signal.SIG_IGN


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
