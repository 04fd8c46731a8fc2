"""1,000 revokes by a server that takes 50 ms for each, beside `curl --parallel`."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from qiscus_tui.api.contract import APP_ID_HEADER, TOKEN_HEADER, contract_with
from qiscus_tui.model.clock import SystemClock
from tests.benchmarks import programs
from tests.benchmarks.table import Row
from tests.sandbox import DemoState, demo_state
from tests.sandbox.server import running

MANY = 1_000
LATENCY = 50
"""Milliseconds."""
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


def bulk(runs: int) -> Generator[Row]:
    """From the first revoke that is carried out after the trial to the last; and the whole run."""
    if shutil.which("curl") is None:
        return
    for width, goal in WIDTHS.items():
        ours, whole, curls, curl_whole = [], [], [], []
        for _ in range(max(1, runs // 2)):
            spread, took = _curl(width)
            curls.append(spread)
            curl_whole.append(took)
            spread, took = _ours(width)
            ours.append(spread)
            whole.append(took)
        yield Row(f"{MANY:,} revokes, {width} wide: sending", ours, base=curls, goal=goal)
        yield Row(f"{MANY:,} revokes, {width} wide: the whole run", whole, base=curl_whole)


def _state() -> tuple[DemoState, Arrivals]:
    state, arrivals = demo_state(SystemClock(), sessions=MANY), Arrivals()
    state.revoke_requests = arrivals
    return state, arrivals


def _curl(width: int) -> tuple[float, float]:
    state, arrivals = _state()
    call = contract_with({}).revoke
    kept = state.credentials
    with running(state, latency_ms=LATENCY) as url, tempfile.TemporaryDirectory() as folder:
        request = (
            f'url = "{url}{call.path}"\nrequest = "{call.method}"\noutput = "/dev/null"\n'
            f'header = "{TOKEN_HEADER}: {kept.long_lived_token}"\n'
            f'header = "{APP_ID_HEADER}: {kept.app_code}"\n'
            'header = "Content-Type: application/json"\n'
        )
        config = Path(folder, "requests")
        config.write_text(
            "next\n".join(
                f'{request}data = "{{\\"{call.field}\\": \\"{one.token}\\"}}"\n'
                for one in state.sessions()
            )
        )
        words = ["curl", "-s", "--parallel", "--parallel-max", str(width), "-K", str(config)]
        began = time.monotonic()
        subprocess.run(words, check=True, capture_output=True)
        took = (time.monotonic() - began) * 1000
    assert not state.sessions()
    return arrivals.spread, took


def _ours(width: int) -> tuple[float, float]:
    state, arrivals = _state()
    kept = state.credentials
    with running(state, latency_ms=LATENCY) as url, tempfile.TemporaryDirectory() as folder:
        server = programs.Sandbox(url, kept.app_code, kept.long_lived_token, MANY)
        environ = programs.own_environment(Path(folder), **programs.account_of(server))
        words = ["revoke", "--older-than=1s", "--yes", f"--max={MANY}", f"--concurrency={width}"]
        began = time.monotonic()
        subprocess.run([*programs.OURS, *words], env=environ, check=True, capture_output=True)
        took = (time.monotonic() - began) * 1000
    return arrivals.spread, took
