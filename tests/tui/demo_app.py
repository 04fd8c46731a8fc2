"""The whole app over the demo in this process, with a clock by hand."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

import httpx
from msgspec import structs
from textual.app import App
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, Static
from textual.worker import WorkerCancelled

from qiscus_tui.demo.app import Sleep
from qiscus_tui.model.account import Storage, parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Session
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.storage import secret_store
from qiscus_tui.service.account.workspace import DemoAccess, LocalFiles, Workspace
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.store.config import Config
from qiscus_tui.store.paths import find_paths
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.sessions.screen import SessionsScreen
from qiscus_tui.tui.terminal.app import TerminalApp
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, PASSWORD, DemoState, demo_state
from tests.sandbox.app import demo_app

DAY = 86_400
ADMIN, AGENT = "admin@demo.example", "agent@demo.example"
SIZE = (120, 40)


async def finished(app: App[Any]) -> None:
    """Wait for the workers; one that has opened a dialog ends when that is closed."""
    while others := [one for one in app.workers if one.group != "dialog"]:
        with contextlib.suppress(WorkerCancelled):  # a newer one took its place
            await app.workers.wait_for_complete(others)
    if not app.screen.is_modal:
        await app.workers.wait_for_complete()


@dataclass(frozen=True)
class OnScreen:
    """An app that runs, what stands on its screen, and its pilot."""

    app: TerminalApp
    pilot: Pilot[int]
    clock: ManualClock

    async def settle(self) -> None:
        """Wait until what was begun is done: a key may begin it in a message behind its own."""
        await self.pilot.pause()
        await finished(self.app)
        await self.pilot.pause()

    def lines(self) -> list[str]:
        """What stands on the screen in front."""
        strips = self.app.screen._compositor.render_strips()
        assert all(strip.cell_length == self.app.size.width for strip in strips)
        return [strip.text.rstrip() for strip in strips]

    def text(self) -> str:
        """The same, as one text."""
        return "\n".join(self.lines())

    def words(self) -> str:
        """The same as one line, as a text that was wrapped reads."""
        return " ".join(self.text().replace("│", " ").split())

    def shows(self, *words: str) -> None:
        """Assert that all of these stand on the screen."""
        missing = [one for one in words if one not in self.text()]
        assert not missing, f"{missing} not in:\n{self.text()}"

    def value(self, field: str) -> str:
        return self.app.screen.query_one(field, Input).value

    @property
    def toasts(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    @property
    def focus(self) -> str:
        """Id of the widget with the focus."""
        return "" if self.app.focused is None else str(self.app.focused.id)


@dataclass(frozen=True)
class Running(OnScreen):
    """The whole app, and the server behind it."""

    app: QiscusTui
    state: DemoState

    @property
    def sessions(self) -> SessionsScreen:
        """The sessions screen, in front or behind."""
        return next(one for one in self.app.screen_stack if isinstance(one, SessionsScreen))

    @property
    def login(self) -> LoginScreen:
        assert isinstance(self.app.screen, LoginScreen)
        return self.app.screen

    @property
    def session(self) -> Session:
        """The session under the cursor."""
        session = self.sessions.table.cursor_session
        assert session is not None
        return session

    @property
    def group(self) -> Group:
        """The group under the cursor."""
        group = self.sessions.list.group_table.cursor_group
        assert group is not None
        return group

    @property
    def ids(self) -> list[str]:
        """Ids of the rows shown."""
        table = self.sessions.table
        return [table.sessions.sessions[at].id for at in table.order]

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what they do."""
        await self.pilot.press(*keys)
        await self.settle()

    async def press_slowly(self, *keys: str) -> None:
        """Press keys as a hand does, the delay after each question over."""
        for key in keys:
            self.clock.advance(0.7)
            await self.press(key)
        self.clock.advance(0.7)

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    async def click_list(self) -> None:
        """Click into the list, which leaves a filter that has an error too."""
        table = self.sessions.list.front
        await self.pilot.mouse_down(table, offset=(2, 1))
        await self.pilot.mouse_up(table, offset=(2, 1))
        await self.settle()

    async def tick(self, seconds: float = 1) -> None:
        """Let time pass, and the screen notice."""
        self.clock.advance(seconds)
        self.sessions._tick()
        await self.settle()

    def box(self) -> str:
        """What a dialog says, without what stands beside it, as `words`."""
        box = self.app.screen.query_one("#box").region
        lines = (line[box.x + 1 : box.right - 1] for line in self.lines())
        return " ".join(" ".join(lines).split())

    @property
    def said(self) -> str:
        return cast("Content", self.app.screen.query_one("#said", Static).content).plain


