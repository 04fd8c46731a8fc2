"""The app with accounts that are kept in files of the test's own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from qiscus_tui.model.account import Storage
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.account.storage import secret_store
from qiscus_tui.service.account.workspace import LocalFiles
from qiscus_tui.store.paths import find_paths
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, PASSWORD, demo_state
from tests.tui.demo_app import Running, opened_with, workspace_on

ADMIN, AGENT = "admin@demo.example", "agent@demo.example"


class Machine:
    """This machine: a server, and files that outlive the app."""

    def __init__(self, clock: ManualClock, home: Path, sessions: int = 20) -> None:
        self.clock = clock
        self.home = home
        self.state = demo_state(clock, sessions=sessions, dialect=DIALECTS["plain"])
        environ = {
            "HOME": str(home),
            "QISCUS_TUI_CONFIG_DIR": str(home / "config"),
            "QISCUS_TUI_DATA_DIR": str(home / "data"),
        }
        files = LocalFiles(find_paths(environ), environ)
        self.workspace = replace(
            workspace_on(self.state, clock), environ=environ, local_files=files
        )

    @property
    def local_files(self) -> LocalFiles:
        """The files."""
        return self.workspace.local_files

    @property
    def names(self) -> set[str]:
        """The accounts that are kept."""
        return {stored.name for stored in self.local_files.book.all()}

    async def log_in(self, email: str = ADMIN) -> str:
        """Log somebody in; the last one is the one that the app opens."""
        secrets = secret_store(self.workspace, Storage.FILE)
        done = await log_in(self.workspace, secrets, Password(email, PASSWORD))
        await done.connection.close()
        return done.connection.name

    @asynccontextmanager
    async def app(self) -> AsyncGenerator[Running]:
        """The app with the account that was used last."""
        choice = self.workspace.choose()
        async with opened_with(self.workspace, choice, self.state, self.clock) as running:
            yield running
