"""Dialogs on an app of their own, over a connection to the demo in this process."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from textual import events
from textual.app import App
from textual.screen import ModalScreen

from qiscus_tui.model.clients import Known
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.revocation.run import verified_calls_of
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.snapshot import Reader
from qiscus_tui.store.secrets import MemorySecrets
from qiscus_tui.tui.dialogs.question import Question
from qiscus_tui.tui.terminal.app import TerminalApp
from qiscus_tui.tui.theme import DARK, THEMES
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, Dialect, demo_state
from tests.sandbox.state import DemoState
from tests.tui.demo_app import OnScreen, workspace_on


class Door:
    """Latency by hand: while closed, every request waits."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self.waiting = 0
        """Requests that wait."""

    def close(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    async def pass_through(self, _seconds: float) -> None:
        self.waiting += 1
        await self._open.wait()
        self.waiting -= 1


@dataclass
class Stage:
    """A demo, and a connection that is logged in to it."""

    clock: ManualClock
    state: DemoState
    connection: Connection
    listed: SessionList
    door: Door

    def other_positions(self, count: int) -> list[int]:
        """So many sessions, none of them our own."""
        others = [i for i, session in enumerate(self.listed.sessions) if not session.current]
        return others[:count]

    @property
    def own_position(self) -> int:
        return next(i for i, session in enumerate(self.listed.sessions) if session.current)

    @property
    def sent(self) -> int:
        """How many revokes the server got."""
        return len(self.state.revoke_requests)


async def stage(
    dialect: str | Dialect = "plain",
    *,
    sessions: int = 60,
    known: Sequence[Known] = (),
    readonly: bool = False,
    verified: bool = True,
) -> Stage:
    """A demo with this many sessions, logged in, listed; revokes known to work."""
    clock = ManualClock()
    spoken = DIALECTS[dialect] if isinstance(dialect, str) else dialect
    state = demo_state(clock, sessions=sessions, dialect=spoken)
    door = Door()
    workspace = workspace_on(state, clock, latency_ms=1, sleep=door.pass_through)
    entered = Password(state.credentials.email, state.credentials.password)
    connection = (await log_in(workspace, MemorySecrets(), entered)).connection
    connection.reader = Reader(lambda: known)
    connection.account = replace(connection.account, readonly=readonly)
    if verified:
        verified_calls_of(connection).remember()
    return Stage(clock, state, connection, await connection.read_list(), door)


class DialogApp(TerminalApp):
    """Nothing but what a dialog is pushed upon."""

    def __init__(self) -> None:
        super().__init__(css_path=[])
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK
        self.answers: list[object] = []

    async def on_event(self, event: events.Event) -> None:
        """Deliver each key at once: no other is on its way."""
        await App.on_event(self, event)


@dataclass(frozen=True)
class Asked(OnScreen):
    """A dialog that was opened, and what was answered."""

    app: DialogApp

    @property
    def answers(self) -> list[object]:
        return self.app.answers

    async def show(self, dialog: ModalScreen[Any]) -> None:
        """Open it, and keep its answer."""
        self.app.push_screen(dialog, self.answers.append)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys as a hand does, the delay after each question over, and wait for the end."""
        for key in keys:
            self.clock.advance(0.7)
            await self.burst(key)
        self.clock.advance(0.7)

    async def burst(self, *keys: str) -> None:
        """Press keys at one moment, and wait for the end."""
        await self.pilot.press(*keys)
        await self.settle()

    async def paste(self, text: str) -> None:
        """Paste; what is asked is drawn again after it."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()
        await self.pilot.pause()

    async def until(self, words: str) -> None:
        async with asyncio.timeout(10):
            while words not in self.text():
                await self.pilot.pause()

    async def armed(self) -> None:
        """Wait until what is asked was drawn, and the delay after it is over."""
        question = self.app.screen
        assert isinstance(question, Question)
        async with asyncio.timeout(10):
            while not question.guard.armed:
                self.clock.advance(0.6)
                await self.pilot.pause()


@asynccontextmanager
async def asked(
    on: Stage,
    dialog: ModalScreen[Any],
    size: tuple[int, int] = (80, 24),
    app: DialogApp | None = None,
) -> AsyncGenerator[Asked]:
    """An app with the dialog on it, just drawn."""
    app = app or DialogApp()
    async with app.run_test(size=size) as pilot:
        here = Asked(app, pilot, on.clock)
        await here.show(dialog)
        yield here
