"""What every test stands on: its own home, an empty environment, a clock by hand."""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.clocks import ManualClock

KEPT = {"PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "TMPDIR", "CI"}


@pytest.fixture(autouse=True, scope="session")
def hang_up() -> Generator[None]:
    """SIGHUP as a login shell leaves it, also in a run that was begun with `nohup`.

    A handler that does nothing: what the tests start has the default again, the run lives on.
    """
    before = signal.getsignal(signal.SIGHUP)
    signal.signal(signal.SIGHUP, lambda _number, _frame: None)
    yield
    signal.signal(signal.SIGHUP, before)


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


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when told to, or when somebody sleeps."""
    return ManualClock()
