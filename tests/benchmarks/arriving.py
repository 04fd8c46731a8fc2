"""A list of 100,000 that arrives at once, and one that arrives at 10 MB/s."""

import contextlib
import re
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from typing import IO

from tests.benchmarks import programs
from tests.benchmarks.process import cpu_seconds
from tests.benchmarks.table import Row

FEW = 1000
MANY = 100_000
RATE = 10_000_000
"""Bytes per second."""


@dataclass(frozen=True)
class StaticServer:
    """A running server of one list."""

    sandbox: programs.Sandbox
    said: IO[str]

    def last_byte_at(self) -> float:
        """Return the monotonic time of the last byte of the next answer."""
        return float(self.said.readline())


@contextlib.contextmanager
def static_server(sessions: int, rate: int = 0) -> Generator[StaticServer]:
    """Run a server in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.static_server", str(sessions), str(rate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            sandbox = programs.Sandbox(url, "app", "LLT-of-the-benchmark", sessions)
            yield StaticServer(sandbox, process.stdout)
        finally:
            process.kill()


def arriving(runs: int) -> Generator[Row]:
    """Time and CPU to 100,000 on screen, to its first rows, and from its last byte to all."""
    hello, hello_cpu, many, many_cpu, few, first, last = [], [], [], [], [], [], []
    with (
        static_server(FEW) as short,
        static_server(MANY) as at_once,
        static_server(MANY, RATE) as paced,
    ):
        for _ in range(runs):
            with programs.sessions(short.sandbox) as terminal:
                came = programs.wait_for_all(terminal, short.sandbox)
                few.append((came - terminal.started_at) * 1000)
                programs.quit_program(terminal)
            with programs.hello() as terminal:
                came = terminal.wait_for(programs.HELLO_TEXT)
                hello.append((came - terminal.started_at) * 1000)
                hello_cpu.append((cpu_seconds(terminal.process.pid) or 0.0) * 1000)
                programs.quit_program(terminal)
            with programs.sessions(at_once.sandbox) as terminal:
                came = programs.wait_for_all(terminal, at_once.sandbox)
                many.append((came - terminal.started_at) * 1000)
                many_cpu.append((cpu_seconds(terminal.process.pid) or 0.0) * 1000)
                programs.quit_program(terminal)
            with programs.sessions(paced.sandbox) as terminal:
                came = terminal.wait_for(has_rows, seconds=programs.SECONDS)
                first.append((came - terminal.started_at) * 1000)
                came = programs.wait_for_all(terminal, paced.sandbox)
                last.append((came - paced.last_byte_at()) * 1000)
                programs.quit_program(terminal)
    yield Row("1,000 at once, on screen", few, base=hello, goal="1.8 x")
    yield Row("100,000 at 10 MB/s: first rows on screen", first, base=few, goal="1.3 x")
    yield Row("100,000 at once, on screen", many, base=hello, goal="4.5 x")
    yield Row("100,000 at once, on screen: CPU", many_cpu, base=hello_cpu)
    yield Row("100,000 at 10 MB/s: last byte to the list on screen", last, goal="250 ms")


def has_rows(text: str) -> bool:
    """Whether the screen shows sessions."""
    return re.search(r"● .*\b[0-9a-f]{8}\b", text) is not None
