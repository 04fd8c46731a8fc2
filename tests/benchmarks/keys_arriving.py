"""Keys pressed while a list of 100,000 arrives at 10 MB/s, and when it is put in order."""

import re
import sys
import tempfile
import time
from collections.abc import Generator
from itertools import cycle
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.arriving import MANY, RATE, has_rows, static_server
from tests.benchmarks.freeze import PROJECT
from tests.benchmarks.table import Row
from tests.e2e.terminal import DOWN, PAGE_DOWN, Terminal

KEYS = (DOWN, DOWN, PAGE_DOWN)
PAUSES = (0.013, 0.029, 0.047, 0.061, 0.083)
"""Seconds between a frame and the next key: neither slices nor progress keep step with these."""
AFTERWARDS = 10
"""Keys that are pressed when the whole list is on screen."""


def keys_arriving(runs: int) -> Generator[Row]:
    """From each key to its frame, and the longest time for which the event loop stood still."""
    gaps: list[float] = []
    took: dict[str, list[float]] = {DOWN: [], PAGE_DOWN: []}
    with static_server(MANY, RATE) as server, tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            told = Path(folder) / f"gap-{number}"
            command = (sys.executable, "-m", "tests.benchmarks.heartbeat", str(told))
            with programs.sessions(
                server.sandbox, columns=120, rows=40, command=command, PYTHONPATH=str(PROJECT)
            ) as terminal:
                terminal.wait_for(has_rows, seconds=programs.SECONDS)
                _press(terminal, server.sandbox, took)
                terminal.wait_until(told.exists)
                programs.quit_program(terminal)
            gaps.append(float(told.read_text()))
    yield Row("100,000 arriving at 10 MB/s: longest frozen moment", gaps, goal="40 ms")
    yield Row("100,000 arriving: cursor down to its frame", took[DOWN], goal="50 ms p95")
    yield Row("100,000 arriving: page down to its frame", took[PAGE_DOWN], goal="50 ms p95")


def _press(terminal: Terminal, server: programs.Sandbox, took: dict[str, list[float]]) -> None:
    left = AFTERWARDS
    for key, pause in zip(cycle(KEYS), cycle(PAUSES), strict=False):
        if programs.all_listed(server, terminal.text):
            left -= 1
        if not left:
            return
        time.sleep(pause)
        before = _id_in(terminal.cursor_line)
        terminal.send(key)
        came = terminal.wait_until(lambda was=before: _id_in(terminal.cursor_line) not in {was, ""})
        took[key].append((came - terminal.typed_at) * 1000)


def _id_in(line: str) -> str:
    found = re.search(r"\b[0-9a-f]{8}\b", line)
    return found[0] if found else ""
