"""Does the screen freeze while 100,000 sessions arrive?"""

import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.table import Row

PROJECT = Path(__file__).parents[2]


def freeze(runs: int) -> Generator[Row]:
    """The longest gap of the event loop while the list is read and drawn."""
    gaps: list[float] = []
    with programs.sandbox(100_000) as server, tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            told = Path(folder) / f"gap-{number}"
            command = (sys.executable, "-m", "tests.benchmarks.heartbeat", str(told))
            with programs.sessions(
                server, columns=120, rows=40, command=command, PYTHONPATH=str(PROJECT)
            ) as terminal:
                programs.wait_for_all(terminal, server)
                terminal.wait_until(told.exists)
                programs.quit_program(terminal)
            gaps.append(float(told.read_text()))
    yield Row("100,000 arriving: longest frozen moment", gaps, goal="no frozen screen")
