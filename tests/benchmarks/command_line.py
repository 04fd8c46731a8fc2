"""How long commands take, beside `python -c pass` and curl."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from qiscus_tui.api.contract import APP_ID_HEADER, TOKEN_HEADER, contract_with
from qiscus_tui.model.clock import SystemClock
from tests.benchmarks import programs
from tests.benchmarks.measured import Measured
from tests.benchmarks.programs import OURS, timed
from tests.sandbox import DemoState, demo_state
from tests.sandbox.server import running

NOTHING = "python -c pass"
HTTPX = "a bare httpx request"
BARE = """
import sys
sys.modules["httpx._main"] = None  # its command line, which loads click and rich where they are
import asyncio
import httpx

async def ask():
    async with httpx.AsyncClient(verify=False) as client:
        await client.get(sys.argv[1])

asyncio.run(ask())
"""
"""What a request costs without anything of ours."""


def cli(runs: int, measured: Measured) -> None:
    """A cached `token` of the file and of the environment, and what else asks no server.

    And how long it takes until the request of others arrives, beside that of httpx alone.
    """
    with (
        programs.sandbox(10) as server,
        programs.own_environment() as stored,
        programs.own_environment(**server.account) as given,
        socket.create_server(("127.0.0.1", 0), backlog=50) as silent,
    ):
        login = ["login", "--with-token", "--app-id", server.app_code, "--store", "file"]
        words = [*OURS, *login, "--server", server.url]
        given_token = server.long_lived.encode()
        subprocess.run(words, env=stored, check=True, capture_output=True, input=given_token)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        asking = {**given, "QISCUS_TUI_SERVER": url}
        for environ in (stored, given):  # it fills the cache
            subprocess.run([*OURS, "token"], env=environ, check=True, capture_output=True)
        for _ in range(runs * 3):
            measured.add(NOTHING, timed([sys.executable, "-c", "pass"], stored))
            for what, words, environ, goal in (
                ("token, of the file", ["token"], stored, "4 x"),
                ("token, of the environment", ["token"], given, "4 x"),
                ("--help", ["--help"], stored, "5 x"),
                ("sessions --help", ["sessions", "--help"], stored, ""),
                ("accounts", ["accounts"], stored, "8 x"),
            ):
                measured.add(what, timed([*OURS, *words], environ), base=NOTHING, goal=goal)
            took = _until_asked([sys.executable, "-c", BARE, url], asking, silent)
            measured.add(HTTPX, took, base=NOTHING)
            for verb in ("status", "sessions"):
                took = _until_asked([*OURS, verb], asking, silent)
                measured.add(f"{verb}, until its request", took, base=NOTHING)


def _until_asked(command: list[str], environ: Mapping[str, str], silent: socket.socket) -> float:
    """Return the milliseconds until the first byte of a request; the program is ended then."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)
            took = (time.perf_counter() - began) * 1000
            process.kill()
    return took


REVOKES = 1_000
LATENCY_MS = 50
WIDTHS = {16: "1.15 x", 64: "1.3 x"}
"""Requests at once, and the goal."""


class Arrivals(list[str]):
    """Notes when each revoke is carried out."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def append(self, named: str) -> None:
        self.times.append(time.monotonic())
        super().append(named)

    @property
    def spread(self) -> float:
        """Milliseconds from the first to the last, without the first: it may be a trial."""
        return (self.times[-1] - self.times[1]) * 1000


def bulk(runs: int, measured: Measured) -> None:
    """From the first revoke that is carried out after the trial to the last; and the whole run."""
    if shutil.which("curl") is None:
        return
    for width, goal in WIDTHS.items():
        for _ in range(max(1, runs // 2)):
            for who, revoke in (("curl", _by_curl), ("ours", _by_us)):
                state, arrivals = demo_state(SystemClock(), sessions=REVOKES), Arrivals()
                state.revoke_requests = arrivals
                with running(state, latency_ms=LATENCY_MS) as url:
                    took = revoke(state, url, width)
                for what, value in (("sending", arrivals.spread), ("the whole run", took)):
                    name = f"{REVOKES:,} revokes, {width} wide: {what}"
                    base = f"{name}, curl" if who == "ours" else ""
                    measured.add(f"{name}, {who}", value, base=base, goal=goal if base else "")


def _by_curl(state: DemoState, url: str, width: int) -> float:
    call, kept = contract_with({}).revoke, state.credentials
    request = (
        f'url = "{url}{call.path}"\nrequest = "{call.method}"\noutput = "/dev/null"\n'
        f'header = "{TOKEN_HEADER}: {kept.long_lived_token}"\n'
        f'header = "{APP_ID_HEADER}: {kept.app_code}"\n'
        'header = "Content-Type: application/json"\n'
    )
    bodies = [f'data = "{{\\"{call.field}\\": \\"{one.token}\\"}}"\n' for one in state.sessions()]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "requests")
        config.write_text("next\n".join(f"{request}{body}" for body in bodies))
        words = ["curl", "-s", "--parallel", "--parallel-max", str(width), "-K", str(config)]
        return timed(words, os.environ)


def _by_us(state: DemoState, url: str, width: int) -> float:
    kept = state.credentials
    server = programs.Server(url, REVOKES, kept.app_code, kept.long_lived_token)
    words = ["revoke", "--older-than=1s", "--yes", f"--max={REVOKES}", f"--concurrency={width}"]
    with programs.own_environment(**server.account) as environ:
        return timed([*OURS, *words], environ)
