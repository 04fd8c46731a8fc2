"""From the start to the list on screen: what comes first, and what waits for it."""

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult

from qiscus_tui.model.session import SessionRun
from qiscus_tui.query import SortKey
from qiscus_tui.service.sessions.descriptions import Describer
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.audit.screen import AuditScreen
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.order import ListView
from qiscus_tui.tui.listed.sorting import Sorting
from qiscus_tui.tui.sessions.session_table import SessionTable
from tests.clocks import ManualClock
from tests.tui.demo_app import at_sessions
from tests.tui.slow_list import list_arriving


async def test_the_frame_comes_before_the_reading_and_the_rows_before_all_that_can_wait(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def noted(owner: type, name: str, what: str) -> None:
        method: Callable[..., Any] = getattr(owner, name)

        def noting(*given: Any) -> Any:
            seen.append(what)
            return method(*given)

        async def async_noting(*given: Any) -> Any:
            return await noting(*given)

        is_async = inspect.iscoroutinefunction(method)
        monkeypatch.setattr(owner, name, async_noting if is_async else noting)

    noted(SessionTable, "draw_header_line", "frame")
    noted(SessionTable, "draw_row_line", "row")
    noted(Feed, "reload", "reading")
    noted(Feed, "_note_visit", "visit")
    noted(Feed, "find_names", "names")
    async with at_sessions(clock):
        assert list(dict.fromkeys(seen)) == ["frame", "reading", "row", "visit", "names"]


SOME = 500 * 1024
"""Bytes of some two thousand sessions."""


@pytest.mark.parametrize("dialect", ["plain", "after", "numbered", "laravel-key", "masked"])
async def test_rows_are_shown_while_the_rest_arrives_and_stay_until_all_are_put_in_order(
    clock: ManualClock, tmp_path: Path, dialect: str
) -> None:
    async with list_arriving(clock, tmp_path, dialect=dialect) as running:
        table = running.sessions.table
        await running.arrive(SOME)
        assert "so far" in running.lines()[1]
        assert "● live" not in running.text()
        assert " active" not in running.text()
        await running.press_now("j", "j", "space", "j")
        at, row, shown = table.cursor_id, table.cursor_row, running.ids[:30]
        await running.arrive(SOME * 2 // 3)
        assert (table.cursor_id, table.cursor_row, table.top_row) == (at, row, 0)
        assert running.ids[:30] == shown
        assert "1 marked" in running.lines()[1]
        await running.whole()
        assert "4,000 active" in running.lines()[1]
        assert "1 marked" in running.lines()[1]
        assert table.cursor_id == at
        assert running.ids == [session.id for session in running.newest_first]


async def test_without_a_moved_cursor_the_whole_list_is_shown_from_its_top(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with list_arriving(clock, tmp_path) as running:
        await running.arrive(SOME)
        first = running.ids[0]
        await running.whole()
        assert running.ids[0] != first
        assert (running.sessions.table.cursor_row, running.sessions.table.top_row) == (0, 0)


async def test_a_filter_typed_meanwhile_holds_for_what_comes_later(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with list_arriving(clock, tmp_path) as running:
        await running.arrive(SOME)
        await running.press_now("slash", *"guzzle", "enter")
        before = running.ids
        assert 0 < len(before) < len(running.sessions.table.sessions)
        await running.arrive(SOME * 2 // 3)
        assert running.ids[: len(before)] == before
        assert f"{len(running.ids):,} of " in running.lines()[2]
        assert " so far, then newest first" in running.lines()[2]
        await running.whole()
        whole = running.sessions.view.listed
        found = {
            one.id
            for one, name in zip(whole.sessions, whole.clients, strict=True)
            if "Guzzle" in name
        }
        assert set(running.ids) == found


@pytest.mark.parametrize("key", ["x", "P", "X", "R", "a", "i", "enter", "e", "l", "o", "F"])
async def test_what_needs_the_whole_list_waits_for_it_and_says_so(
    clock: ManualClock, tmp_path: Path, key: str
) -> None:
    async with list_arriving(clock, tmp_path) as running:
        await running.arrive(SOME)
        await running.press_now("space", key)
        assert "The list is still arriving" in running.toasts
        assert running.app.screen is running.sessions
        assert running.sessions.table.marks.total == 1
        assert " x revoke" not in running.lines()[-1]
        await running.whole()
        assert "x revoke" in running.lines()[-1]


@pytest.mark.parametrize("keys", [("g",), ("s", "s", "S"), ("o",)])
async def test_what_was_asked_for_before_the_first_rows_shows_the_whole_list(
    clock: ManualClock, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    async with list_arriving(clock, tmp_path) as running:
        await running.until(lambda: running.sessions.feed.is_loading)
        await running.press_now(*keys)
        await running.arrive(SOME)
        assert " active" not in running.text()
        assert "36 %" not in running.text()
        await running.whole()
        assert "4,000 active" in running.text()


async def test_an_order_chosen_just_before_the_whole_list_is_shown_holds(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = ListView.prepared_in_steps
    async with list_arriving(clock, tmp_path) as running:
        await running.arrive(SOME)
        choices = [Sorting(SortKey.ID)]

        def preparing(self: ListView, listed: SessionList, now: float) -> Any:
            found = yield from prepared(self, listed, now)
            if choices:
                asyncio.get_running_loop().call_soon(running.sessions.rows.sort, choices.pop())
            return found

        monkeypatch.setattr(ListView, "prepared_in_steps", preparing)
        await running.whole()
        assert running.ids == sorted(running.ids)


async def test_nothing_is_left_of_a_list_that_breaks_off(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with list_arriving(clock, tmp_path) as running:
        await running.arrive(SOME)
        await running.press_now("space")
        running.lists.break_off()
        await running.until(lambda: running.sessions.feed.is_missing)
        assert running.rows == 0
        assert "damaged JSON" in running.words()
        assert "marked" not in running.lines()[1]
        assert "so far" not in running.text()
        await running.press_now("x")
        assert running.app.screen is running.sessions


async def test_what_has_arrived_is_described_and_drawn_once(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described, redrawn = [0], [0]
    describe, refresh = Describer.in_steps, SessionTable.refresh

    def counting(self: Describer, run: SessionRun) -> Any:
        described[0] += len(run.sessions)
        return describe(self, run)

    def refreshing(self: SessionTable, *regions: Any, **how: Any) -> Any:
        redrawn[0] += 1
        return refresh(self, *regions, **how)

    async def find_no_names(_: Feed) -> None:
        return None

    async with list_arriving(clock, tmp_path) as running:
        await running.arrive(SOME)
        await running.until(lambda: running.sessions.table._drawn)
        monkeypatch.setattr(Feed, "find_names", find_no_names)
        monkeypatch.setattr(Describer, "in_steps", counting)
        monkeypatch.setattr(SessionTable, "refresh", refreshing)
        before = len(running.sessions.table.sessions)
        await running.arrive(SOME * 2 // 3)
        assert redrawn == [0]
        await running.whole()
        assert 0 < described[0] <= 4000 - before + 1000
        assert redrawn != [0]


async def test_a_new_screen_has_the_classes_of_its_size_before_anything_on_it_is_styled(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes: list[frozenset[str]] = []
    compose = AuditScreen.compose

    def composing(self: AuditScreen) -> ComposeResult:
        classes.append(frozenset(self.classes))
        return compose(self)

    monkeypatch.setattr(AuditScreen, "compose", composing)
    async with at_sessions(clock, size=(120, 18)) as running:
        await running.press("L")
        assert classes == [running.app.screen.classes]
        assert {"-wide", "-short"} <= classes[0]