def workspace_on(
    state: DemoState,
    clock: ManualClock,
    config: Config | None = None,
    latency_ms: float = 0,
    sleep: Sleep = asyncio.sleep,
) -> Workspace:
    """A workspace on the demo, which keeps nothing."""
    access = DemoAccess(
        httpx.ASGITransport(demo_app(state, latency_ms=latency_ms, sleep=sleep)),
        parse_origin("https://demo.invalid"),
        state.credentials.email,
        state.credentials.password,
    )
    return Workspace({}, config or Config(), LocalFiles.in_memory(), clock, demo=access)


def from_environment(
    state: DemoState, clock: ManualClock, home: Path
) -> tuple[Workspace, SelectedAccount]:
    """A workspace and an account whose secrets come from the environment."""
    environ = {
        "QISCUS_LONG_LIVED_TOKEN": state.credentials.long_lived_token,
        "QISCUS_APP_ID": state.credentials.app_code,
        "QISCUS_TUI_SERVER": "https://demo.invalid",
    }
    workspace = with_files(workspace_on(state, clock), home, environ)
    return workspace, workspace.choose()


def with_files(workspace: Workspace, home: Path, environ: dict[str, str]) -> Workspace:
    """The same workspace with files that outlive the app."""
    folders = {f"QISCUS_TUI_{name.upper()}_DIR": str(home / name) for name in ("config", "data")}
    environ = {"HOME": str(home), **folders, **environ}
    files = LocalFiles(find_paths(environ), environ)
    return structs.replace(workspace, environ=environ, local_files=files)


@asynccontextmanager
async def opened(
    app: QiscusTui,
    state: DemoState,
    clock: ManualClock,
    size: tuple[int, int] = SIZE,
    *,
    has_toasts: bool = False,
) -> AsyncGenerator[Running]:
    """The app on its first screen, with all that was begun at its end."""
    async with app.run_test(size=size, notifications=has_toasts) as pilot:
        here = Running(app, pilot, clock, state)
        await here.settle()
        yield here


class Options(TypedDict, total=False):
    """What may be unlike the usual app at its start."""

    state: DemoState
    dialect: str
    sessions: int
    size: tuple[int, int]
    config: Config
    known: Sequence[Known]
    latency_ms: float
    few_colours: bool
    hostile: bool
    has_toasts: bool


@asynccontextmanager
async def at_login(
    clock: ManualClock | None = None, **options: Unpack[Options]
) -> AsyncGenerator[Running]:
    """The app at its login screen."""
    clock = clock or ManualClock()
    state = options.get("state") or demo_state(
        clock,
        sessions=options.get("sessions", 40),
        dialect=DIALECTS[options.get("dialect", "plain")],
        hostile=options.get("hostile", True),
    )
    known = tuple(options.get("known", ()))
    config = structs.replace(options.get("config") or Config(), known=known)
    workspace = workspace_on(state, clock, config, options.get("latency_ms", 0))
    app = QiscusTui(workspace, None, few_colours=options.get("few_colours", False))
    size, has_toasts = options.get("size", SIZE), options.get("has_toasts", False)
    async with opened(app, state, clock, size, has_toasts=has_toasts) as here:
        yield here


@asynccontextmanager
async def at_sessions(
    clock: ManualClock | None = None, **options: Unpack[Options]
) -> AsyncGenerator[Running]:
    """The app with the demo's sessions on the screen."""
    async with at_login(clock, **options) as here:
        await here.press("enter")
        assert isinstance(here.app.screen, SessionsScreen)
        yield here


class Machine:
    """This machine: a server, and files that outlive the app."""

    def __init__(self, clock: ManualClock, home: Path, sessions: int = 20) -> None:
        self.clock = clock
        self.home = home
        self.state = demo_state(clock, sessions=sessions, dialect=DIALECTS["plain"])
        self.workspace = with_files(workspace_on(self.state, clock), home, {})

    @property
    def local_files(self) -> LocalFiles:
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
        app = QiscusTui(self.workspace, self.workspace.choose())
        async with opened(app, self.state, self.clock) as here:
            yield here
