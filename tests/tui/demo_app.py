"""The whole app over the demo in this process, with a clock by hand."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx
from msgspec import structs
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, Static

from qiscus_tui.model.account import parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.workspace import DemoAccess, LocalFiles, Workspace
from qiscus_tui.store.config import AccountConfig, Config
from qiscus_tui.store.paths import find_paths
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.sessions.screen import SessionsScreen
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, DemoState, demo_state
from tests.sandbox.app import demo_app
from tests.tui.dialogs_on_demo import finished

DAY = 86_400


@dataclass
class Running:
    """An app that runs, its pilot, and the server behind it."""

    app: QiscusTui
    pilot: Pilot[int]
    state: DemoState
    clock: ManualClock

    @property
    def sessions(self) -> SessionsScreen:
        """The sessions screen, in front or behind."""
        return next(one for one in self.app.screen_stack if isinstance(one, SessionsScreen))

    @property
    def login(self) -> LoginScreen:
        """The login screen in front."""
        assert isinstance(self.app.screen, LoginScreen)
        return self.app.screen

    @property
    def ids(self) -> list[str]:
        """Ids of the rows shown."""
        table = self.sessions.table
        return [table.sessions.sessions[at].id for at in table.order]

    async def settle(self) -> None:
        """Let all that was begun come to its end."""
        await self.pilot.pause()
        await finished(self.app)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what they do."""
        await self.pilot.press(*keys)
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
        self.sessions.second()
        await self.settle()

    def lines(self) -> list[str]:
        """What stands on the screen in front."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    def text(self) -> str:
        """The same, as one text."""
        return "\n".join(self.lines())

    def words(self) -> str:
        """The same as one line, as a text that was wrapped reads."""
        return " ".join(self.text().split())

    def box(self) -> str:
        """What a dialog says, without what stands beside it, as `words`."""
        box = self.app.screen.query_one("#box").region
        lines = (line[box.x + 1 : box.right - 1] for line in self.lines())
        return " ".join(" ".join(lines).split())

    async def press_slowly(self, *keys: str) -> None:
        """Press keys as a hand does, the delay after each question over."""
        for key in keys:
            self.clock.advance(0.7)
            await self.press(key)
        self.clock.advance(0.7)

    @property
    def toasts(self) -> str:
        """What was said in passing."""
        return "\n".join(note.message for note in self.app._notifications)

    @property
    def said(self) -> str:
        """What the login says under its form."""
        return cast("Content", self.app.screen.query_one("#said", Static).content).plain

    def value(self, field: str) -> str:
        """What stands in a field."""
        return self.app.screen.query_one(field, Input).value

    @property
    def focus(self) -> str:
        """Id of the widget with the focus."""
        return "" if self.app.focused is None else str(self.app.focused.id)


def workspace_on(
    state: DemoState,
    clock: ManualClock,
    config: Config | None = None,
    latency_ms: float = 0,
) -> Workspace:
    """A workspace on the demo, which keeps nothing."""
    access = DemoAccess(
        httpx.ASGITransport(demo_app(state, latency_ms=latency_ms)),
        parse_origin("https://demo.invalid"),
        state.credentials.email,
        state.credentials.password,
    )
    return Workspace({}, config or Config(), LocalFiles.in_memory(), clock, demo=access)


def from_environment(
    state: DemoState, clock: ManualClock, home: Path, *, readonly: bool = False
) -> tuple[Workspace, SelectedAccount]:
    """A workspace and an account whose secrets come from the environment."""
    environ = {
        "HOME": str(home),
        "QISCUS_TUI_CONFIG_DIR": str(home / "config"),
        "QISCUS_TUI_DATA_DIR": str(home / "data"),
        "QISCUS_LONG_LIVED_TOKEN": state.credentials.long_lived_token,
        "QISCUS_APP_ID": state.credentials.app_code,
        "QISCUS_TUI_SERVER": "https://demo.invalid",
    }
    config = Config(accounts={"environment": AccountConfig(readonly=readonly)})
    on = LocalFiles(find_paths(environ), environ)
    workspace = structs.replace(workspace_on(state, clock, config), environ=environ, local_files=on)
    return workspace, workspace.choose()


@asynccontextmanager
async def at_login(
    clock: ManualClock,
    *,
    state: DemoState | None = None,
    dialect: str = "plain",
    sessions: int = 40,
    size: tuple[int, int] = (120, 40),
    config: Config | None = None,
    latency_ms: float = 0,
    few_colours: bool = False,
    hostile: bool = True,
) -> AsyncGenerator[Running]:
    """The app at its login screen."""
    if state is None:
        state = demo_state(clock, sessions=sessions, dialect=DIALECTS[dialect], hostile=hostile)
    workspace = workspace_on(state, clock, config, latency_ms)
    app = QiscusTui(workspace, None, few_colours=few_colours)
    async with app.run_test(size=size) as pilot:
        running = Running(app, pilot, state, clock)
        await running.settle()
        yield running


@asynccontextmanager
async def at_sessions(
    clock: ManualClock,
    *,
    dialect: str = "plain",
    sessions: int = 40,
    size: tuple[int, int] = (120, 40),
    config: Config | None = None,
    known: Sequence[Known] = (),
    latency_ms: float = 0,
    few_colours: bool = False,
    hostile: bool = True,
) -> AsyncGenerator[Running]:
    """The app with the demo's sessions on the screen."""
    config = structs.replace(config or Config(), known=tuple(known))
    async with at_login(
        clock,
        dialect=dialect,
        sessions=sessions,
        size=size,
        config=config,
        latency_ms=latency_ms,
        few_colours=few_colours,
        hostile=hostile,
    ) as running:
        await running.press("enter")
        assert isinstance(running.app.screen, SessionsScreen)
        yield running


@asynccontextmanager
async def opened_with(
    workspace: Workspace, choice: SelectedAccount, state: DemoState, clock: ManualClock
) -> AsyncGenerator[Running]:
    """The app with an account that was there before."""
    app = QiscusTui(workspace, choice)
    async with app.run_test(size=(120, 40)) as pilot:
        running = Running(app, pilot, state, clock)
        await running.settle()
        yield running
