"""From the start to the list on screen: what comes first, and what waits for it."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult

from qiscus_tui.query import Moment, select
from qiscus_tui.tui.audit.screen import AuditScreen
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.sessions.session_table import SessionTable
from tests.clocks import ManualClock
from tests.tui.demo_app import DAY, at_sessions
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

    noted(SessionTable, "_header_parts", "frame")
    noted(SessionTable, "row_at", "row")
    noted(Feed, "reload", "reading")
    noted(Feed, "_note_visit", "visit")
    noted(Feed, "find_names", "names")
    async with at_sessions(clock):
        assert list(dict.fromkeys(seen)) == ["frame", "reading", "row", "visit", "names"]


SOME = 500 * 1024
"""Bytes of some two thousand sessions."""


@pytest.mark.parametrize("dialect", ["plain", "after", "numbered"])
async def test_while_the_list_arrives_a_line_says_how_far_it_is_and_nothing_is_called_live(
    clock: ManualClock, tmp_path: Path, dialect: str
) -> None:
    async with list_arriving(clock, tmp_path, dialect=dialect) as running:
        await running.arrive(SOME)
        assert "Loading the sessions" in running.lines()[1]
        assert "● live" not in running.text()
        assert " active" not in running.text()
        assert not running.ids
        for key in ("x", "P", "X", "R"):
            await running.press_now(key)
            why = "No session is shown." if key in "xP" else "The list is not loaded yet"
            assert why in running.toasts
            assert running.app.screen is running.sessions
            running.app.clear_notifications()
        await running.whole()
        assert "4,000 active" in running.lines()[1]
        assert running.ids == [session.id for session in running.newest_first]
        assert (running.sessions.table.cursor_row, running.sessions.table.top_row) == (0, 0)


@pytest.mark.parametrize("keys", [("g",), ("s", "s", "S"), ("o",), ("slash", *"guzzle", "enter")])
async def test_what_is_asked_for_before_the_list_is_there_holds_for_it(
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
        view = running.sessions.view
        found = select(view.query, view.listed, Moment(clock.now(), DAY))
        assert sorted(view.shown) == found
        assert len(found) < 4000 or not view.is_filtered
        if "S" in keys:
            assert "latest end first" in running.text() or "longest unused first" in running.text()


async def test_nothing_is_left_of_a_list_that_breaks_off(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with list_arriving(clock, tmp_path) as running:
        await running.arrive(SOME)
        running.lists.break_off()
        await running.until(lambda: running.sessions.feed.is_missing)
        assert not running.ids
        assert "damaged JSON" in running.words()
        await running.press_now("x")
        assert running.app.screen is running.sessions


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
