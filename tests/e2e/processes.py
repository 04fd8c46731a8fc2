"""The whole program on a machine of its own, before a server whose state the test sees."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from qiscus_tui.api.contract import Contract
from qiscus_tui.model.account import Account, Credentials, Storage, parse_origin
from qiscus_tui.model.clock import SystemClock
from qiscus_tui.service.account.login import Password, log_in, log_in_with_token
from qiscus_tui.service.account.selection import AccountOptions
from qiscus_tui.service.account.storage import secret_store
from qiscus_tui.service.account.workspace import LocalFiles, open_workspace
from qiscus_tui.store.accounts import AccountBook, StoredAccount
from qiscus_tui.store.paths import Paths, find_paths
from qiscus_tui.store.secrets import FileSecrets
from qiscus_tui.store.state import VerifiedCalls
from tests.pages import PROJECT
from tests.program import Done, run_here
from tests.sandbox import PASSWORD, DemoState, Dialect, demo_state
from tests.sandbox.dialects import PLAIN
from tests.sandbox.server import running

PROGRAM = (sys.executable, "-m", "qiscus_tui")
EMAIL = "admin@demo.example"


def keep(paths: Paths, account: Account, credentials: Credentials) -> None:
    """What a login leaves behind in files, without the way there."""
    FileSecrets(paths).write(account.key, credentials)
    book = AccountBook(paths)
    book.use(book.save(StoredAccount("", account, Storage.FILE)).name)


def keep_that_revoking_works(paths: Paths, url: str, app_code: str) -> None:
    """What the first revoke on a server leaves behind: no trial is needed."""
    revoke = Contract().revoke
    call = f"{revoke.path} {revoke.field}"
    VerifiedCalls(paths, str(parse_origin(url)), app_code, call).remember()


def status(pid: int, name: str) -> str:
    """A line of what the system tells of a process."""
    found = re.search(rf"^{name}:\s*(.*)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def in_bash(line: str, environ: Mapping[str, str], cwd: Path, stdin: str = "") -> Done:
    """How a line ends that somebody types in a folder."""
    ended = subprocess.run(
        ["bash", "-c", line],
        env=environ,
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(ended.returncode, ended.stdout, ended.stderr)


@dataclass
class Machine:
    """One user's machine, and the server that it talks to."""

    home: Path
    state: DemoState
    url: str
    program: tuple[str | Path, ...] = PROGRAM
    more: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        (self.home / "config").mkdir(parents=True, exist_ok=True)

    @property
    def environ(self) -> dict[str, str]:
        """What every program gets."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "QISCUS_TUI_CONFIG_DIR": str(self.home / "config"),
            "QISCUS_TUI_DATA_DIR": str(self.home / "data"),
            "PYTHONPATH": str(PROJECT),
            "PYTHONFAULTHANDLER": "1",
            **self.more,
        }

    @property
    def paths(self) -> Paths:
        """Where everything is kept."""
        return find_paths(self.environ)

    def local_files(self) -> LocalFiles:
        """The files, as the next program sees them."""
        return LocalFiles(self.paths, self.environ)

    def kept(self) -> tuple[Account, Credentials]:
        """The one account, and its secrets in the file."""
        (stored,) = self.local_files().book.all()
        found = FileSecrets(self.paths).read(stored.account.key)
        assert found is not None
        return stored.account, found

    def start(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        """Begin a program; its stdin waits to be written and closed."""
        return subprocess.Popen(
            [*self.program, *arguments],
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.home,
        )

    def run(self, *arguments: str | Path, stdin: str = "") -> Done:
        """Run a program to its end."""
        with self.start(*arguments) as program:
            out, err = program.communicate(stdin, timeout=60)
        return Done(program.returncode, out, err)

    def run_here(self, *arguments: str, stdin: str = "") -> Done:
        """The same in this process."""
        with pytest.MonkeyPatch.context() as patch:
            for name in os.environ.keys() - self.environ.keys():
                patch.delenv(name)
            for name, value in self.environ.items():
                patch.setenv(name, value)
            patch.chdir(self.home)
            return run_here(*arguments, stdin=stdin)

    def login_words(self, store: str = "file") -> tuple[str, ...]:
        """The words of that command."""
        return (
            *("login", "--server", self.url, "--email", EMAIL),
            *("--password-stdin", "--store", store),
        )

    def log_in_at_once(self, *, with_token: bool = False) -> None:
        """Log the admin in without a program: quicker.

        With the long-lived token alone, the first call that needs another one refreshes.
        """
        asyncio.run(self._log_in(with_token=with_token))

    async def _log_in(self, *, with_token: bool) -> None:
        workspace = open_workspace(self.environ, AccountOptions(server=self.url))
        kept = secret_store(workspace, Storage.FILE)
        if with_token:
            credentials = self.state.credentials
            done = await log_in_with_token(
                workspace, kept, credentials.app_code, credentials.long_lived_token
            )
        else:
            done = await log_in(workspace, kept, Password(EMAIL, PASSWORD))
        await done.connection.close()

    def tokens(self) -> set[str]:
        """The admin's live tokens."""
        return {session.token for session in self.state.sessions()}


@contextmanager
def machine(
    home: Path, *, dialect: Dialect = PLAIN, sessions: int = 5, latency_ms: float = 0
) -> Generator[Machine]:
    """A machine with nothing on it, and its server."""
    state = demo_state(SystemClock(), sessions=sessions, dialect=dialect)
    home.mkdir(parents=True, exist_ok=True)
    with running(state, latency_ms=latency_ms) as url:
        yield Machine(home, state, url)
