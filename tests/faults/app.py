"""The app over the faulty server, driven by keys."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from msgspec import structs
from textual.widgets import Input

from qiscus_tui.errors import NoAccount
from qiscus_tui.service.account.selection import AccountOptions
from qiscus_tui.service.account.workspace import Workspace, open_workspace
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.sessions.screen import SessionsScreen
from tests.clocks import ManualClock
from tests.faults.stage import EMAIL, Deed, Stage
from tests.sandbox import PASSWORD
from tests.tui.demo_app import Running


class HandClock(ManualClock):
    """The true time, moved on by hand; waiting takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = 0.0

    def now(self) -> float:
        return time.time() + self.moved

    def monotonic(self) -> float:
        return time.monotonic() + self.moved

    def advance(self, seconds: float) -> None:
        self.moved += seconds

    async def sleep(self, seconds: float) -> None:
        moved = self.moved
        await super().sleep(seconds)
        self.moved = moved


def workspace_of(stage: Stage, clock: ManualClock) -> Workspace:
    """The user's own workspace, with quick time-outs."""
    environ = {"HOME": str(stage.program.home), "QISCUS_TUI_SERVER": stage.url or stage.server.url}
    workspace = open_workspace(environ, AccountOptions())
    server = structs.replace(workspace.config.server, timeout=stage.program.timeout)
    return structs.replace(
        workspace, config=structs.replace(workspace.config, server=server), clock=clock
    )


@asynccontextmanager
async def app_on(stage: Stage) -> AsyncGenerator[Running]:
    """The app, at its login or with the sessions on the screen."""
    clock = HandClock()
    workspace = workspace_of(stage, clock)
    try:
        choice = workspace.choose()
    except NoAccount:
        choice = None
    app = QiscusTui(workspace, choice)
    async with app.run_test(size=(120, 40)) as pilot:
        running = Running(app, pilot, stage.server.state, clock)
        await running.settle()
        yield running
        await _close(running)


async def _close(running: Running) -> None:
    """Close what `q` would have closed; a process that ends without it needs no closing."""
    for screen in running.app.screen_stack:
        if isinstance(screen, SessionsScreen) and screen.feed.connection is not None:
            await screen.feed.connection.close()


async def do(running: Running, deed: Deed) -> None:
    """What the user presses for a deed, up to its end."""
    match deed:
        case Deed.LOGIN:
            running.clock.advance(1)  # keys in flight reach no login that opens by itself
            for field, text in (("#email", EMAIL), ("#password", PASSWORD)):
                running.app.screen.query_one(field, Input).value = text
            await running.press("enter")
        case Deed.LIST:
            await running.press("r")
        case Deed.REVOKE_ONE:
            await running.press("end", "x")
            await _slowly(running, "y")
        case Deed.REVOKE_MANY:
            await running.press("a", "x")
            await _slowly(running, "y")
        case Deed.REVOKE_ALL:
            await running.press("X")
            code = running.sessions.feed.account.app_code
            await _slowly(running, *code, "enter")
        case Deed.REFRESH:
            await running.press("R")


async def _slowly(running: Running, *keys: str) -> None:
    running.clock.advance(0.6)
    for key in keys:
        running.clock.advance(0.2)
        await running.pilot.press("minus" if key == "-" else key)
    await running.settle()
    running.clock.advance(1)
