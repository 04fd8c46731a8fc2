"""The programs that are measured, each as a whole process; the server has one of its own."""

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.e2e.terminal import Terminal, environment

HELLO = Path(__file__).with_name("hello.py")
HELLO_TEXT = "Hello, world"
OURS = (sys.executable, "-m", "qiscus_tui")
SECONDS = 120.0
"""Longer than anything here takes, on a slow machine too."""


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox."""

    url: str
    app_code: str
    long_lived: str
    sessions: int


@contextlib.contextmanager
def sandbox(sessions: int) -> Generator[Sandbox]:
    """The demo API with so many sessions."""
    command = [*OURS, "sandbox", "--sessions", str(sessions)]
    with (
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, env=own_environment(Path(home)), text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            said = ""
            while "Stop with" not in said:
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"the sandbox did not start:\n{said}")
                said += line
            yield Sandbox(
                _after("Sandbox API:", said),
                _after("app code", said),
                _after("long-lived token", said),
                sessions,
            )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def own_environment(home: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing of the user's is read or written."""
    names = {
        "HOME": str(home),
        "QISCUS_TUI_CONFIG_DIR": str(home),
        "QISCUS_TUI_DATA_DIR": str(home),
    }
    return environment(**{**names, **more})


def account_of(server: Sandbox) -> dict[str, str]:
    """Credentials in the environment, which lead straight to the sessions."""
    return {
        "QISCUS_TUI_SERVER": server.url,
        "QISCUS_APP_ID": server.app_code,
        "QISCUS_LONG_LIVED_TOKEN": server.long_lived,
    }


def hello(columns: int = 80, rows: int = 24) -> Terminal:
    """The bare program."""
    return Terminal([sys.executable, HELLO], columns=columns, rows=rows, environ=environment())


@contextlib.contextmanager
def login(columns: int = 80, rows: int = 24) -> Generator[Terminal]:
    """Our login screen."""
    with (
        tempfile.TemporaryDirectory() as home,
        Terminal(OURS, columns=columns, rows=rows, environ=own_environment(Path(home))) as terminal,
    ):
        yield terminal


@contextlib.contextmanager
def sessions(
    server: Sandbox,
    columns: int = 80,
    rows: int = 24,
    command: tuple[str, ...] = OURS,
    **more: str,
) -> Generator[Terminal]:
    """Our session screen."""
    with tempfile.TemporaryDirectory() as home:
        environ = own_environment(Path(home), **account_of(server), **more)
        with Terminal(command, columns=columns, rows=rows, environ=environ) as terminal:
            yield terminal


def all_listed(server: Sandbox, text: str) -> bool:
    """Whether the screen shows that the whole list is there; a few have expired meanwhile."""
    counted = re.search(r"([\d,]+) active", text)
    if counted is None:
        return False
    return int(counted[1].replace(",", "")) >= server.sessions * 0.97 - 10


def wait_for_all(terminal: Terminal, server: Sandbox) -> float:
    """Wait until the whole list is on screen; gives when its last bytes came."""
    return terminal.wait_for(partial(all_listed, server), seconds=SECONDS)


def quit_program(terminal: Terminal) -> None:
    """Leave by the key that hello and ours have in common, or by a signal from the login."""
    terminal.signal(signal.SIGTERM)
    terminal.finish(seconds=SECONDS)


def _after(label: str, said: str) -> str:
    found = re.search(rf"{label}\s+(\S+)", said)
    assert found is not None, said
    return found[1]
