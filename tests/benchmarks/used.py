"""Memory after use: a list of 100,000 that was filtered, sorted and read again."""

import re
from collections.abc import Generator

from tests.benchmarks import programs
from tests.benchmarks.arriving import MANY, static_server
from tests.benchmarks.keys import settle
from tests.benchmarks.process import cpu_seconds, memory_mib
from tests.benchmarks.table import Row
from tests.e2e.terminal import ESCAPE

RELOADS = 5
SORTS = 7


def used(runs: int) -> Generator[Row]:
    """Resident memory at the end and at its highest; CPU of reading an unchanged list again."""
    weight, peak, again = [], [], []
    with static_server(MANY) as server:
        for _ in range(max(1, runs // 3)):
            with programs.sessions(server.sandbox, columns=120, rows=40) as terminal:
                programs.wait_for_all(terminal, server.sandbox)
                server.last_byte_at()
                for word in ("curl", "chrome", "10.2"):
                    terminal.send(f"/{word}")
                    terminal.wait_for(lambda text: bool(re.search(r"[\d,]+ of [\d,]+", text)))
                    terminal.send(ESCAPE)
                    settle(terminal)
                for _ in range(SORTS):
                    terminal.send("s")
                    settle(terminal)
                terminal.wait_for(lambda text: bool(re.search(r"live, [2-9] s ago", text)))
                for _ in range(RELOADS):
                    before = cpu_seconds(terminal.process.pid) or 0.0
                    terminal.send("r")
                    server.last_byte_at()
                    terminal.wait_for("live, now")
                    settle(terminal)
                    again.append(((cpu_seconds(terminal.process.pid) or 0.0) - before) * 1000)
                    # `r` is refused while a list is being taken in.
                    terminal.wait_for(lambda text: bool(re.search(r"live, [2-9] s ago", text)))
                weighed = memory_mib(terminal.process.pid)
                if weighed is not None:
                    weight.append(weighed[0])
                    peak.append(weighed[1])
                programs.quit_program(terminal)
    yield Row("100,000 after use: memory", weight, "MiB", goal="160 MiB")
    yield Row("100,000 after use: memory, peak", peak, "MiB")
    yield Row("100,000 read again, unchanged: CPU", again)
