"""A faulty server, and the command line in front of it."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.faults.server import FaultyServer
from tests.faults.stage import MANY, HastyClock, Stage
from tests.sandbox import DIALECTS, demo_state

SESSIONS = MANY + 20


@pytest.fixture
def dialect() -> str:
    """How the server speaks; overridden by parametrize."""
    return "plain"


@pytest.fixture
def stage(home: Path, monkeypatch: pytest.MonkeyPatch, dialect: str) -> Generator[Stage]:
    """A demo account behind a socket that does what it is told; nothing was done yet."""
    state = demo_state(HastyClock(), sessions=SESSIONS, dialect=DIALECTS[dialect])
    with FaultyServer(state).running() as server:
        yield Stage(server, home, monkeypatch)
