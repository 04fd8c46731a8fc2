"""A faulty server, and the command line in front of it."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.faults.server import FaultyServer
from tests.faults.stage import MANY, HastyClock, Program, ServerClock, Stage
from tests.sandbox import DIALECTS, demo_state

SESSIONS = MANY + 20


@pytest.fixture
def program(home: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The command line in this process."""
    made = Program(home, monkeypatch, HastyClock())
    made.install()
    return made


@pytest.fixture
def server_clock() -> ServerClock:
    """What time the server believes it is."""
    return ServerClock()


@pytest.fixture
def dialect() -> str:
    """How the server speaks; overridden by parametrize."""
    return "plain"


@pytest.fixture
def server(server_clock: ServerClock, dialect: str) -> Generator[FaultyServer]:
    """A demo account behind a socket that does what it is told."""
    state = demo_state(server_clock, sessions=SESSIONS, dialect=DIALECTS[dialect])
    with FaultyServer(state).running() as running:
        yield running


@pytest.fixture
def stage(server: FaultyServer, program: Program) -> Stage:
    """Both, before anything was done."""
    return Stage(server, program)
