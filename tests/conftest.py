"""What every test stands on: its own home, an empty environment, a clock by hand."""

import os
import signal
import time
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType

import pytest

from tests.clocks import ManualClock

Handler = Callable[[int, FrameType | None], object]

KEPT = {"PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "TMPDIR", "CI"}


@pytest.fixture(autouse=True, scope="session")
def signals() -> Generator[None]:
    """Signals as a login shell leaves them, also in a run begun with `nohup` or in the background.

    Handlers, which what the tests start does not inherit: it has the defaults again.
    """
    handlers: dict[int, Handler] = {
        signal.SIGHUP: lambda _number, _frame: None
    }  # the run itself lives on
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        handlers[signal.SIGINT] = signal.default_int_handler
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own; nothing of the user's environment is left but the path."""
    home = tmp_path_factory.mktemp("home")
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
def zone(monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[[str], None]]:
    """Sets the local zone."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()
