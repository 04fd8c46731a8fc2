"""An unchanged list of 100,000 that is read again: the longest frozen moment, and the CPU."""

import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.arriving import MANY, static_server
from tests.benchmarks.freeze import PROJECT
from tests.benchmarks.process import cpu_seconds
from tests.benchmarks.table import Row


def reload(runs: int) -> Generator[Row]:
    """The list is read again every minute, so that its CPU is that of a minute, but for idling."""
    gaps: list[float] = []
    cpu: list[float] = []
    with static_server(MANY) as server, tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "gap"
        command = (sys.executable, "-m", "tests.benchmarks.heartbeat", str(told))
        with programs.sessions(
            server.sandbox, columns=120, rows=40, command=command, PYTHONPATH=str(PROJECT)
        ) as terminal:
            programs.wait_for_all(terminal, server.sandbox)
            terminal.wait_until(told.exists)
            for _ in range(runs):
                told.unlink()
                before = cpu_seconds(terminal.process.pid) or 0.0
                terminal.send("r")
                terminal.wait_until(told.exists)
                cpu.append(((cpu_seconds(terminal.process.pid) or 0.0) - before) * 1000)
                gaps.append(float(told.read_text()))
            programs.quit_program(terminal)
    yield Row("100,000 read again: longest frozen moment", gaps, goal="40 ms")
    yield Row("100,000 read again: CPU", cpu, goal="3 % of a minute")
