"""Marks are ids: they survive filter, sort and reload, and go when the session goes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.model.session import Session
from qiscus_tui.tui.listed.marks import MarkCounts, Marks
from qiscus_tui.tui.sessions.session_table import SessionTable
from tests.clocks import ManualClock
from tests.tui.conftest import NOW, TableApp, listed, many, marked_ids, session

SIZE = (100, 11)


@pytest.fixture
def app() -> TableApp:
    return TableApp(many(50), ManualClock(NOW))


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(session(number).id for number in numbers)


async def test_space_marks_and_moves_down(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "space", "space")
        await pilot.pause()
        assert marked_ids(app.table) == ids(1, 2)
        assert app.table.cursor_row == 3
        assert [line[1] for line in app.lines()[1:5]] == [" ", "✓", "✓", " "]


async def test_space_on_a_marked_row_unmarks_it(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space", "up", "space")
        assert marked_ids(app.table) == ()
        assert app.table.mark_counts == MarkCounts()


async def test_space_on_the_last_row_stays_there(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end", "space")
        assert marked_ids(app.table) == ids(49)
        assert app.table.cursor_row == 49


async def test_a_marks_only_the_rows_shown(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.table.show_order([3, 5, 8])
        await pilot.press("a")
        assert marked_ids(app.table) == ids(3, 5, 8)


async def test_a_and_i_work_on_the_whole_list_too(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space", "i")
        assert len(marked_ids(app.table)) == 49
        assert app.table.marks.flags == bytes((0, *[1] * 49))
        await pilot.press("a")
        assert app.table.mark_counts == MarkCounts(50)


async def test_i_inverts_only_the_rows_shown(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space")
        app.table.show_order([3, 5, 8])
        await pilot.press("home", "space", "i")
        assert marked_ids(app.table) == ids(0, 5, 8)


async def test_u_unmarks_hidden_sessions_too(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a")
        app.table.show_order([3])
        await pilot.press("u")
        assert marked_ids(app.table) == ()


async def test_marks_that_the_filter_hides_are_counted_and_listed_apart(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space", "space", "space")
        app.table.show_order([2, 3, 4])
        await pilot.pause()
        assert app.table.mark_counts == MarkCounts(total=3, hidden=2)
        assert marked_ids(app.table)[:2] == ids(0, 1)
        await pilot.press("end", "space")
        assert app.table.mark_counts == MarkCounts(total=4, hidden=2)
        app.table.show_order(range(50))
        assert app.table.mark_counts == MarkCounts(total=4, hidden=0)


async def test_every_change_of_the_marks_is_told(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space", "space")
        app.table.show_order([1, 2])
        await pilot.pause()
        told = [told.counts for told in app.told if isinstance(told, SessionTable.MarksChanged)]
        assert told == [MarkCounts(1), MarkCounts(2), MarkCounts(2, 1)]


async def test_marks_survive_a_sort_and_a_reload_by_id(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "space", "space", "space")
        app.table.show_order(list(reversed(range(50))))
        shuffled = [session(number) for number in (40, 3, 7, 1, 90)]
        app.table.show(listed(shuffled), range(5))
        await pilot.pause()
        assert set(marked_ids(app.table)) == set(ids(1, 3))
        assert app.table.mark_counts == MarkCounts(2)


async def test_a_mark_goes_when_its_session_goes_and_does_not_come_back(app: TableApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space")
        app.table.show(listed([session(1)]), range(1))
        app.table.show(many(50), range(50))
        assert marked_ids(app.table) == ()


POSITIONS = st.sets(st.integers(min_value=0, max_value=29))


@given(POSITIONS, POSITIONS, POSITIONS)
def test_marks_are_a_set_of_positions(added: set[int], inverted: set[int], shown: set[int]) -> None:
    marks = Marks(30)
    marks.add(sorted(added))
    marks.invert(sorted(inverted))
    assert set(marks.positions()) == added ^ inverted
    assert marks.flags == bytes(at in added ^ inverted for at in range(30))
    hidden = (added ^ inverted) - shown
    assert marks.counts(sorted(shown)) == MarkCounts(len(added ^ inverted), len(hidden))


@given(POSITIONS, st.lists(st.integers(min_value=0, max_value=39), unique=True))
def test_marks_go_over_to_whatever_the_next_list_has(marked: set[int], numbers: list[int]) -> None:
    known = [session(number) for number in range(40)]
    marks = Marks(30)
    marks.add(sorted(marked))
    old, new = listed(known[:30]), listed([known[number] for number in numbers])
    again = marks.carried_over(old, new)
    assert {numbers[place] for place in again.positions()} == marked & set(numbers)


def test_of_a_list_that_hardly_changed_few_marks_are_looked_for() -> None:
    class Counted(dict[str, int]):
        looked = 0

        def get(self, *given: Any) -> Any:
            self.looked += 1
            return super().get(*given)

    known = [session(number) for number in range(300)]
    old, new = listed(known[3:]), listed([*known[:100], *known[150:]])  # 3 came, 50 went
    places = Counted(new.positions)
    marks = Marks(len(old))
    marks.invert(range(len(old)))
    again = marks.carried_over(old, replace(new, positions=places))
    assert again.total == 247
    assert places.looked == 52


async def test_a_mark_goes_when_its_id_stands_for_another_session(app: TableApp) -> None:
    def numbered(*created: float) -> list[Session]:
        return [
            session(row, token=None, revoke_with=row, created_at=at)
            for row, at in enumerate(created, 1)
        ]

    async with app.run_test(size=SIZE) as pilot:
        app.table.show(listed(numbered(NOW, NOW - 10, NOW - 20)), range(3))
        await pilot.press("home", "space", "space")
        assert marked_ids(app.table) == ids(1, 2)
        app.table.show(listed(numbered(NOW, NOW - 20)), range(2))
        assert marked_ids(app.table) == ids(1)
