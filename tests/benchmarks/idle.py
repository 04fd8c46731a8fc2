"""What the program costs while nobody touches it: CPU, and bytes over the line."""

import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager

from tests.benchmarks import programs
from tests.benchmarks.process import cpu_seconds
from tests.benchmarks.table import Row
from tests.e2e.terminal import END, Terminal

SECONDS = 10.0


def idle(runs: int) -> Generator[Row]:
    """CPU and bytes per second at 80x24; once with rows that tick by the second all over."""
    with programs.sandbox(1_000) as server:

        def newest() -> AbstractContextManager[Terminal]:
            return programs.sessions(server)

        for name, opened, key, goal in (
            ("hello", programs.hello, "", ""),
            ("1,000 sessions", newest, "", "700 B/s"),
            ("1,000 sessions, at the oldest", newest, END, ""),
        ):
            cpu, sent = _watched(
                opened, key, programs.HELLO_TEXT if name == "hello" else "active", runs
            )
            yield Row(f"idle: {name}: bytes per second", sent, "B/s", goal=goal)
            yield Row(f"idle: {name}: CPU", cpu, "%")


def _watched(
    opened: Callable[[], AbstractContextManager[Terminal]], key: str, text: str, runs: int
) -> tuple[list[float], list[float]]:
    cpu: list[float] = []
    sent: list[float] = []
    for _ in range(max(1, runs // 3)):
        with opened() as terminal:
            terminal.wait_for(text)
            if key:
                terminal.send(key)
            time.sleep(2)  # what follows a start is not idleness
            before, began = cpu_seconds(terminal.process.pid), time.monotonic()
            time.sleep(SECONDS)
            after, ended = cpu_seconds(terminal.process.pid), time.monotonic()
            sent.append(terminal.bytes_between(began, ended) / (ended - began))
            if before is not None and after is not None:
                cpu.append((after - before) / (ended - began) * 100)
            programs.quit_program(terminal)
    return cpu, sent
