"""The programs that are measured, each as a whole process; the server has one of its own."""

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.e2e.terminal import Terminal, environment

OURS = (sys.executable, "-m", "qiscus_tui")
PROJECT = Path(__file__).parents[2]
SECONDS = 120.0
"""Longer than anything here takes, on a slow machine too."""

HELLO_TEXT = "Hello, world"
HELLO = f"""
from textual.app import App
from textual.widgets import Footer, Header, Static

class Hello(App):
    def compose(self):
        yield Header()
        yield Static("{HELLO_TEXT}")
        yield Footer()

Hello().run()
"""
"""The measure of all start times: the least that a Textual program can be."""


@dataclass(frozen=True)
class Server:
    """A running server, and an account on it."""

    url: str
    sessions: int
    app_code: str = "app"
    long_lived: str = "LLT-of-the-benchmark"
    said: IO[str] = sys.stdin
    """What its process says."""

    @property
    def account(self) -> dict[str, str]:
        """Credentials in the environment, which lead straight to the sessions."""
        return {
            "QISCUS_TUI_SERVER": self.url,
            "QISCUS_APP_ID": self.app_code,
            "QISCUS_LONG_LIVED_TOKEN": self.long_lived,
        }

    def last_byte_at(self) -> float:
        """Return the monotonic time of the last byte of the next answer."""
        return float(self.said.readline())

    def all_listed(self, text: str) -> bool:
        """Whether the screen shows that the whole list is there; a few have expired meanwhile."""
        counted = re.search(r"([\d,]+) active", text)
        found = int(counted[1].replace(",", "")) if counted else 0
        return found >= self.sessions * 0.97 - 10


@contextlib.contextmanager
def list_server(sessions: int, kind: str = "demo", rate: int = 0) -> Generator[Server]:
    """A server of one list: see `list_server.py`."""
    words = [str(sessions), kind, str(rate)]
    with _begun(sys.executable, "-m", "tests.benchmarks.list_server", *words) as process:
        assert process.stdout is not None
        yield Server(process.stdout.readline().strip(), sessions, said=process.stdout)


@contextlib.contextmanager
def sandbox(sessions: int) -> Generator[Server]:
    """The demo API with so many sessions."""
    with _begun(*OURS, "sandbox", "--sessions", str(sessions)) as process:
        assert process.stdout is not None
        said = ""
        while "Stop with" not in said:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the sandbox did not start:\n{said}")
            said += line
        labels = ("Sandbox API:", "app code", "long-lived token")
        found = [re.search(rf"{label}\s+(\S+)", said) for label in labels]
        url, app_code, long_lived = (one[1] if one else "" for one in found)
        yield Server(url, sessions, app_code, long_lived)


@contextlib.contextmanager
def proxy(url: str) -> Generator[tuple[int, int]]:
    """A proxy before that server: its port, and its process."""
    words = ("proxy", "--listen", "127.0.0.1:0", "--upstream", url)
    with _begun(*OURS, *words) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+) ", process.stdout.readline())
        assert found is not None
        yield int(found[1]), process.pid


@contextlib.contextmanager
def _begun(*words: str) -> Generator["subprocess.Popen[str]"]:
    with (
        own_environment() as environ,
        subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def own_environment(**more: str) -> Generator[dict[str, str]]:
    """An environment in which nothing of the user's is read or written."""
    with tempfile.TemporaryDirectory() as home:
        names = ("HOME", "QISCUS_TUI_CONFIG_DIR", "QISCUS_TUI_DATA_DIR")
        yield environment(**{**dict.fromkeys(names, home), "PYTHONPATH": str(PROJECT), **more})


@contextlib.contextmanager
def hello() -> Generator[Terminal]:
    """The bare program, its text on the screen."""
    with Terminal([sys.executable, "-c", HELLO], environ=environment()) as terminal:
        terminal.wait_for(HELLO_TEXT)
        yield terminal
        quit_program(terminal)


@contextlib.contextmanager
def ours(
    server: Server | None = None,
    command: tuple[str, ...] = OURS,
    kind: type[Terminal] = Terminal,
    columns: int = 80,
    rows: int = 24,
) -> Generator[Terminal]:
    """Our login screen, or all sessions of the server."""
    account = server.account if server else {}
    with (
        own_environment(**account) as environ,
        kind(command, columns=columns, rows=rows, environ=environ) as terminal,
    ):
        terminal.wait_for(server.all_listed if server else "Password", seconds=SECONDS)
        yield terminal
        quit_program(terminal)


def wide(
    server: Server, command: tuple[str, ...] = OURS
) -> contextlib.AbstractContextManager[Terminal]:
    """All sessions of the server at 120x40."""
    return ours(server, command, columns=120, rows=40)


def came(terminal: Terminal) -> float:
    """Milliseconds from the start of the program to what it was waited for."""
    return (terminal.found_at - terminal.started_at) * 1000


def quit_program(terminal: Terminal) -> None:
    """Leave by a signal, which hello and ours have in common."""
    terminal.signal(signal.SIGTERM)
    terminal.finish(seconds=SECONDS)


def timed(command: list[str], environ: Mapping[str, str]) -> float:
    """Milliseconds that a command takes to its end."""
    began = time.perf_counter()
    subprocess.run(command, env=environ, capture_output=True, check=False)
    return (time.perf_counter() - began) * 1000
