"""A range of rows is marked: begun by v, extended by moving, and never what was not seen."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.query import SortKey
from qiscus_tui.tui.listed.cursor_position import Rows
from qiscus_tui.tui.listed.marks import NO_RANGE, RowRange
from qiscus_tui.tui.sessions.columns import Sort
from qiscus_tui.tui.sessions.session_table import SessionTable
from tests.clocks import ManualClock
from tests.tui.conftest import NOW, TableApp, listed, many, marked_ids, session
from tests.tui.demo_app import at_sessions

SIZE = (100, 11)


@pytest.fixture
def app() -> TableApp:
    return TableApp(many(50), ManualClock(NOW))


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(session(number).id for number in numbers)


@pytest.mark.parametrize(
    ("keys", "marked"),
    [
        ("v v", [0]),
        ("down v down down space", [1, 2, 3]),
        ("down v down down v", [1, 2, 3]),
        ("end v up up space", [47, 48, 49]),
        ("down down v home space", [0, 1, 2]),
        ("v pagedown v", [*range(11)]),
        ("v end v", [*range(50)]),
        ("v j j k k v", [0]),
        ("v down down escape_range space", [2]),
        ("down space home v down down v", [0, 1, 2]),
        ("v down a", [*range(50)]),
        ("shift+down shift+down", [0, 1]),
        ("shift+down shift+up", [0, 1]),
        ("end shift+down shift+down", [49]),
        ("down down v down shift+up", [3]),
    ],
)
async def test_moving_extends_a_range_and_space_or_v_marks_it(
    app: TableApp, keys: str, marked: list[int]
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        for key in keys.split():
            if key == "escape_range":
                app.table.drop_range()
            else:
                await pilot.press(key)
        await pilot.pause()
        assert marked_ids(app.table) == ids(*marked)
        assert not app.table.rows_in_range
        assert app.table.mark_counts.total == len(marked)


async def test_a_range_is_told_by_a_sign_of_its_own_in_each_of_its_rows(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "space", "home", "v", "down", "down")
        await pilot.pause()
        assert [line[:2] for line in app.lines()[1:6]] == ["▌ ", "▌✓", "▌ ", "  ", "  "]
        await pilot.press("home")
        await pilot.pause()
        assert [line[:2] for line in app.lines()[1:6]] == ["▌ ", " ✓", "  ", "  ", "  "]


async def test_a_reload_keeps_a_range_whose_sessions_stand_as_before(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "v", "down", "down")
        newer = [session(90), *(session(number) for number in range(40))]
        app.table.show(listed(newer), range(41))
        await pilot.press("space")
        assert set(marked_ids(app.table)) == set(ids(1, 2, 3))


CHANGES: dict[str, Callable[[SessionTable], None]] = {
    "one is gone": lambda table: table.show(listed([session(n) for n in (0, 1, 3)]), range(3)),
    "one came between": lambda table: table.show(
        listed([session(n) for n in (0, 1, 90, 2, 3, 4)]), range(6)
    ),
    "filtered": lambda table: table.show_order([1, 3, 4]),
    "none shown": lambda table: table.show_order([]),
    "sorted": lambda table: table.show_sorted(list(reversed(range(50)))),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_range_whose_rows_change_ends_and_marks_nothing(app: TableApp, change: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "v", "down", "down")
        CHANGES[change](app.table)
        await pilot.pause()
        assert not app.table.rows_in_range
        assert marked_ids(app.table) == ()
        counts = [one.count for one in app.told if isinstance(one, app.table.RangeChanged)]
        assert counts[-1] == 0


async def test_a_sort_of_a_cursor_that_never_moved_ends_it_too(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("v")
        app.table.show_sort(Sort(SortKey.CREATED, descending=False))
        app.table.show_sorted(list(reversed(range(50))))
        await pilot.press("space")
        assert marked_ids(app.table) == ids(49)


ORDERS = st.lists(st.integers(0, 14), min_size=1, max_size=12, unique=True)


@given(ORDERS, ORDERS, st.data())
def test_a_range_kept_covers_the_same_sessions(
    old: list[int], new: list[int], data: st.DataObject
) -> None:
    sessions = many(15)
    begin, was = (data.draw(st.integers(0, len(old) - 1)) for _ in range(2))
    cursor = data.draw(st.integers(0, len(new) - 1))
    before, after = Rows(sessions, old), Rows(sessions, new)
    kept = RowRange(begin).carried_over(before, was, after, cursor)
    if kept != NO_RANGE:
        assert [new[row] for row in kept.rows(cursor)] == [
            old[row] for row in RowRange(begin).rows(was)
        ]
    assert RowRange(begin).carried_over(before, was, before, was) == RowRange(begin)


async def test_the_screen_says_how_many_are_in_range_and_escape_drops_it_first(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        await running.press("slash", *"-curl", "enter")
        await running.press("j", "v", "j", "j")
        assert "3 in range: space marks, esc drops" in running.lines()[1]
        await running.press("x")
        assert running.toasts == "A range is begun: space marks it, escape drops it."
        await running.press("escape")
        assert "in range" not in running.text()
        assert running.sessions.view.is_filtered
        await running.press("v", "j", "space")
        assert "2 marked" in running.lines()[1]
        assert "in range" not in running.text()
        await running.press("escape")
        assert not running.sessions.view.is_filtered


async def test_a_range_by_a_filter_with_an_error_is_refused(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await running.press("slash", *"age:x", "enter", "v", "shift+down")
        assert "the filter has an error" in running.toasts
        assert "in range" not in running.text()
        assert not running.sessions.table.mark_counts.total
