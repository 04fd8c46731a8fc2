"""The cursor and the window: by keys, by mouse, and with their sessions when rows change."""

import pytest
from textual import events
from textual.pilot import Pilot

from qiscus_tui.tui.sessions.columns import Column
from qiscus_tui.tui.sessions.session_table import SessionTable
from tests.clocks import ManualClock
from tests.tui.conftest import NOW, TableApp, listed, many, session

SIZE = (100, 11)  # a header and ten rows


def app_of(count: int) -> TableApp:
    return TableApp(many(count), ManualClock(NOW))


async def press(pilot: Pilot[None], keys: str) -> None:
    await pilot.press(*keys.split())
    await pilot.pause()


@pytest.mark.parametrize(
    ("keys", "row", "top"),
    [
        ("down", 1, 0),
        ("j j k", 1, 0),
        ("up", 0, 0),
        ("pagedown", 10, 10),
        ("pagedown pagedown pageup", 10, 10),
        ("end", 49, 40),
        ("end down", 49, 40),
        ("end home", 0, 0),
        ("end pageup", 39, 30),
        ("j " * 10, 10, 1),
    ],
)
async def test_keys_move_the_cursor_and_the_window_follows(keys: str, row: int, top: int) -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, keys)
        assert (app.table.cursor_row, app.table.top_row) == (row, top)
        assert app.table.cursor_id == session(row).id


async def test_enter_and_a_double_click_open_the_session() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "down enter")
        await pilot.double_click("#sessions", offset=(30, 5))
        await pilot.pause()
        opened = [told.session_id for told in app.told if isinstance(told, SessionTable.Opened)]
        assert opened == [session(1).id, session(4).id]


async def test_a_click_moves_the_cursor_and_the_wheel_leaves_it() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#sessions", offset=(30, 4))
        assert app.table.cursor_row == 3
        wheel = events.MouseScrollDown(app.table, 5, 5, 0, 0, 0, False, False, False)
        for _ in range(4):
            app.table.post_message(wheel)
            await pilot.pause()
        assert app.table.top_row > 3
        assert app.table.cursor_row == 3
        await pilot.click("#sessions", offset=(30, 1))
        assert app.table.cursor_row == app.table.top_row


async def test_a_click_below_the_last_row_does_nothing() -> None:
    app = app_of(3)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#sessions", offset=(30, 8))
        assert app.table.cursor_row == 0


async def test_a_click_on_a_header_asks_for_its_sort() -> None:
    app = app_of(3)
    async with app.run_test(size=(120, 11)) as pilot:
        for column, start, _ in app.table._layout():
            await pilot.click("#sessions", offset=(start + 2, 0))
            told = app.told[-1]
            assert isinstance(told, SessionTable.SortRequested)
            assert told.key is column.sort_key
        assert Column.LAST_USED in app.table._layout().columns


async def test_the_cursor_stays_on_its_session_through_a_sort() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j j j")
        app.table.show_order(list(reversed(range(50))))
        await pilot.pause()
        assert app.table.cursor_id == session(3).id
        assert app.table.top_row <= app.table.cursor_row == 46 < app.table.top_row + 10


async def test_the_cursor_stays_on_its_session_through_a_filter() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "pagedown")
        app.table.show_order([8, 10, 12])
        assert app.table.cursor_id == session(10).id
        app.table.show_order(range(50))
        assert app.table.cursor_id == session(10).id


async def test_the_cursor_goes_to_the_row_that_took_its_place() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "pagedown")
        app.table.show_order([2, 4, 13, 40])
        assert app.table.cursor_id == session(13).id
        app.table.show_order([2, 4])
        assert app.table.cursor_id == session(4).id


async def test_the_cursor_finds_back_when_no_row_was_left_for_a_while() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "pagedown pagedown")
        app.table.show_order([])
        assert app.table.cursor_id is None
        app.table.show_order(range(50))
        await pilot.pause()
        assert app.table.cursor_id == session(20).id
        assert app.table.top_row <= 20 < app.table.top_row + 10


async def test_a_filter_that_still_runs_does_not_lose_the_cursors_session() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "end")
        app.table.show_partial([1, 3, 5])
        assert app.table.cursor_id == session(5).id
        app.table.show_order(range(1, 50, 2))
        assert app.table.cursor_id == session(49).id


async def test_a_reload_keeps_cursor_and_window_on_their_sessions() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "pagedown pagedown j j")
        before = app.table.cursor_row - app.table.top_row
        newer = listed([session(100), session(101), *map(session, range(50))])
        app.table.show(newer, range(52))
        await pilot.pause()
        assert app.table.cursor_id == session(22).id
        assert app.table.cursor_row - app.table.top_row == before


async def test_a_window_at_the_top_shows_what_is_new() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j j")
        app.table.show(listed([session(100), *map(session, range(50))]), range(51))
        await pilot.pause()
        assert (app.table.cursor_row, app.table.top_row) == (3, 0)


async def test_a_window_without_the_cursor_keeps_its_first_session() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        app.table.scroll_to(y=30)
        app.table.show(listed([session(100), *map(session, range(50))]), range(51))
        await pilot.pause()
        assert (app.table.cursor_row, app.table.top_row) == (1, 31)


async def test_the_cursor_of_a_revoked_session_goes_to_the_next_one() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j j j")
        left = listed([session(number) for number in range(50) if number not in {3, 4}])
        app.table.show(left, range(48))
        assert app.table.cursor_id == session(5).id


async def test_the_cursor_can_be_sent_to_a_session_that_is_shown() -> None:
    app = app_of(50)
    async with app.run_test(size=SIZE) as pilot:
        app.table.show_order(range(40))
        assert app.table.move_to_session(session(33).id)
        await pilot.pause()
        assert app.table.top_row <= app.table.cursor_row == 33 < app.table.top_row + 10
        assert not app.table.move_to_session(session(44).id)
        assert not app.table.move_to_session("0" * 11 + "f")
        assert app.table.cursor_row == 33


async def test_a_smaller_window_still_shows_the_cursor() -> None:
    app = app_of(50)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "j " * 25)
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert app.table.top_row <= 25 < app.table.top_row + app.table.page_rows


async def test_two_thousand_rows_draw_no_more_than_the_window() -> None:
    app = app_of(2_000)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "end")
        assert app.table.cursor_id == session(1_999).id
        assert set(app.table._drawn) <= set(range(1, 11))


async def test_nothing_is_laid_out_when_the_rows_change() -> None:
    app = app_of(2_000)
    async with app.run_test(size=SIZE) as pilot:
        laid_out = app.table._layout_updates + app.screen._layout_updates
        app.table.show_order(range(0, 2_000, 7))
        await pilot.pause()
        await press(pilot, "pagedown space a i u")
        assert app.table._layout_updates + app.screen._layout_updates == laid_out
        assert app.table.vertical_scrollbar.window_virtual_size == len(range(0, 2_000, 7)) + 1
