"""A server on a real socket whose state the test sees, and the program on a terminal before it."""

import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qiscus_tui.model.clock import SystemClock
from tests.e2e.processes import PROGRAM, PROJECT
from tests.e2e.terminal import ENTER, TAB, Terminal, environment
from tests.sandbox import DIALECTS, Call, DemoState, demo_state
from tests.sandbox.server import running


@dataclass(frozen=True)
class Server:
    """The demo's API on a socket of this process."""

    state: DemoState
    url: str

    @property
    def changes(self) -> int:
        """How many calls asked for something to be changed."""
        calls = self.state.calls
        return sum(
            calls[call] for call in (Call.REVOKE, Call.REVOKE_ALL, Call.REFRESH, Call.LOGOUT)
        )

    @property
    def account(self) -> dict[str, str]:
        """Credentials for the environment: they lead straight to the sessions."""
        credentials = self.state.credentials
        return {
            "QISCUS_TUI_SERVER": self.url,
            "QISCUS_APP_ID": credentials.app_code,
            "QISCUS_LONG_LIVED_TOKEN": credentials.long_lived_token,
        }


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with 60 sessions, some of them of hostile clients; its times have a zone."""
    state = demo_state(SystemClock(), sessions=60, dialect=DIALECTS["rfc3339"])
    with running(state) as url:
        yield Server(state, url)


Opener = Callable[..., Terminal]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Starts the program: `opened("--demo", columns=120, rows=40, QISCUS_…=…)`."""
    with contextlib.ExitStack() as stack:

        def opener(
            *arguments: str | Path, command: tuple[str | Path, ...] = PROGRAM, **more: object
        ) -> Terminal:
            (tmp_path / "config").mkdir(exist_ok=True)
            settings = {name: more.pop(name) for name in list(more) if not name.isupper()}
            names = {
                "HOME": str(tmp_path),
                "QISCUS_TUI_CONFIG_DIR": str(tmp_path / "config"),
                "QISCUS_TUI_DATA_DIR": str(tmp_path / "data"),
                "PYTHONPATH": str(PROJECT),
            }
            environ = environment(**{**names, **{name: str(is_) for name, is_ in more.items()}})
            terminal = Terminal([*command, *arguments], environ=environ, **settings)  # pyright: ignore[reportArgumentType]
            return stack.enter_context(terminal)

        yield opener


@pytest.fixture
def sessions(opened: Opener, server: Server) -> Terminal:
    """The program on its session screen at 80x24, the list there."""
    terminal = opened(**server.account)
    terminal.wait_for("60 active")
    return terminal


def log_in(terminal: Terminal, server: Server) -> None:
    """Type email address and password into the login screen."""
    terminal.wait_for("Password")
    terminal.send(server.state.credentials.email)
    terminal.send(TAB)
    terminal.send(server.state.credentials.password)
    terminal.send(ENTER)


def secrets_of(server: Server) -> list[str]:
    """The password first; every token of the account, and its secret key."""
    credentials = server.state.credentials
    return [
        credentials.password,
        credentials.long_lived_token,
        credentials.secret_key,
        *(session.token for session in server.state.sessions()),
    ]


def wait_for_dialog(terminal: Terminal, heading: str, button: str) -> None:
    """Wait until a dialog stands there and its dead time is over: its button is bold then."""
    terminal.wait_for(heading)
    terminal.wait_until(lambda: terminal.is_bold(button))


@contextlib.contextmanager
def nothing_changes(server: Server) -> Generator[None]:
    """Fails where the server is asked to change anything meanwhile."""
    before = server.changes
    yield
    assert server.changes == before
