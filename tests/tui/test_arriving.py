"""From the start to the list on screen: what comes first, and what waits for it."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from qiscus_tui.query import Moment, select
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.app import QiscusTui
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, demo_state
from tests.sandbox.dialects import Stamp
from tests.tui.demo_app import DAY, Running, from_environment


@asynccontextmanager
async def list_on_its_way(
    clock: ManualClock, home: Path, patch: pytest.MonkeyPatch
) -> AsyncGenerator[tuple[Running, asyncio.Event]]:
    """The app whose first list is read once the event is set."""
    read_list, answered = Connection.read_list, asyncio.Event()

    async def waiting(self: Connection, *given: Any, **more: Any) -> SessionList:
        await answered.wait()
        return await read_list(self, *given, **more)

    patch.setattr(Connection, "read_list", waiting)
    zoned = dataclasses.replace(DIALECTS["plain"], stamp=Stamp.RFC3339)  # no refresh to learn it
    state = demo_state(clock, sessions=300, dialect=zoned)
    app = QiscusTui(*from_environment(state, clock, home))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        yield Running(app, pilot, clock, state), answered


async def test_until_the_list_is_there_nothing_is_called_live_and_what_needs_it_says_so(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with list_on_its_way(clock, tmp_path, monkeypatch) as (here, answered):
        assert "Loading the sessions" in here.lines()[1]
        assert "● live" not in here.text()
        assert " active" not in here.text()
        for key in ("x", "P", "X", "R"):
            await here.pilot.press(key)
            await here.pilot.pause()
            why = "No session is shown." if key in "xP" else "The list is not loaded yet"
            assert why in here.toasts
            assert here.app.screen is here.sessions
            here.app.clear_notifications()
        answered.set()
        await here.settle()
        assert "300 active" in here.lines()[1]
        assert (here.sessions.table.cursor_row, here.sessions.table.top_row) == (0, 0)


@pytest.mark.parametrize("keys", [("g",), ("s", "s", "S"), ("o",), ("slash", *"guzzle", "enter")])
async def test_what_is_asked_for_before_the_list_is_there_holds_for_it(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    async with list_on_its_way(clock, tmp_path, monkeypatch) as (here, answered):
        await here.pilot.press(*keys)
        await here.pilot.pause()
        assert " active" not in here.text()
        assert "36 %" not in here.text()
        answered.set()
        await here.settle()
        assert "300 active" in here.text()
        view = here.sessions.view
        found = select(view.query, view.listed, Moment(clock.now(), DAY))
        assert sorted(view.shown) == found
        assert len(found) < 300 or not view.is_filtered
        if "S" in keys:
            assert here.lines()[2].endswith("latest end first")
