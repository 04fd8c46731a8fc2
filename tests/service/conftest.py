"""A stage for runs of plans, and workspaces on the demo in this process."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials, parse_origin
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.account.login import LoggedIn, Password, log_in
from qiscus_tui.service.account.selection import AccountOptions
from qiscus_tui.service.account.workspace import DemoAccess, LocalFiles, Workspace
from qiscus_tui.store.config import Config
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import FileSecrets, MemorySecrets, SecretStore
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, PASSWORD, DemoState, Dialect, demo_state
from tests.sandbox.app import demo_app
from tests.service.scripted import AuditTrail, ScriptedServer, Stage, Trials

DEMO_ORIGIN = parse_origin("https://demo.invalid")


@pytest.fixture
def stage(clock: ManualClock) -> Stage:
    """A server without sessions on which revoking was seen to work."""
    server = ScriptedServer(clock)
    return Stage(clock, server, AuditTrail(server.log), Trials())


@dataclass
class Sandbox:
    """A demo account, and this machine's side of it."""

    state: DemoState
    workspace: Workspace
    secrets: SecretStore
    clock: ManualClock

    @property
    def local_files(self) -> LocalFiles:
        """The files of this machine."""
        return self.workspace.local_files

    async def log_in(self, email: str = "admin@demo.example", password: str = PASSWORD) -> LoggedIn:
        """Log in as somebody of the demo."""
        return await log_in(self.workspace, self.secrets, Password(email, password))

    async def connected(self) -> Connection:
        """Logged in as the admin."""
        return (await self.log_in()).connection

    def renew_long_lived(self, token: str) -> None:
        """From now on the admin's long-lived token is this one, and the older one is not."""
        self.state._long_lived[self.state.credentials.email] = token

    def tokens(self) -> set[str]:
        """The live tokens of the admin."""
        return {session.token for session in self.state.sessions()}


def sandbox_on(
    clock: ManualClock, dialect: str | Dialect, sessions: int, on: LocalFiles
) -> Sandbox:
    """A demo of this dialect; what is kept goes to the disk, or ends with the run."""
    chosen = DIALECTS[dialect] if isinstance(dialect, str) else dialect
    state = demo_state(clock, sessions=sessions, dialect=chosen)
    transport = httpx.ASGITransport(demo_app(state))
    access = DemoAccess(transport, DEMO_ORIGIN, state.credentials.email, PASSWORD)
    workspace = Workspace({}, Config(), on, clock, AccountOptions(), demo=access)
    secrets = FileSecrets(on.paths) if on.persistent else MemorySecrets()
    return Sandbox(state, workspace, secrets, clock)


@pytest.fixture
def on_disk(paths: Paths) -> LocalFiles:
    """The files of this user."""
    return LocalFiles(paths, {})


async def cached(connection: Connection) -> str:
    """The short-lived token that is kept; empty where there is none."""
    short = (await connection.credentials()).short_lived
    return short.token if short is not None else ""


class FailingSecrets(MemorySecrets):
    """In memory; can't be proven writable, or can't be written, from now on."""

    no_probe = False
    no_write = False

    def probe(self) -> None:
        if self.no_probe:
            raise StorageError("The secrets' file belongs to somebody else")

    def write(self, key: str, credentials: Credentials) -> None:
        if self.no_write:
            raise StorageError("No space left on device")
        super().write(key, credentials)


SandboxMaker = Callable[..., Sandbox]


@pytest.fixture
def sandbox(clock: ManualClock, on_disk: LocalFiles) -> SandboxMaker:
    """Make a demo that speaks a dialect, with a disk of ours unless told otherwise."""

    def make(
        dialect: str | Dialect = "plain", sessions: int = 24, *, kept_on_disk: bool = True
    ) -> Sandbox:
        return sandbox_on(
            clock, dialect, sessions, on_disk if kept_on_disk else LocalFiles.in_memory()
        )

    return make


def speaking(*dialects: str) -> pytest.MarkDecorator:
    """Where the server speaks so, in each of these dialects."""
    return pytest.mark.parametrize("dialect", dialects)


@pytest.fixture
def dialect() -> str:
    """What the server speaks unless told otherwise."""
    return "plain"


@pytest.fixture
def here(sandbox: SandboxMaker, dialect: str) -> Sandbox:
    """A demo, and nobody logged in."""
    return sandbox(dialect)


@pytest.fixture
async def connection(here: Sandbox) -> Connection:
    """The admin, logged in there."""
    return await here.connected()
