"""How long the screens take to come up, and what they weigh then. Interleaved with hello."""

from tests.benchmarks import programs
from tests.benchmarks.heartbeat import beating
from tests.benchmarks.list_server import KINDS
from tests.benchmarks.measured import Measured, cpu_seconds, memory_mib

MANY = 100_000
RATE = 10_000_000
"""Bytes per second."""
HELLO = "hello: first text"


def start(runs: int, measured: Measured) -> None:
    """First text of the login, and 1,000 sessions on screen."""
    with programs.list_server(1_000) as server:
        for _ in range(runs):
            with programs.hello() as terminal:
                measured.add(HELLO, programs.came(terminal))
                measured.add("hello: memory", memory_mib(terminal.process.pid)[0], "MiB")
            for what, opened, goal in (
                ("login", None, "1.2 x"),
                ("1,000 sessions", server, "1.7 x"),
            ):
                with programs.ours(opened) as terminal:
                    shown = programs.came(terminal)
                    measured.add(f"{what}: on screen", shown, base=HELLO, goal=goal)
                    weight = memory_mib(terminal.process.pid)[0]
                    measured.add(f"{what}: memory", weight, "MiB", base="hello: memory")


def large(runs: int, measured: Measured) -> None:
    """100,000 of each kind: on screen, memory; and at 10 MB/s, what follows the last byte."""
    for kind in KINDS:
        with (
            programs.list_server(MANY, kind) as at_once,
            programs.list_server(MANY, kind, RATE) as paced,
        ):
            for _ in range(runs):
                _large(kind, at_once, paced, measured)


def _large(kind: str, at_once: programs.Server, paced: programs.Server, measured: Measured) -> None:
    what = f"100,000 {kind}"
    with programs.hello() as terminal:
        measured.add(HELLO, programs.came(terminal))
        measured.add("hello: CPU", cpu_seconds(terminal.process.pid) * 1000)
    with programs.ours(at_once) as terminal:
        pid = terminal.process.pid
        measured.add(f"{what}: on screen", programs.came(terminal), base=HELLO, goal="5 x")
        measured.add(f"{what}: CPU", cpu_seconds(pid) * 1000, base="hello: CPU")
        settled, peak = memory_mib(pid)
        measured.add(f"{what}: memory", settled, "MiB", goal="130 MiB")
        measured.add(f"{what}: memory, peak", peak, "MiB", goal="180 MiB")
    with beating() as (command, longest), programs.ours(paced, command) as terminal:
        late = (terminal.found_at - paced.last_byte_at()) * 1000
        measured.add(f"{what}: last byte to the list", late, goal="600 ms")
        measured.add(f"{what}: longest gap", longest(terminal), goal="200 ms")
