"""Time passing: only cells whose text changed are drawn again, at the left edge."""

from collections.abc import Callable
from typing import cast

import pytest
from textual.geometry import Region

from qiscus_tui.query import SortKey
from qiscus_tui.tui.sessions.columns import LEADING_WIDTH, Sort
from tests.clocks import ManualClock
from tests.tui.conftest import DAY, NOW, TableApp, listed, session

SIZE = (100, 8)


@pytest.fixture
def app(clock: ManualClock) -> TableApp:
    """Our own session, one that ends today, and two with days left, used hours ago."""
    clock.time = NOW
    rows = [
        session(0, current=True, expires_at=NOW + 20 * DAY + 30, last_used_at=None),
        session(1, expires_at=NOW + 600, last_used_at=NOW - 90),
        session(2, expires_at=NOW + 9 * DAY + 30.5, last_used_at=NOW - 7200),
        session(3, expires_at=NOW + 8 * DAY + 55, last_used_at=NOW - 7200),
    ]
    return TableApp(listed(rows), clock)


def spied(app: TableApp, monkeypatch: pytest.MonkeyPatch) -> list[Region]:
    drawn: list[Region] = []
    refresh = cast("Callable[..., object]", app.table.refresh)

    def spy(*regions: Region, **options: bool) -> object:
        drawn.extend(regions or [app.table.region])
        return refresh(*regions, **options)

    monkeypatch.setattr(app.table, "refresh", spy)
    return drawn


async def test_a_second_draws_the_row_that_ends_today_and_the_cursors(
    app: TableApp, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn = spied(app, monkeypatch)
        clock.advance(1)
        app.table.tick()
        assert drawn == [Region(0, 1, LEADING_WIDTH, 1), Region(0, 2, LEADING_WIDTH, 1)]
        await pilot.pause()
        assert "20d 00:00:29" in app.lines()[1]
        assert "    00:09:59" in app.lines()[2]


@pytest.mark.parametrize(("key", "heights"), [(SortKey.ID, [1]), (SortKey.LAST_USED, [8])])
async def test_another_sort_draws_its_title_until_the_rows_come(
    app: TableApp, monkeypatch: pytest.MonkeyPatch, key: SortKey, heights: list[int]
) -> None:
    """All is drawn where the columns move: there was no room for this one."""
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.pause()
        drawn = spied(app, monkeypatch)
        app.table.show_sort(Sort(key, descending=False))
        await pilot.pause()
        assert [region.height for region in drawn] == heights


async def test_beyond_a_day_a_row_is_drawn_by_the_minute(
    app: TableApp, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn = spied(app, monkeypatch)
        for second in range(1, 59):
            clock.advance(1)
            app.table.tick()
            await pilot.pause()
            changed = {region.y for region in drawn}
            assert (3 in changed) == (second >= 32)
            assert (4 in changed) == (second >= 56)
        assert [region.y for region in drawn].count(3) == 1
        assert [region.y for region in drawn].count(4) == 1


async def test_a_time_of_last_use_draws_its_whole_row_by_the_minute(
    app: TableApp, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn = spied(app, monkeypatch)
        clock.advance(30)
        app.table.tick()
        assert Region(0, 2, app.table.row_width, 1) in drawn
        await pilot.pause()
        assert "2 min ago" in app.lines()[2]


async def test_a_second_without_a_change_draws_nothing(
    app: TableApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn = spied(app, monkeypatch)
        app.table.tick()
        assert drawn == []


async def test_a_session_that_ends_on_screen_says_so(app: TableApp, clock: ManualClock) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        clock.advance(601)
        app.table.tick()
        await pilot.pause()
        assert app.lines()[2].startswith("   × expired")


async def test_rows_out_of_the_window_cost_nothing(
    app: TableApp, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = listed([session(number, expires_at=NOW + 6000) for number in range(500)])
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(soon, range(500))
        await pilot.press("end", "pageup")
        await pilot.pause()
        drawn = spied(app, monkeypatch)
        clock.advance(1)
        app.table.tick()
        assert [region.y for region in drawn] == [1, 2, 3, 4, 5, 6, 7]


async def test_our_own_session_is_not_green_once_it_has_expired(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.time = NOW
    rows = [session(0, last_used_at=None), session(1, current=True, expires_at=NOW + 1)]
    app = TableApp(listed(rows), clock)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn = spied(app, monkeypatch)
        clock.advance(1)
        app.table.tick()
        assert any(region.y == 2 and region.width > LEADING_WIDTH for region in drawn)
