"""How long `scan` reads 300 MB of logs, beside grep that looks for the shape of a token."""

import os
import random
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.table import Row

SIZE = 300_000_000
GREP = ("grep", "-cE", "[A-Za-z0-9_-]{43}")
WORDS = (
    *("GET", "/api/v2/auth", "200", "Mozilla/5.0", "(X11; Linux x86_64)", "error", "info", "took"),
    *(
        "request_id=8f14e45fceea",
        "user=admin@demo.example",
        "https://omnichannel.qiscus.com/",
        "ms",
    ),
)
SIGNS = string.ascii_letters + string.digits + "-_"


def scan(runs: int) -> Generator[Row]:
    """`scan` with a list of 400 and of 50,000 sessions; the list is read before the clock starts.

    What reading it takes is measured with an empty file, and subtracted.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        logs, empty = home / "logs", home / "empty"
        _write(logs)
        empty.touch()
        grep = [_timed([*GREP, str(logs)], {**os.environ, "LC_ALL": "C"}) for _ in range(runs)]
        yield Row("grep for the shape, 300 MB", grep)
        for sessions in (400, 50_000):
            with programs.sandbox(sessions) as server:
                environ = {**programs.own_environment(home), **programs.account_of(server)}
                program = [sys.executable, "-m", "qiscus_tui", "scan"]
                ours = [
                    _timed([*program, str(logs)], environ) - _timed([*program, str(empty)], environ)
                    for _ in range(runs)
                ]
            yield Row(f"scan for {sessions:,} tokens", ours, base=grep, goal="4 x, better 2 x")


def _write(path: Path) -> None:
    """Write lines as web servers do; every 50th has a hash, every 500th what looks like a token."""
    chosen = random.Random(1)
    lines: list[str] = []
    for number in range(20_000):
        words = " ".join(chosen.choices(WORDS, k=12))
        line = f"2026-11-25T16:{number % 60:02}:01.{number:06}Z {words}"
        if number % 50 == 0:
            line += f" sha={''.join(chosen.choices('0123456789abcdef', k=64))}"
        if number % 500 == 0:
            line += f" Authorization: {''.join(chosen.choices(SIGNS, k=43))}"
        lines.append(line)
    block = "\n".join([*lines, ""]).encode()
    with path.open("wb") as file:
        while file.tell() < SIZE:
            file.write(block)


def _timed(command: list[str], environ: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environ, capture_output=True, check=False)
    return (time.perf_counter() - began) * 1000
