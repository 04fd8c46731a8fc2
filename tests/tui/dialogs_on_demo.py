"""Dialogs on an app of their own, over a connection to the demo in this process."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from msgspec.structs import replace
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.worker import WorkerCancelled

from qiscus_tui.model.account import parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.account.workspace import DemoAccess, LocalFiles, Workspace
from qiscus_tui.service.revocation.run import verified_calls_of
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.snapshot import full_reader
from qiscus_tui.store.config import Config
from qiscus_tui.store.secrets import MemorySecrets
from qiscus_tui.tui.dialogs.question import Question
from qiscus_tui.tui.terminal.app import TerminalApp
from qiscus_tui.tui.theme import DARK, THEMES
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, Dialect, demo_state
from tests.sandbox.app import demo_app
from tests.sandbox.state import DemoState

Sleep = Callable[[float], Awaitable[object]]


@dataclass
class Stage:
    """A demo, and a connection that is logged in to it."""

    clock: ManualClock
    state: DemoState
    connection: Connection
    listed: SessionList

    def other_positions(self, count: int) -> list[int]:
        """So many sessions, none of them our own."""
        others = [i for i, session in enumerate(self.listed.sessions) if not session.current]
        return others[:count]

    @property
    def own_position(self) -> int:
        """Our own session."""
        return next(i for i, session in enumerate(self.listed.sessions) if session.current)

    def live_ids(self) -> int:
        """Sessions that the server has."""
        return len(self.state.sessions())


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


async def stage(
    dialect: str | Dialect = "plain",
    *,
    sessions: int = 60,
    known: Sequence[Known] = (),
    readonly: bool = False,
    sleep: Sleep | None = None,
    verified: bool = True,
) -> Stage:
    """A demo with this many sessions, logged in, listed; revokes known to work."""
    clock = ManualClock()
    spoken = DIALECTS[dialect] if isinstance(dialect, str) else dialect
    state = demo_state(clock, sessions=sessions, dialect=spoken)
    app = demo_app(state, latency_ms=1, sleep=sleep) if sleep else demo_app(state)
    access = DemoAccess(
        httpx.ASGITransport(app),
        parse_origin("https://demo.invalid"),
        state.credentials.email,
        state.credentials.password,
    )
    workspace = Workspace({}, Config(), LocalFiles.in_memory(), clock, demo=access)
    done = await log_in(
        workspace,
        MemorySecrets(),
        Password(access.email, access.password),
    )
    connection = done.connection
    connection.reader = full_reader(lambda: known)
    connection.account = replace(connection.account, readonly=readonly)
    if verified:
        verified_calls_of(connection).remember()
    return Stage(clock, state, connection, await connection.read_list())


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

    def show(self, dialog: ModalScreen[object]) -> None:
        """Push it, and keep its answer."""
        self.push_screen(dialog, self.answers.append)

    def text(self) -> str:
        """What stands on the screen."""
        width, _ = self.size
        strips = self.screen._compositor.render_strips()
        assert all(strip.cell_length == width for strip in strips)
        return "\n".join(strip.text.rstrip() for strip in strips)

    def flat(self) -> str:
        """The same in one line, however it was wrapped."""
        return " ".join(self.text().replace("│", " ").split())


async def shown(pilot: Pilot[int], dialog: object) -> DialogApp:
    """Show a dialog."""
    app = pilot.app
    assert isinstance(app, DialogApp)
    app.show(dialog)  # pyright: ignore[reportArgumentType]
    await pilot.pause()
    return app


async def finished(app: App[Any]) -> None:
    """Wait for the workers; one that has opened a dialog ends when that is closed."""
    while others := [one for one in app.workers if one.group != "dialog"]:
        with contextlib.suppress(WorkerCancelled):  # a newer one took its place
            await app.workers.wait_for_complete(others)
    if not app.screen.is_modal:
        await app.workers.wait_for_complete()


async def settled(pilot: Pilot[int]) -> None:
    """Wait until what was begun is done: a key may begin it in a message behind its own."""
    await pilot.pause()
    await finished(pilot.app)
    await pilot.pause()


@dataclass
class Asked:
    """A dialog that was opened, and what was answered."""

    app: DialogApp
    pilot: Pilot[int]
    on: Stage

    async def press(self, *keys: str) -> None:
        """Press keys as a hand does, the delay after each question over, and wait for the end."""
        for key in keys:
            self.on.clock.advance(0.7)
            await self.pilot.press(key)
            await settled(self.pilot)
        self.on.clock.advance(0.7)

    async def burst(self, *keys: str) -> None:
        """Press keys at one moment, and wait for the end."""
        await self.pilot.press(*keys)
        await settled(self.pilot)

    async def paste(self, text: str) -> None:
        """Paste; what is asked is drawn again after it."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()
        await self.pilot.pause()

    async def until(self, words: str) -> None:
        """Wait until the screen says so."""
        async with asyncio.timeout(10):
            while words not in self.app.text():
                await self.pilot.pause()

    async def armed(self) -> None:
        """Wait until what is asked was drawn, and the delay after it is over."""
        question = self.app.screen
        assert isinstance(question, Question)
        async with asyncio.timeout(10):
            while not question.guard.armed:
                self.on.clock.advance(0.6)
                await self.pilot.pause()

    @property
    def focus(self) -> str:
        """Id of the widget with the focus."""
        return "" if self.app.focused is None else str(self.app.focused.id)

    @property
    def sent(self) -> int:
        """How many revokes the server got."""
        return len(self.on.state.revoke_requests)


@asynccontextmanager
async def asked(
    on: Stage,
    dialog: ModalScreen[Any],
    size: tuple[int, int] = (80, 24),
    app: DialogApp | None = None,
) -> AsyncGenerator[Asked]:
    """An app with the dialog on it, just drawn."""
    async with (app or DialogApp()).run_test(size=size) as pilot:
        yield Asked(await shown(pilot, dialog), pilot, on)
