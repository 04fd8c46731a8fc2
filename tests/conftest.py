"""What every test stands on: its own home, an empty environment, a clock by hand."""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Generator
from itertools import count
from pathlib import Path
from types import FrameType, SimpleNamespace

import pytest
from hypothesis import settings
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from qiscus_tui.store.paths import Paths
from tests.clocks import ManualClock
from tests.idle import wait_for_idle

Handler = Callable[[int, FrameType | None], object]

KEPT = {"PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "TMPDIR", "CI"}

settings.register_profile("few", max_examples=50, deadline=None)
settings.load_profile("few")

sys.dont_write_bytecode = False  # or each worker compiles all tests again, which takes 10 s
gc.disable()  # collecting the tests makes no garbage, and looking for it takes half of the time


def pytest_collection_finish() -> None:
    """Look for garbage from here on, more seldom, and never among the tests themselves."""
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def signals() -> Generator[None]:
    """Signals as a login shell leaves them, also in a run begun with `nohup` or in the background.

    Handlers, which what the tests start does not inherit: it has the defaults again.
    """
    handlers: dict[int, Handler] = {
        signal.SIGHUP: lambda _number, _frame: None
    }  # the run itself lives on
    for number in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            handlers[number] = signal.default_int_handler
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True, scope="session")
def styles_parsed_once() -> Generator[None]:
    """Parse a style sheet for the first app that has it: a third of what an app costs a test."""
    parse = Stylesheet._parse_rules
    parsed: dict[object, list[RuleSet]] = {}

    def parse_once(sheet: Stylesheet, *args: object, **named: object) -> list[RuleSet]:
        key = (args, *named.items(), *sheet._variables.items())
        if key not in parsed:
            parsed[key] = parse(sheet, *args, **named)  # pyright: ignore[reportArgumentType]
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def idle_is_seen() -> Generator[None]:
    """Let a pilot wait for what is under way, and no longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textual.app.wait_for_idle", wait_for_idle)
        patch.setattr("textual.pilot.wait_for_idle", wait_for_idle)
        yield


@pytest.fixture(autouse=True, scope="session")
def apps_leave_the_collector_alone() -> Generator[None]:
    """An app that is drawn collects and freezes all that there is: here that is every earlier app.

    It took a third of what an app costs a test, and kept them all alive.
    """
    still = SimpleNamespace(collect=lambda: 0, freeze=lambda: None, enable=lambda: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", still.freeze)
        patch.setattr("qiscus_tui.tui.app.gc", still)
        yield


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """Paths for the homes of all tests; pytest's own numbered folders are slow by the thousand."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def home(homes: Generator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own; nothing of the user's environment is left but the path."""
    home = next(homes)
    home.mkdir(mode=0o700)
    for name in list(os.environ):
        if name not in KEPT and not name.startswith(("PYTEST", "COV_", "COVERAGE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TERM", "xterm-256color")
    return home


@pytest.fixture(autouse=True)
def deadline(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Within the test run no verb ends its process by force, however busy the machine is."""
    monkeypatch.setattr("qiscus_tui.cli.interrupts.FORCE_AFTER", 600.0)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when told to, or when somebody sleeps."""
    return ManualClock()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Folders that do not exist yet."""
    top = tmp_path / "qiscus"
    return Paths(top / "config", top / "data", top / "state", top / "cache")


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[[str], None]]:
    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()
