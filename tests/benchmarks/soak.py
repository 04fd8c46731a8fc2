"""An hour in front of a list that changes, in accelerated time: memory, tasks, lag.

    python -m tests.benchmarks.soak [seconds] [sessions] [service|app]

The clock is moved by hand, a second a tick; every 30 s the list is read again, and meanwhile
sessions come and go. The figures of the first ten minutes are held against those of the last.
"""

import asyncio
import gc
import random
import resource
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import httpx
from rich.cells import cached_cell_len

from qiscus_tui.model.origin import parse_origin
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.account.storage import AccountStorage, LocalFiles
from qiscus_tui.service.account.workspace import DemoAccess, Workspace
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.store.secrets import MemorySecrets
from tests.clocks import ManualClock
from tests.sandbox import USERS, DemoState, demo_state
from tests.sandbox.app import demo_app
from tests.sandbox.state import Caller

HOUR = 3600
RELOAD = 30
AGENTS = ("curl/8.5", "GuzzleHttp/7", "python-requests/2.31", "Mozilla/5.0 (X11; Linux x86_64)")
COME_AND_GO = 5
"""Sessions that begin and end between two readings."""


@dataclass
class Soak:
    """What was measured, once a reading of the list."""

    megabytes: list[float] = field(default_factory=list[float])
    """Python's own memory, after a collection."""
    resident: list[float] = field(default_factory=list[float])
    """The process's greatest resident set so far."""
    tasks: list[int] = field(default_factory=list[int])
    lag: list[float] = field(default_factory=list[float])
    """Milliseconds of the processor that a reading took, up to the drawn screen."""

    def note(self, tick: float) -> None:
        """Measure now, without the 4,096 texts whose widths rich keeps: they only fill up."""
        cached_cell_len.cache_clear()
        gc.collect()
        self.megabytes.append(tracemalloc.get_traced_memory()[0] / 1_048_576)
        unit = 1024 if sys.platform == "linux" else 1_048_576
        self.resident.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
        self.tasks.append(len(asyncio.all_tasks()))
        self.lag.append(tick * 1000)

    def growth(self) -> float:
        """Megabytes more at the end than after the first sixth."""
        return _late(self.megabytes) - _early(self.megabytes)

    def show(self, name: str, seconds: int, took: float) -> None:
        """Print the figures."""
        print(f"{name}: {seconds:,} s simulated in {took:.1f} s, {len(self.lag):,} readings")
        for what, figures, form in (
            ("Python memory, MB", self.megabytes, ".2f"),
            ("greatest resident set, MB", self.resident, ".1f"),
            ("tasks", self.tasks, ".0f"),
            ("a reading, ms of processor", self.lag, ".1f"),
        ):
            early, late = _early(figures), _late(figures)
            print(f"  {what:28} first sixth {early:{form}}  last sixth {late:{form}}")


def _early(figures: Sequence[float]) -> float:
    sixth = max(1, len(figures) // 6)
    return median(figures[:sixth])


def _late(figures: Sequence[float]) -> float:
    sixth = max(1, len(figures) // 6)
    return median(figures[-sixth:])


def come_and_go(state: DemoState, rng: random.Random) -> None:
    """Some sessions begin, as many end; nobody's own."""
    user = USERS[state.credentials.email]
    for _ in range(COME_AND_GO):
        state.issue(user, Caller(rng.choice(AGENTS), f"10.2.{rng.randrange(4)}.{rng.randrange(9)}"))
    others = [one for one in state.sessions() if not (one.agent or "").startswith("qiscus-tui")]
    for gone in rng.sample(others, COME_AND_GO):
        state.end(gone.token)


def workspace_on(state: DemoState, clock: ManualClock) -> Workspace:
    """A workspace that keeps nothing, on the demo in this process."""
    made = state.credentials
    access = DemoAccess(
        httpx.ASGITransport(demo_app(state)),
        parse_origin("https://demo.invalid"),
        made.email,
        made.password,
    )
    config = Config(ui=UiConfig(reload=float(RELOAD)))
    return Workspace({}, config, LocalFiles.in_memory(), clock, demo=access)


async def soak_service(seconds: int, sessions: int) -> Soak:
    """The services alone: read the list again and again."""
    clock, rng, soak = ManualClock(), random.Random(5), Soak()
    state = demo_state(clock, sessions=sessions)
    made = state.credentials
    workspace = workspace_on(state, clock)
    done = await log_in(
        workspace,
        AccountStorage(MemorySecrets(), workspace.local_files),
        Password(made.email, made.password),
    )
    for _ in range(seconds // RELOAD):
        clock.advance(RELOAD)
        come_and_go(state, rng)
        started = time.process_time()
        listed = await done.connection.read_list()
        soak.note(time.process_time() - started)
        assert len(listed) == len(state.sessions())
        del listed
    await done.connection.close()
    return soak


async def soak_app(seconds: int, sessions: int) -> Soak:
    """The whole app, a tick a simulated second."""
    from qiscus_tui.tui.app import QiscusTui
    from qiscus_tui.tui.sessions.screen import SessionsScreen

    clock, rng, soak = ManualClock(), random.Random(5), Soak()
    state = demo_state(clock, sessions=sessions)
    app = QiscusTui(workspace_on(state, clock), None)
    async with app.run_test(size=(120, 40)) as pilot:

        async def settle() -> None:
            await pilot.pause()
            await app.workers.wait_for_complete()

        await settle()
        await pilot.press("enter")
        await settle()
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        for second in range(1, seconds + 1):
            clock.advance(1)
            reads = second % RELOAD == 0
            if reads:
                come_and_go(state, rng)
                await pilot.press(rng.choice(["j", "k", "space", "s", "pagedown", "home"]))
            started = time.process_time()
            screen.second()
            await (settle() if reads else pilot.pause())
            if reads:
                soak.note(time.process_time() - started)
        assert screen.feed.trouble is None
        assert abs(len(screen.feed.listed) - len(state.sessions())) <= COME_AND_GO
    return soak


WAYS: dict[str, Callable[[int, int], Awaitable[Soak]]] = {
    "service": soak_service,
    "app": soak_app,
}


def soaked(way: str, seconds: int, sessions: int) -> Soak:
    """Run one way of it, with Python's memory traced."""
    tracemalloc.start()
    try:
        started = time.perf_counter()
        soak = asyncio.run(_of(WAYS[way](seconds, sessions)))
        soak.show(f"{way}, {sessions:,} sessions", seconds, time.perf_counter() - started)
        return soak
    finally:
        tracemalloc.stop()


async def _of(work: Awaitable[Soak]) -> Soak:
    return await work


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for, or both ways; 1 where memory or tasks grow."""
    seconds = int(arguments[0]) if arguments else HOUR
    sessions = int(arguments[1]) if len(arguments) > 1 else 400
    ways = arguments[2:] or list(WAYS)
    soaks = [soaked(way, seconds, sessions) for way in ways]
    grew = [soak for soak in soaks if soak.growth() > 1 or soak.tasks[-1] > soak.tasks[0]]
    print("it grows" if grew else "flat: neither memory nor tasks grow")
    return 1 if grew else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
