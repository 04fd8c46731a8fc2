"""The table of sessions: what it draws, cursor and window, marks and ranges, time passing."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Current, Session
from qiscus_tui.query import SortKey
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.marks import Marks
from qiscus_tui.tui.sessions.session_table import SessionTable, ShownRows
from qiscus_tui.tui.widgets.table import Sort
from tests.clocks import ManualClock
from tests.sandbox.hostile import HOSTILE_AGENTS
from tests.tui.conftest import BILLING, DAY, NOW, TableApp, listed, many, marked_ids, session

SIZE = (100, 11)  # a header and ten rows


Table = tuple[TableApp, Pilot[None]]


@asynccontextmanager
async def table(
    shown: SessionList | int = 50, size: tuple[int, int] = SIZE
) -> AsyncGenerator[Table]:
    sessions = many(shown) if isinstance(shown, int) else shown
    app = TableApp(sessions, ManualClock(NOW))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(session(number).id for number in numbers)


async def press(pilot: Pilot[None], keys: str) -> None:
    for key in keys.split():
        await pilot.press(key)
    await pilot.pause()


# What is drawn.


async def test_a_row_reads_as_the_screen_is_drawn() -> None:
    ours = session(0, current=True, user_agent="qiscus-tui", last_used_at=NOW - 10)
    used = NOW - 3 * 3600 - 5
    other = session(1, expires_at=NOW + 21598, created_at=NOW - 2 * DAY, last_used_at=used)
    states: list[tuple[dict[str, object], str]] = [
        ({"expires_at": NOW + DAY + 60}, "●  1d 00:01"),
        ({"expires_at": NOW + 41}, "●     00:00:41"),
        ({"expires_at": NOW - 1}, "× expired"),
        ({"expires_at": None}, "● unknown"),
        ({"expires_at": NOW + 3 * DAY, "expires_computed": True}, "● ~3d 00:00"),
        ({"expires_at": NOW + 9, "expires_computed": True}, "●    ~00:00:09"),
        ({"revoke_with": None}, "○ 29d 02:26"),
        ({"created_at": None}, "unknown"),
        ({"last_used_at": None}, "unknown"),
    ]
    rest = [session(number, **fields) for number, (fields, _) in enumerate(states, 5)]
    sessions = [ours, other, session(2), session(3), *rest]
    labels = [None, None, BILLING, *[None] * (len(rest) + 1)]
    new = bytes((0, 0, 0, 1, *[0] * len(rest)))
    async with table(listed(sessions, labels=labels, new=new), (120, 20)) as (app, pilot):
        header, first, second, known, unseen, *others = app.lines()
        app.table.show_sort(Sort(SortKey.EXPIRES, descending=False))
        await pilot.pause()
        assert app.lines()[0].startswith("     EXPIRES IN ▲  ID ")
        assert "▼" not in app.lines()[0]
    assert header.split() == ["EXPIRES", "IN", "ID", "CLIENT", "CREATED", "▼", "LAST", "USED", "IP"]
    assert first.startswith("   ● 29d 23:50:00  00000000  this session · qiscus-tui")
    assert "today 17:36" in first
    assert second.startswith("   ●     05:59:58  00000001  curl 8.5")
    assert "12 Oct 2026 17:46  3 h ago" in second
    assert second.endswith("203.0.113.9")
    assert "■" in known
    assert "billing cron, protected" in known
    assert "new · Safari" in unseen
    assert "new" not in second
    for line, (_, drawn) in zip(others, states, strict=False):
        assert drawn in line


async def test_what_strangers_wrote_moves_no_column_and_is_no_markup() -> None:
    rows = [
        session(n, user_agent=one, ip=one, user=one, created_at=NOW)
        for n, one in enumerate(HOSTILE_AGENTS, 1)
    ]
    rung: list[bool] = []
    async with table(listed([session(0, user="u"), *rows]), (140, 32)) as (app, pilot):
        app.bell = lambda: rung.append(True)  # pyright: ignore[reportAttributeAccessIssue]
        strips = app.screen._compositor.render_strips()
        for segment in (segment for strip in strips for segment in strip):
            assert segment.text.isprintable()
            assert segment.style is None or "@click" not in segment.style.meta
        starts = {one.column.title: one.start for one in app.table.shown_columns}
        for number, agent in enumerate(HOSTILE_AGENTS, 1):
            drawn = strips[number + 1].crop(0, 139)
            assert drawn.cell_length == 139
            assert drawn.crop(starts["CREATED"]).text.startswith("today ")
            assert not agent.startswith("[") or agent[:10] in drawn.text
        at = next(at for at, one in enumerate(HOSTILE_AGENTS) if one.startswith("[@click"))
        await pilot.click("#table", offset=(30, 2 + at))
        await pilot.pause()
    assert not rung


async def test_a_notice_stands_where_no_rows_are() -> None:
    async with table(5, (80, 8)) as (app, pilot):
        app.show_order([])
        app.table.show_notice("No session matches.", "Escape clears the \x1b[31mfilter [/].")
        await pilot.pause()
        assert app.lines()[2] == "     No session matches."
        assert app.lines()[3] == "     Escape clears the ␛[31mfilter [/]."
        await press(pilot, "down enter space a")
        assert app.table.cursor_session is None
        app.table.show_notice("The server did not answer " * 4, "r tries again.")
        await pilot.pause()
        words = " ".join(" ".join(app.lines()[1:]).split())
        assert words == "The server did not answer " * 4 + "r tries again."


async def test_what_a_session_is_begins_with_what_matters_where_there_is_no_room_for_all() -> None:
    sessions = [
        session(0, current=True, user_agent="qiscus-tui"),
        session(5),
        session(10),
        session(4, user_agent="an unknown program of a stranger"),
        session(3),  # of IPv6
    ]
    backup = Known("backup", client="GuzzleHttp", protect=True)
    named = listed(sessions, labels=[None, BILLING, backup, None, None])
    drawn = (
        "this session · qisc…",
        "billing cron  ",  # its sign says that it is protected
        "backup, protected",
        "an unknown program …",
    )
    async with table(named, (80, 8)) as (app, _):
        for line, words in zip(app.lines()[1:], drawn, strict=False):
            assert words in line


# Time passing.


async def test_each_second_counts_down_what_ends_today_and_the_cursors_row() -> None:
    rows = [
        session(0, current=True, expires_at=NOW + 20 * DAY + 30, last_used_at=None),
        session(1, expires_at=NOW + 600, last_used_at=NOW - 90),
        session(2, expires_at=NOW + 9 * DAY + 30.5, last_used_at=NOW - 7200),
        session(3, expires_at=NOW + 8 * DAY + 55, last_used_at=NOW - 7200),
    ]
    async with table(listed(rows), (100, 8)) as (app, pilot):
        before = app.lines()
        changes: list[set[int]] = []
        for second in range(1, 60):
            app.clock.advance(1)
            app.table.tick()
            await pilot.pause()
            lines = app.lines()
            changes.append({y for y in range(8) if lines[y] != before[y]})
            before = lines
            if second == 1:
                assert "20d 00:00:29" in lines[1]
                assert "    00:09:59" in lines[2]
            if second == 30:
                assert "2 min ago" in lines[2]
        assert all({1, 2} <= changed for changed in changes)
        assert [second for second, found in enumerate(changes, 1) if 3 in found] == [32]
        assert [second for second, found in enumerate(changes, 1) if 4 in found] == [56]
        assert app.table.row_at(0).name_style == "current"
        app.clock.time = NOW + 21 * DAY
        app.table.tick()
        await pilot.pause()
        assert app.lines()[2].startswith("   × expired")
        ours = app.table.row_at(0)
        assert (ours.style, ours.name_style) == ("gone", "row")


# Cursor and window.


MOVES = (
    ("j j k", 1, 0),
    ("up", 0, 0),
    ("pagedown", 10, 10),
    ("pagedown pagedown pageup", 10, 10),
    ("end down", 49, 40),
    ("end home", 0, 0),
    ("end pageup", 39, 30),
    ("j " * 10, 10, 1),
)


async def test_keys_move_the_cursor_and_the_window_follows() -> None:
    async with table() as (app, pilot):
        for keys, row, top in MOVES:
            await press(pilot, f"home {keys}")
            assert (app.table.cursor_row, app.table.top_row) == (row, top), keys
            assert app.table.cursor_id == session(row).id


async def test_the_mouse_moves_opens_sorts_and_scrolls() -> None:
    async with table(size=(120, 11)) as (app, pilot):
        await press(pilot, "down enter")
        await pilot.double_click("#table", offset=(30, 5))
        await pilot.pause()
        assert len([told for told in app.told if isinstance(told, SessionTable.Opened)]) == 2
        assert app.table.cursor_id == session(4).id
        told = app.told[-1]
        wheel = events.MouseScrollDown(app.table, 5, 5, 0, 0, 0, False, False, False)
        for _ in range(4):
            app.table.post_message(wheel)
            await pilot.pause()
        assert app.table.top_row > 4
        assert app.table.cursor_row == 4
        await pilot.click("#table", offset=(30, 1))
        assert app.table.cursor_row == app.table.top_row
        app.show_order(range(3))
        await pilot.click("#table", offset=(30, 8))  # below the last row
        await pilot.click("#table", offset=(119, 0))  # beside the columns
        assert app.table.cursor_row == 2
        assert app.told[-1] is told
        assert "LAST USED" in {one.column.title for one in app.table.shown_columns}
        for one in app.table.shown_columns:
            await pilot.click("#table", offset=(one.start + 2, 0))
            told = app.told[-1]
            assert isinstance(told, SessionTable.SortRequested)
            assert told.key is one.column.sort


async def test_the_cursor_stays_on_its_session_through_sort_and_filter() -> None:
    async with table() as (app, pilot):
        await press(pilot, "j j j")
        app.show_order(list(reversed(range(50))))
        await pilot.pause()
        assert app.table.cursor_id == session(3).id
        assert app.table.top_row <= app.table.cursor_row == 46 < app.table.top_row + 10
        app.show_order([1, 3, 5])
        assert app.table.cursor_id == session(3).id
        app.show_order([])
        app.show_order(range(50))
        assert app.table.cursor_id == session(3).id
        app.show_order([1, 2, 40, 5, 4])  # the next below that is still shown
        assert app.table.cursor_id == session(4).id
        app.show_order(range(40))
        assert app.table.move_to_session(session(33).id)
        assert not app.table.move_to_session(session(44).id)
        assert not app.table.move_to_session("0" * 11 + "f")
        await pilot.pause()
        assert app.table.top_row <= app.table.cursor_row == 33 < app.table.top_row + 10
        await pilot.resize_terminal(60, 6)  # a smaller window still shows it
        await pilot.pause()
        assert app.table.top_row <= 33 < app.table.top_row + app.table.page_rows


async def test_a_reload_keeps_cursor_and_window_on_their_sessions() -> None:
    newer = listed([session(100), session(101), *map(session, range(50))])
    async with table() as (app, pilot):
        await press(pilot, "j j")
        app.show(newer, range(1, 52))  # at the top what is new is seen
        await pilot.pause()
        assert (app.table.cursor_row, app.table.top_row) == (3, 0)
        await press(pilot, "pagedown pagedown")
        before = app.table.cursor_row - app.table.top_row
        app.show(listed([session(200), *newer.sessions]), range(53))
        await pilot.pause()
        assert app.table.cursor_id == session(22).id
        assert app.table.cursor_row - app.table.top_row == before
        app.table.scroll_to(y=33)  # a window without the cursor keeps its first session
        app.show(newer, range(52))
        await pilot.pause()
        assert (app.table.cursor_id, app.table.top_row) == (session(22).id, 32)
        left = [one for one in newer.sessions if one.id not in ids(22, 23)]
        app.show(listed(left), range(50))  # revoked: the next one
        assert app.table.cursor_id == session(24).id


async def test_only_the_window_is_drawn_and_no_layout_made(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: set[int] = set()
    async with table(2_000) as (app, pilot):
        row_at = app.table.row_at

        def noted(row: int) -> object:
            drawn.add(row)
            return row_at(row)

        laid_out = app.table._layout_updates + app.screen._layout_updates
        monkeypatch.setattr(app.table, "row_at", noted)
        await press(pilot, "end")
        assert app.table.cursor_id == session(1_999).id
        assert drawn == {*range(1_990, 2_000)}
        app.show_order(range(0, 2_000, 7))
        await pilot.pause()
        await press(pilot, "pagedown space a i u")
        assert app.table._layout_updates + app.screen._layout_updates == laid_out
        assert app.table.vertical_scrollbar.window_virtual_size == len(range(0, 2_000, 7)) + 1


# Marks.


KEYS = (  # from the first row: which rows are marked then, and where the cursor is
    ("down space space", [1, 2], 3),
    ("down space space up space up up space", [], 2),
    ("end space", [49], 49),
    ("space i", [*range(1, 50)], 1),
    ("space a", [*range(50)], 1),
    ("v v", [0], 0),
    ("down v down down space", [1, 2, 3], 3),
    ("end v up up v", [47, 48, 49], 47),
    ("v pagedown v", [*range(11)], 10),
    ("v end v", [*range(50)], 49),
    ("v j j k k v", [0], 0),
    ("v down down drop_range space", [2], 3),
    ("down space home v down down v", [0, 1, 2], 2),
    ("v down a", [*range(50)], 1),
    ("shift+down shift+up", [0, 1], 0),
    ("end shift+down shift+down", [49], 49),
    ("down down v down shift+up", [3], 2),
)


async def test_keys_mark_rows_and_ranges() -> None:
    async with table() as (app, pilot):
        for keys, marked, row in KEYS:
            for key in f"u home {keys}".split():
                if key == "drop_range":
                    app.table.drop_range()
                else:
                    await pilot.press(key)
            await pilot.pause()
            assert marked_ids(app.view) == ids(*marked), keys
            assert app.table.cursor_row == row, keys
            assert not app.table.rows_in_range


async def test_what_the_filter_hides_keeps_its_marks_but_for_u() -> None:
    async with table() as (app, pilot):
        await press(pilot, "space space space")
        app.show_order([2, 3, 4])
        assert (app.view.marks.total, app.view.hidden_marks) == (3, 2)
        for key, marked in ("i", (0, 1, 3, 4)), ("a", (0, 1, 2, 3, 4)), ("u", ()):
            await press(pilot, key)
            assert marked_ids(app.view) == ids(*marked)


async def test_a_mark_goes_when_its_id_stands_for_another_session() -> None:
    def numbered(*created: float) -> list[Session]:
        return [
            session(row, token=None, revoke_with=row, created_at=at)
            for row, at in enumerate(created, 1)
        ]

    async with table() as (app, pilot):
        app.show(listed(numbered(NOW, NOW - 10, NOW - 20)), range(3))
        await press(pilot, "home space space")
        assert marked_ids(app.view) == ids(1, 2)
        app.show(listed(numbered(NOW, NOW - 20)), range(2))
        assert marked_ids(app.view) == ids(1)


POSITIONS = st.sets(st.integers(min_value=0, max_value=29))


@given(POSITIONS, POSITIONS, POSITIONS)
def test_marks_are_a_set_of_positions(added: set[int], inverted: set[int], shown: set[int]) -> None:
    marks = Marks(30)
    marks.set(sorted(added), marked=True)
    marks.invert(sorted(inverted))
    assert set(marks.positions()) == added ^ inverted
    assert marks.flags == bytes(at in added ^ inverted for at in range(30))
    assert marks.total == len(added ^ inverted)
    assert marks.count_in(sorted(shown)) == len((added ^ inverted) & shown)
    marks.set(sorted(shown), marked=False)
    assert set(marks.positions()) == (added ^ inverted) - shown


@given(POSITIONS, st.lists(st.integers(min_value=0, max_value=39), unique=True))
def test_marks_go_over_to_whatever_the_next_list_has(marked: set[int], numbers: list[int]) -> None:
    known = [session(number) for number in range(40)]
    marks = Marks(30)
    marks.set(sorted(marked), marked=True)
    old, new = listed(known[:30]), listed([known[number] for number in numbers])
    again = marks.carried_over(old, new)
    assert {numbers[place] for place in again.positions()} == marked & set(numbers)


def reading(second: int, *numbers: int, **about: Any) -> SessionList:
    """The list as it was read so many seconds later."""
    found = listed([session(number) for number in numbers])
    return replace(found, **{"read_at": NOW + second, **about})


WITHOUT = reading(60, 0, 1)
UNCLEAR = (
    {"sessions": (), "clients": (), "labels": (), "positions": {}},
    {"incomplete_because": "2 of 3 listed"},
    {"moved": True},
    {"unreadable": 1},
    {"current": Current.UNKNOWN},
    {"read_at": NOW + 60.5},
)
AFTER_READINGS: tuple[tuple[Sequence[SessionList], bool], ...] = (
    ([WITHOUT], True),
    ([WITHOUT, replace(WITHOUT, labels=[None, None])], True),
    ([WITHOUT, reading(120, 0, 1, 2), reading(180, 0, 1)], True),
    ([WITHOUT, reading(120, 0, 1)], False),
    *(([WITHOUT, replace(reading(120, 0, 1), **doubt)], True) for doubt in UNCLEAR),
)


@pytest.mark.parametrize(("readings", "is_marked"), AFTER_READINGS)
def test_a_mark_goes_with_the_second_reading_in_a_row_that_proves_its_session_gone(
    readings: Sequence[SessionList], is_marked: bool
) -> None:
    marks, old = Marks(3), reading(0, 0, 1, 2)
    marks.set((2,), marked=True)
    for new in readings:
        marks, old = marks.carried_over(old, new), new
        assert bool(marks.total) is (len(new) > 2)
    assert bool(marks) is is_marked, "what it was marked by is kept with it"
    back = marks.carried_over(old, reading(240, 0, 1, 2))
    assert back.positions() == ([2] if is_marked else [])
    marks.clear()
    assert not marks.carried_over(old, reading(240, 0, 1, 2)).total


# Ranges.


async def test_a_range_is_told_by_a_sign_and_survives_a_reload() -> None:
    async with table() as (app, pilot):
        await press(pilot, "down space home v down down")
        assert [line[:2] for line in app.lines()[1:6]] == ["▌ ", "▌✓", "▌ ", "  ", "  "]
        await press(pilot, "home")
        assert [line[:2] for line in app.lines()[1:6]] == ["▌ ", " ✓", "  ", "  ", "  "]
        await press(pilot, "down down")
        newer = [session(90), *(session(number) for number in range(40))]
        app.show(listed(newer), range(41))
        await pilot.press("space")
        assert set(marked_ids(app.view)) == set(ids(0, 1, 2))


CHANGES: tuple[Callable[[TableApp], None], ...] = (
    lambda app: app.show(listed([session(n) for n in (0, 1, 3)]), range(3)),  # one is gone
    lambda app: app.show(listed([session(n) for n in (0, 1, 90, 2, 3, 4)]), range(6)),
    lambda app: app.show_order([1, 3, 4]),
    lambda app: app.show_order([]),
    lambda app: app.table.show_sorted(list(reversed(range(50)))),
)


async def test_a_range_whose_rows_change_ends_and_marks_nothing() -> None:
    async with table() as (app, pilot):
        for change in CHANGES:
            app.show(many(50), range(50))
            await press(pilot, "home down v down down")
            assert app.table.rows_in_range
            change(app)
            await pilot.pause()
            assert not app.table.rows_in_range
            assert marked_ids(app.view) == ()


ORDERS = st.lists(st.integers(0, 14), min_size=1, max_size=12, unique=True)


@given(ORDERS, ORDERS, st.data())
def test_a_range_kept_covers_the_same_sessions(
    old: list[int], new: list[int], data: st.DataObject
) -> None:
    sessions = many(15)
    begin, was = (data.draw(st.integers(0, len(old) - 1)) for _ in range(2))
    cursor = data.draw(st.integers(0, len(new) - 1))
    before, after = ShownRows(sessions, old), ShownRows(sessions, new)
    rows, first = range(min(begin, was), max(begin, was) + 1), min(begin, was) + cursor - was
    if after.shows_same(first, before, rows):
        assert new[first : first + len(rows)] == old[rows.start : rows.stop]
    assert before.shows_same(rows.start, before, rows)
