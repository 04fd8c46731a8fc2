"""The program in this process, against a demo account, with real files in a folder of its own."""

import copy
import errno
import io
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
from msgspec.structs import replace

from qiscus_tui.api.wire import WireSettings
from qiscus_tui.errors import StorageError
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.account.connection import wire_settings
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.keyring_store import NoKeyring
from tests.clocks import ManualClock
from tests.program import Done, run_here
from tests.sandbox import DIALECTS, PASSWORD, DemoState, Dialect, demo_state
from tests.sandbox.app import demo_app

SERVER = "https://demo.invalid"
EMAIL = "admin@demo.example"
ACCOUNT = f"{EMAIL}@demo-5t1xk9q2w7m3z8r6"
ACCOUNT_LINE = f"Account {ACCOUNT} on {SERVER}"
"""What the text of every plan and result begins with."""


class Closed(io.StringIO):
    """A reader that went away."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


class Full(io.StringIO):
    """A full disk."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "full")


def full(*_: object) -> None:
    """Stands where something is written: the disk is full."""
    raise StorageError("The disk is full")


@dataclass
class Program:
    """`qiscus-tui`, typed again and again by the same user."""

    data: Path
    clock: ManualClock
    monkeypatch: pytest.MonkeyPatch
    sessions: int = 12
    dialect: Dialect = field(default_factory=lambda: DIALECTS["plain"])

    def __post_init__(self) -> None:
        self.speak(self.dialect)

    def speak(self, dialect: Dialect, sessions: int | None = None) -> None:
        """Another server from here on, at the same address."""
        count = self.sessions if sessions is None else sessions
        self.server = demo_state(self.clock, sessions=count, dialect=dialect)

    @property
    def folder(self) -> Path:
        """A folder of the test's own."""
        return self.data.parent

    def configure(self, text: str) -> None:
        """Write config.toml."""
        (self.folder / "config" / "config.toml").write_text(text)

    def protect(self, client: str, label: str) -> None:
        """Have config.toml name a client's sessions, and keep them out of plans."""
        self.configure(f'[[known]]\nclient = "{client}"\nlabel = "{label}"\nprotect = true\n')

    @property
    def terminal(self) -> Path:
        """What `/dev/tty` is; there is no terminal until this file is made."""
        return self.data.parent / "tty"

    def transport(self) -> httpx.AsyncBaseTransport:
        return httpx.ASGITransport(demo_app(self.server))

    def __call__(
        self,
        *arguments: str,
        stdin: str = "",
        terminal: bool = False,
        out: io.TextIOBase | None = None,
    ) -> Done:
        return run_here(*arguments, stdin=stdin, terminal=terminal, out=out)

    def login(self, email: str = EMAIL, *more: str) -> Done:
        return self(
            *("login", "--server", SERVER, "--email", email, "--password-stdin"),
            *("--store", "file", *more),
            stdin=f"{PASSWORD}\n",
        )

    def login_with_key(self) -> Done:
        """Keep the account's secret key."""
        held = self.server.credentials
        words = ("login", "--server", SERVER, "--rest", "--app-id", held.app_code)
        return self(*words, "--store", "file", stdin=f"{held.secret_key}\n")

    def login_with_token(self) -> Done:
        """Keep the admin's long-lived token alone."""
        held = self.server.credentials
        words = ("login", "--server", SERVER, "--with-token", "--app-id", held.app_code)
        return self(*words, "--store", "file", stdin=f"{held.long_lived_token}\n")

    def use_environment(self) -> None:
        """Take the account's credentials from the environment from here on."""
        held = self.server.credentials
        self.monkeypatch.setenv("QISCUS_LONG_LIVED_TOKEN", held.long_lived_token)
        self.monkeypatch.setenv("QISCUS_APP_ID", held.app_code)
        self.monkeypatch.setenv("QISCUS_TUI_SERVER", SERVER)

    def log_in_to(self, dialect: Dialect, sessions: int | None = None) -> None:
        """Log in on another server, at the same address."""
        self.speak(dialect, sessions)
        assert self.login().code == 0

    def kept_token(self) -> str:
        """The short-lived token in the file."""
        content = json.loads((self.data / "secrets.json").read_text())
        (entry,) = content["accounts"].values()
        return entry["short_lived"]["token"]

    def live(self) -> set[str]:
        """The ids of the sessions that the server has."""
        return {fingerprint(session.token) for session in self.server.sessions()}

    def listed(self, *options: str) -> list[dict[str, Any]]:
        """What `sessions --json` lists, newest first."""
        return self("sessions", "--json", *options).json()

    def ids(self) -> list[str]:
        """Every listed id, newest first, without our own."""
        return [one["id"] for one in self.listed() if not one["current"]]


@pytest.fixture
def program(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Nobody is logged in."""
    data = tmp_path / "data"
    (tmp_path / "config").mkdir()
    monkeypatch.setenv("QISCUS_TUI_DATA_DIR", str(data))
    monkeypatch.setenv("QISCUS_TUI_CONFIG_DIR", str(tmp_path / "config"))
    made = Program(data, clock, monkeypatch)

    def on_the_demo(workspace: Workspace, label: str = "") -> WireSettings:
        if workspace.demo is not None:
            return wire_settings(workspace, label)
        return replace(wire_settings(workspace, label), transport=made.transport())

    monkeypatch.setattr("qiscus_tui.service.account.connection.wire_settings", on_the_demo)
    monkeypatch.setattr("qiscus_tui.service.doctor.checks.wire_settings", on_the_demo)
    monkeypatch.setattr("qiscus_tui.service.account.workspace.SystemClock", lambda: clock)
    monkeypatch.setattr("qiscus_tui.cli.workspace.SystemClock", lambda: clock)
    monkeypatch.setattr("qiscus_tui.cli.refresh.process_age", lambda: 0.0)
    monkeypatch.setattr("qiscus_tui.cli.output.console.TERMINAL", str(made.terminal))
    return made


@pytest.fixture(scope="session")
def first_login(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[DemoState]]:
    """Where the files of the first login are kept, and its server: later ones are copies."""
    return tmp_path_factory.mktemp("login") / "data", []


@pytest.fixture
def logged_in(program: Program, first_login: tuple[Path, list[DemoState]]) -> Program:
    """The admin is logged in, with secrets in the file."""
    files, servers = first_login
    if not servers:
        assert program.login().code == 0
        shutil.copytree(program.data, files)
        servers.append(copy.deepcopy(program.server, {id(program.clock): None}))
    shutil.rmtree(program.data, ignore_errors=True)
    shutil.copytree(files, program.data)
    program.server = copy.deepcopy(servers[0])
    program.server.clock = program.clock
    return program


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """No keyring runs on this machine."""

    def missing() -> NoReturn:
        raise NoKeyring("no keyring is running")

    monkeypatch.setattr("qiscus_tui.store.keyring_store.find_keyring", missing)


@pytest.fixture
def crowded(program: Program) -> Program:
    """Some hundred sessions of a few scripts and browsers, and our own."""
    program.speak(program.dialect, sessions=120)
    assert program.login().code == 0
    return program
