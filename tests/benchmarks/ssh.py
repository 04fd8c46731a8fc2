"""How light the program is over a slow line: bytes of what is done often, and how late it shows."""

import contextlib
import re
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from qiscus_tui.model.clock import SystemClock
from tests.benchmarks import programs
from tests.benchmarks.slow_line import SlowTerminal
from tests.benchmarks.table import Row
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


@dataclass
class Sizes:
    """Bytes by what was done, in the order of the table."""

    goals: dict[str, str] = field(default_factory=dict[str, str])
    values: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def add(self, what: str, value: float, goal: str) -> None:
        """Note one value."""
        self.goals[what] = goal
        self.values.setdefault(what, []).append(value)


def ssh(runs: int) -> Generator[Row]:
    """Bytes at 120x40 in 256 colours; held keys and progress on a line of 10 KB/s and 300 ms."""
    sizes, moved, late = Sizes(), list[float](), list[float]()
    with programs.sandbox(SESSIONS) as server:
        for _ in range(max(1, runs // 3)):
            with programs.sessions(server, columns=120, rows=40) as terminal:
                programs.wait_for_all(terminal, server)
                _actions(terminal, sizes)
                programs.quit_program(terminal)
    for _ in range(max(1, runs // 3)):
        with _at_sessions(Terminal) as (terminal, state):
            sizes.add("bulk running, dialog", _bulk(terminal, state)[0], "1,000 B/s")
        with _at_sessions(SlowTerminal) as (terminal, state):
            moved.append(_held(terminal))
            late.append(_bulk(terminal, state)[1])
    for what, values in sizes.values.items():
        yield Row(
            f"ssh: {what}",
            values,
            "B/s" if "/s" in sizes.goals[what] else "B",
            goal=sizes.goals[what],
        )
    yield Row(f"ssh: down held {HELD:.0f} s: moves after release", moved, "s", goal="1 s")
    yield Row("ssh: revoke progress: late by", late, "s", goal="1 s")


def _actions(terminal: Terminal, sizes: Sizes) -> None:
    def act(what: str, keys: str, goal: str) -> None:
        sizes.add(what, _sent_by(terminal, lambda: terminal.send(keys)), goal)

    terminal.send(PAGE_DOWN)
    for _ in range(4):
        act("page", PAGE_DOWN, "4,500 B")
    terminal.send(DOWN * 40)
    for _ in range(4):
        act("down that scrolls", DOWN, "1,000 B")
    act("reload, nothing new", "r", "150 B")
    act("/ opens", "/", "600 B")
    terminal.send("curl")
    act("filter key that changes little", " ", "300 B")
    terminal.send("\x7f" * 5 + ESCAPE)
    act("x opens", "x", "8,000 B")
    _quiet(terminal)
    began = len(terminal.raw)
    time.sleep(SECONDS)
    sizes.add("a dialog open, idle", (len(terminal.raw) - began) / SECONDS, "100 B/s")
    act("back from x", "n", "7,000 B")
    act("? opens", "?", "12,000 B")
    act("back from ?", ESCAPE, "")


def _bulk(terminal: Terminal, state: DemoState) -> tuple[float, float]:
    """Revoke some; return the bytes per second while it runs, and how late its progress shows."""
    first = state.calls[Call.REVOKE]
    terminal.send(" j" * REVOKED + "x")
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
    with (
        running(state, latency_ms=LATENCY_MS) as url,
        tempfile.TemporaryDirectory() as home,
    ):
        account = programs.Sandbox(
            url, state.credentials.app_code, state.credentials.long_lived_token, SESSIONS
        )
        environ = programs.own_environment(Path(home), **programs.account_of(account))
        with kind(programs.OURS, columns=120, rows=40, environ=environ) as terminal:
            programs.wait_for_all(terminal, account)
            yield terminal, state
            programs.quit_program(terminal)
