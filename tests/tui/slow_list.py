"""The app over a demo whose lists come in by as many bytes as a test lets through."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace

from qiscus_tui.model.session import Session
from qiscus_tui.tui.app import QiscusTui
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, demo_state
from tests.sandbox.dialects import Stamp
from tests.tui.demo_app import Running, from_environment

PIECE = 16 * 1024
MOST_PAUSES = 1000


class SlowLists(httpx.AsyncBaseTransport):
    """Answers as the demo does, but the bodies of lists arrive in pieces."""

    def __init__(self, demo: httpx.AsyncBaseTransport) -> None:
        self._demo = demo
        self._more = asyncio.Event()
        self._let_through = 0
        self._breaks = False

    def let_through(self, size: int) -> None:
        """Let so many more bytes through."""
        self._let_through += size
        self._more.set()

    def break_off(self) -> None:
        """End the body here."""
        self._breaks = True
        self._more.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._demo.handle_async_request(request)
        if request.method != "GET":
            return answer
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Pieces(self._pieces(await answer.aread())),
        )

    async def _pieces(self, body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), PIECE):
            while self._let_through < PIECE and not self._breaks:
                self._more.clear()
                await self._more.wait()
            if self._breaks:
                return
            self._let_through -= PIECE
            yield body[start : start + PIECE]


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces


class Arriving(Running):
    """An app whose first list arrives."""

    lists: SlowLists

    @property
    def newest_first(self) -> list[Session]:
        """The sessions shown, as they are to be sorted."""
        table = self.sessions.table
        return sorted(
            (table.sessions.sessions[at] for at in table.order),
            key=lambda session: (-(session.created_at or 0.0), session.id),
        )

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait until it holds."""
        for _ in range(MOST_PAUSES):
            if holds():
                break
            await self.pilot.pause()
        else:
            raise AssertionError(f"It never came:\n{self.text()}")
        await self.pilot.pause()

    async def arrive(self, size: int) -> None:
        """Let more arrive, and wait until that is known."""
        progress = self.sessions.feed.progress
        self.clock.advance(1)
        self.lists.let_through(size)
        await self.until(lambda: self.sessions.feed.progress > progress)

    async def press_now(self, *keys: str) -> None:
        """Press keys while the list still arrives."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def whole(self) -> None:
        """Let the rest arrive, and all be done that comes after it."""
        self.lists.let_through(1 << 30)
        await self.until(lambda: self.sessions.feed.is_read)
        await self.settle()


@asynccontextmanager
async def list_arriving(
    clock: ManualClock, home: Path, *, dialect: str = "plain", sessions: int = 4000
) -> AsyncGenerator[Arriving]:
    """The app at the start, before anything of its list has arrived."""
    # no refresh is made to learn the zone
    zoned = dataclasses.replace(DIALECTS[dialect], stamp=Stamp.RFC3339)
    state = demo_state(clock, sessions=sessions, dialect=zoned)
    workspace, choice = from_environment(state, clock, home)
    assert workspace.demo is not None
    lists = SlowLists(workspace.demo.transport)
    workspace = replace(workspace, demo=replace(workspace.demo, transport=lists))
    app = QiscusTui(workspace, choice)
    async with app.run_test(size=(120, 40)) as pilot:
        running = Arriving(app, pilot, state, clock)
        running.lists = lists
        yield running
