"""What the program costs on the line: bytes of what is done often, idle, and how late it shows."""

import contextlib
import os
import re
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from qiscus_tui.model.clock import SystemClock
from tests.benchmarks import programs
from tests.benchmarks.measured import Measured, cpu_seconds, memory_mib
from tests.e2e.replies import Manners
from tests.e2e.terminal import DOWN, ESCAPE, PAGE_DOWN, Terminal
from tests.sandbox import Call, DemoState, demo_state
from tests.sandbox.server import running

SESSIONS = 1_000
SECONDS = 10.0
QUIET = 0.5
HELD, KEYS_PER_SECOND = 3.0, 30
LATENCY_MS = 400
REVOKED = 150
ID = re.compile(r"\b[0-9a-f]{8}\b")
DONE = re.compile(r"\b(\d+) of \d+ answered")


def idle(runs: int, measured: Measured) -> None:
    """CPU and bytes per second while nobody touches it, at 80x24."""
    with programs.list_server(SESSIONS) as server:
        for _ in range(max(1, runs // 3)):
            for name, opened in (
                ("hello", programs.hello()),
                ("1,000 sessions", programs.ours(server)),
            ):
                with opened as terminal:
                    time.sleep(2)  # what follows a start is not idleness
                    before, began = cpu_seconds(terminal.process.pid), time.monotonic()
                    time.sleep(SECONDS)
                    cpu, took = (
                        cpu_seconds(terminal.process.pid) - before,
                        time.monotonic() - began,
                    )
                    sent = terminal.bytes_between(began, began + took) / took
                    measured.add(f"idle: {name}: bytes per second", sent, "B/s")
                    measured.add(f"idle: {name}: CPU", cpu / took * 100, "%")


OPENED = "?\r/xPALFleGX:ogsau"
"""Keys that open something, or change what is shown."""


COUNTED = """
import asyncio, gc, signal, sys
from pathlib import Path
from qiscus_tui.__main__ import main

told = Path(sys.argv.pop())

def count(*_):
    gc.collect()
    told.write_text(f"{len(asyncio.all_tasks())} {len(gc.get_objects())}\\n")

signal.signal(signal.SIGUSR2, count)
main()
"""
"""Our program, which at a signal says how many tasks and objects it has."""


def rounds(runs: int, measured: Measured) -> None:
    """Memory, tasks and objects after everything was opened and closed once, and again."""
    with (
        tempfile.NamedTemporaryFile() as told,
        programs.list_server(2 * SESSIONS) as server,
        programs.wide(server, (sys.executable, "-c", COUNTED, told.name)) as terminal,
    ):
        for number in range(1, 2 * runs + 1):
            for key in OPENED:
                terminal.send(key)
                _quiet(terminal, 0.2)
                for _ in range(2):
                    terminal.send(ESCAPE)
                    _quiet(terminal, 0.2)
            if number in {1, 2, 5, 10, runs, 2 * runs}:
                now, _peak = memory_mib(terminal.process.pid)
                measured.add(f"memory after round {number}", now, "MiB")
                terminal.signal(signal.SIGUSR2)
                terminal.wait_until(lambda: Path(told.name).read_text().endswith("\n"))
                for what, count in zip(("tasks", "objects"), told.read().split(), strict=True):
                    measured.add(f"{what} after round {number}", float(count), "")
                os.truncate(told.name, 0)
                told.seek(0)


def ssh(runs: int, measured: Measured) -> None:
    """Bytes at 120x40 in 256 colours; held keys and progress on a line of 10 KB/s and 300 ms."""
    with programs.list_server(SESSIONS) as server:
        for _ in range(max(1, runs // 3)):
            with programs.ours(server, columns=120, rows=40) as terminal:
                _actions(terminal, measured)
    for _ in range(max(1, runs // 3)):
        with _at_sessions(Terminal) as (terminal, state):
            rate, _late = _bulk(terminal, state)
            measured.add("ssh: bulk running, dialog", rate, "B/s", goal="1,000 B/s")
        with _at_sessions(SlowTerminal) as (terminal, state):
            still = _held(terminal)
            measured.add(f"ssh: down held {HELD:.0f} s: still moves", still, "s", goal="1 s")
            _rate, late = _bulk(terminal, state)
            measured.add("ssh: revoke progress: late by", late, "s", goal="1 s")


def _actions(terminal: Terminal, measured: Measured) -> None:
    def act(what: str, keys: str, goal: str) -> None:
        sent = _sent_by(terminal, lambda: terminal.send(keys))
        measured.add(f"ssh: {what}", sent, "B", goal=goal)

    terminal.send(PAGE_DOWN)
    for _ in range(4):
        act("page", PAGE_DOWN, "4,000 B")
    terminal.send(DOWN * 40)
    for _ in range(4):
        act("down that scrolls", DOWN, "500 B")
    act("reload, nothing new", "r", "100 B")
    act("/ opens", "/", "800 B")
    terminal.send("curl")
    act("filter key that changes little", " ", "300 B")
    terminal.send("\x7f" * 5 + ESCAPE)
    act("x opens", "x", "8,000 B")
    _quiet(terminal)
    began = len(terminal.raw)
    time.sleep(SECONDS)
    idle_rate = (len(terminal.raw) - began) / SECONDS
    measured.add("ssh: a dialog open, idle", idle_rate, "B/s", goal="50 B/s")
    act("back from x", "n", "7,000 B")
    act("? opens", "?", "9,000 B")
    act("back from ?", ESCAPE, "")


def _bulk(terminal: Terminal, state: DemoState) -> tuple[float, float]:
    """Revoke some; return the bytes per second while it runs, and how late its progress shows."""
    first = state.calls[Call.REVOKE]
    terminal.send("j" + " j" * REVOKED + "x")  # our own session is first
    terminal.wait_for(f"Type {REVOKED} and press Enter", seconds=60)
    _quiet(terminal)
    terminal.send(f"{REVOKED}")
    _quiet(terminal)
    terminal.send("\r")
    terminal.wait_until(lambda: state.calls[Call.REVOKE] > first + 1)
    began, sent = time.monotonic(), len(terminal.raw)
    answered: list[float] = []
    late = 0.0
    while (done := state.calls[Call.REVOKE] - first) < REVOKED:
        now = time.monotonic()
        answered += [now] * (done - len(answered))
        found = DONE.search(terminal.text)
        if found and int(found[1]) < len(answered):
            late = max(late, now - answered[int(found[1])])
        time.sleep(0.02)
    rate = (len(terminal.raw) - sent) / (time.monotonic() - began)
    terminal.wait_for("Close", seconds=60)
    terminal.send("\r")
    return rate, late


def _held(terminal: Terminal) -> float:
    """Hold a key; return the seconds that the list still moves after it was let go."""
    terminal.send(DOWN * 40)
    _quiet(terminal, 2)
    released = time.monotonic() + HELD
    while time.monotonic() < released:
        terminal.send(DOWN)
        time.sleep(1 / KEYS_PER_SECOND)
    released = time.monotonic()
    moved, shown = released, ID.findall(terminal.text)
    while time.monotonic() < moved + 3:
        time.sleep(0.02)
        if (ids := ID.findall(terminal.text)) != shown:
            moved, shown = time.monotonic(), ids
    return moved - released


def _sent_by(terminal: Terminal, action: Callable[[], None]) -> int:
    """Return the bytes that come of it, until nothing more does but a tick of the clock."""
    _quiet(terminal)
    began = len(terminal.raw)
    action()
    time.sleep(0.1)
    _quiet(terminal)
    return len(terminal.raw) - began


def _quiet(terminal: Terminal, seconds: float = QUIET) -> None:
    deadline = time.monotonic() + 3 * seconds
    while time.monotonic() < min(
        deadline, max(terminal.chunks[-1][0], terminal.typed_at) + seconds
    ):
        time.sleep(0.02)


@contextlib.contextmanager
def _at_sessions(kind: type[Terminal]) -> Generator[tuple[Terminal, DemoState]]:
    state = demo_state(SystemClock(), sessions=SESSIONS)
    kept = state.credentials
    with running(state, latency_ms=LATENCY_MS) as url:
        server = programs.Server(url, SESSIONS, kept.app_code, kept.long_lived_token)
        with programs.ours(server, kind=kind, columns=120, rows=40) as terminal:
            yield terminal, state


class SlowTerminal(Terminal):
    """At the far end of a slow line: gets `RATE` bytes a second, `ONE_WAY` later.

    Keys and answers take as long back. What the program writes always finds room, as in the
    buffers of sshd and TCP.
    """

    RATE = 10_000
    ONE_WAY = 0.15
    """Seconds that anything takes from one end to the other."""
    PIECE = 250

    def __init__(self, command: Sequence[str | Path], **more: Any) -> None:
        self._on_way: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0
        super().__init__(command, manners=Manners(delay=self.ONE_WAY), **more)

    def send(self, keys: str | bytes) -> None:
        """Send keys as one write; they arrive later."""
        self.typed_at = time.monotonic()
        with self._changed:
            data = keys.encode() if isinstance(keys, str) else keys
            self._due.append((self.typed_at + self.ONE_WAY, data))
        os.write(self._wake_in, b"l")

    def _take(self, data: bytes) -> None:
        with self._changed:
            for place in range(0, len(data), self.PIECE):
                piece = data[place : place + self.PIECE]
                self._free_at = max(self._free_at, time.monotonic()) + len(piece) / self.RATE
                self._on_way.append((self._free_at + self.ONE_WAY, piece))

    def _next_due(self) -> float | None:
        with self._changed:
            times = [when for when, _ in (*self._due, *list(self._on_way)[:1])]
        return max(min(times) - time.monotonic(), 0) if times else None

    def _send_what_is_due(self) -> None:
        with self._changed:
            while self._on_way and self._on_way[0][0] <= time.monotonic():
                super()._take(self._on_way.popleft()[1])
        super()._send_what_is_due()
