"""What the table draws: columns, signs, words, and nothing that a stranger wrote as it came."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from qiscus_tui.model.known import Known
from qiscus_tui.model.text import safe
from qiscus_tui.query import SortKey
from qiscus_tui.tui.sessions import column_needs
from qiscus_tui.tui.sessions.column_needs import Needs
from qiscus_tui.tui.sessions.columns import Column, Sort, lay_out
from qiscus_tui.tui.widgets.cells import (
    COUNTDOWN_WIDTH,
    countdown_cell,
    created_cell,
    created_cell_short,
    fit,
    last_used_cell,
)
from tests.clocks import ManualClock
from tests.tui.conftest import BILLING, DAY, NOW, TableApp, listed, many, session

HOSTILE = (
    "\x1b]0;pwned\x07\x1b[31mred",
    "\x9b31m\x9d52;c;cHduZWQ=\x9c",
    "[/]",
    "[@click=app.quit]quit[/]",
    "[bold]bold[/bold] [on red]",
    "\u202egnihton\u2066",
    "日本語ブラウザー" * 20,
    "👍🏽🇩🇪👩‍👩‍👧" * 20,
    "a\u0301\u0301\u0301\u0301\u0301" * 30,
    "x" * 100_000,
    "",
)


async def test_a_row_reads_as_the_screen_is_drawn() -> None:
    ours = session(0, current=True, user_agent="qiscus-tui", last_used_at=NOW - 10)
    other = session(
        1,
        expires_at=NOW + 6 * 3600 - 2,
        created_at=NOW - 2 * DAY,
        last_used_at=NOW - 3 * 3600 - 5,
    )
    app = TableApp(listed([ours, other]), ManualClock(NOW))
    async with app.run_test(size=(120, 12)) as pilot:
        await pilot.pause()
        header, first, second = app.lines()[:3]
    assert header.split() == ["EXPIRES", "IN", "ID", "CLIENT", "CREATED", "▼", "LAST", "USED", "IP"]
    assert first.startswith("   ● 29d 23:50:00  00000000  this session · qiscus-tui")
    assert "today 17:36" in first
    assert second.startswith("   ●     05:59:58  00000001  curl 8.5")
    assert "12 Oct 2026 17:46  3 h ago" in second
    assert second.endswith("203.0.113.9")


@pytest.mark.parametrize(
    ("fields", "drawn"),
    [
        ({"expires_at": NOW + DAY + 60}, "●  1d 00:01"),
        ({"expires_at": NOW + 41}, "●     00:00:41"),
        ({"expires_at": NOW - 1}, "× expired"),
        ({"expires_at": None}, "● unknown"),
        ({"expires_at": NOW + 3 * DAY, "expires_computed": True}, "● ~3d 00:00"),
        ({"expires_at": NOW + 9, "expires_computed": True}, "●    ~00:00:09"),
        ({"revoke_with": None}, "○ 29d 21:53"),
        ({"created_at": None}, "unknown"),
        ({"last_used_at": None}, "unknown"),
    ],
)
async def test_a_state_is_told_by_signs_and_words(fields: dict[str, object], drawn: str) -> None:
    app = TableApp(listed([session(0), session(1, **fields)]), ManualClock(NOW))
    async with app.run_test(size=(120, 6)) as pilot:
        await pilot.pause()
        assert drawn in app.lines()[2]


async def test_a_known_integration_shows_its_label_and_protection() -> None:
    sessions = listed([session(0), session(5)], labels=[None, BILLING])
    app = TableApp(sessions, ManualClock(NOW))
    async with app.run_test(size=(120, 6)) as pilot:
        await pilot.pause()
        assert "■" in app.lines()[2]
        assert "billing cron, protected" in app.lines()[2]


async def test_a_new_pair_of_client_and_network_is_said() -> None:
    app = TableApp(listed([session(0), session(1)], new=b"\0\1"), ManualClock(NOW))
    async with app.run_test(size=(120, 6)) as pilot:
        await pilot.pause()
        assert "new · curl 8.5" in app.lines()[2]
        assert "new" not in app.lines()[1]


async def test_users_have_a_column_only_where_entries_name_them() -> None:
    app = TableApp(listed([session(0), session(1, user="a@b.c")]), ManualClock(NOW))
    async with app.run_test(size=(120, 6)) as pilot:
        await pilot.pause()
        assert app.lines()[0].split()[-1] == "USER"
        assert app.lines()[2].endswith("a@b.c")
        app.table.show(many(3), range(3))
        await pilot.pause()
        assert app.lines()[0].split()[-1] == "IP"


@pytest.mark.parametrize("agent", HOSTILE, ids=range(len(HOSTILE)))
async def test_what_strangers_wrote_moves_no_column_and_is_no_markup(agent: str) -> None:
    hostile = session(1, user_agent=agent, ip=agent, user=agent)
    app = TableApp(listed([session(0, user="u"), hostile]), ManualClock(NOW))
    async with app.run_test(size=(140, 6)) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        for segment in (segment for strip in strips for segment in strip):
            assert segment.text.isprintable()
            assert segment.style is None or "@click" not in segment.style.meta
        drawn = strips[2].crop(0, 139)
        assert drawn.cell_length == 139
        starts = {column: start for column, start, _ in app.table._layout()}
        assert drawn.crop(starts[Column.CREATED]).text.startswith("today 15:39")
        if agent.startswith("["):
            assert agent[:10] in drawn.text


async def test_the_bracketed_action_of_an_agent_is_not_run_by_a_click() -> None:
    app = TableApp(listed([session(0, user_agent="[@click=app.bell]x[/]")]), ManualClock(NOW))
    rung: list[bool] = []
    app.bell = lambda: rung.append(True)  # pyright: ignore[reportAttributeAccessIssue]
    async with app.run_test(size=(120, 6)) as pilot:
        await pilot.click("#sessions", offset=(30, 1))
        await pilot.pause()
    assert not rung


@pytest.mark.parametrize("width", [120, 100, 80, 60, 40, 20, 1])
async def test_every_width_is_drawn(width: int) -> None:
    app = TableApp(many(50), ManualClock(NOW))
    async with app.run_test(size=(width, 15)) as pilot:
        await pilot.pause()
        assert len(app.lines()) == 15


async def test_the_sort_is_shown_in_the_header() -> None:
    app = TableApp(many(5), ManualClock(NOW))
    async with app.run_test(size=(120, 8)) as pilot:
        app.table.show_sort(Sort(SortKey.EXPIRES, descending=False))
        await pilot.pause()
        assert app.lines()[0].startswith("     EXPIRES IN ▲  ID ")
        assert "▼" not in app.lines()[0]


async def test_a_notice_stands_where_no_rows_are() -> None:
    app = TableApp(many(5), ManualClock(NOW))
    async with app.run_test(size=(80, 8)) as pilot:
        app.table.show_order([])
        app.table.show_notice("No session matches.", "Escape clears the \x1b[31mfilter [/].")
        await pilot.pause()
        assert app.lines()[2] == "     No session matches."
        assert app.lines()[3] == "     Escape clears the ␛[31mfilter [/]."
        await pilot.press("down", "enter", "space", "a")
        assert app.table.cursor_session is None


async def test_a_notice_that_is_longer_than_a_line_goes_on_in_the_next() -> None:
    app = TableApp(many(5), ManualClock(NOW))
    async with app.run_test(size=(60, 8)) as pilot:
        app.table.show_order([])
        app.table.show_notice("The server did not answer " * 3, "r tries again.")
        await pilot.pause()
        words = " ".join(" ".join(app.lines()[1:]).split())
        assert words == "The server did not answer " * 3 + "r tries again."


def test_columns_give_way_by_priority() -> None:
    def shown(width: int, sorted_by: SortKey | None = None, *, users: bool = False) -> list[str]:
        layout = lay_out(width, Needs(has_users=users), sorted_by)
        assert sum(size for _, _, size in layout) + 2 * (len(layout.places) - 1) <= max(width, 41)
        return [column.name.lower() for column in layout.columns]

    assert shown(119, users=True)[3:] == ["created", "last_used", "ip", "user"]
    assert shown(79) == ["expires", "id", "client", "last_used", "ip"]
    assert shown(79, SortKey.CREATED) == shown(79)
    assert shown(79, SortKey.USER, users=True)[3:] == ["ip", "user"]
    assert shown(59) == ["expires", "id", "client", "ip"]
    assert shown(40) == ["expires", "id", "client"]


def test_where_no_last_use_is_known_its_column_gives_way_first() -> None:
    columns = lay_out(79, Needs(has_last_used=False)).columns
    assert columns[3:] == (Column.CREATED, Column.IP)


def test_from_150_columns_the_user_agent_has_one_in_the_room_that_is_left() -> None:
    assert Column.USER_AGENT not in lay_out(148, Needs()).columns
    for needs in (Needs(), Needs(widest_ip=39), Needs(has_users=True)):
        layout = lay_out(149, needs)
        assert layout.columns[-1] is Column.USER_AGENT
        assert sum(width + 2 for _, _, width in layout) - 2 == 149
    assert lay_out(199, Needs()).width_of(Column.USER_AGENT) == 80


async def test_the_column_of_the_user_agent_shows_it_whole(clock: ManualClock) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) Gecko"
    app = TableApp(listed([session(0), session(1, user_agent=agent)]), clock)
    async with app.run_test(size=(150, 6)) as pilot:
        await pilot.pause()
        assert app.lines()[0].endswith("USER AGENT")
        assert app.lines()[2].endswith(f"  {agent}")


SHORT = Needs(widest_ip=11, widest_client=20, widest_user=9, widest_agent=30, has_alike=True)
MAIN = ["expires", "id", "client", "created", "last_used", "ip"]


@pytest.mark.parametrize(
    ("width", "screen", "needs", "shown"),
    [
        (119, 120, SHORT, [*MAIN, "alike"]),
        (119, 120, Needs(has_alike=True), [*MAIN, "alike"]),
        (119, 120, Needs(has_users=True, has_alike=True), [*MAIN, "user"]),
        (99, 100, SHORT, MAIN),
        (103, 150, SHORT, [*MAIN, "user_agent"]),
        (103, 150, Needs(has_alike=True), [*MAIN, "user_agent"]),
        (109, 160, Needs(has_alike=True), [*MAIN, "user_agent"]),
        (143, 200, SHORT, [*MAIN, "alike", "user_agent"]),
        (143, 200, Needs(widest_ip=39, has_alike=True), [*MAIN, "user_agent"]),
    ],
)
def test_further_columns_come_once_nothing_else_is_short_of_room(
    width: int, screen: int, needs: Needs, shown: list[str]
) -> None:
    layout = lay_out(width, replace(needs, screen=screen))
    assert [column.name.lower() for column in layout.columns] == shown
    assert sum(cells + 2 for _, _, cells in layout) - 2 <= width


def test_a_column_is_no_wider_than_its_longest_text() -> None:
    layout = lay_out(199, replace(SHORT, has_users=True))
    widths = {column: cells for column, _, cells in layout}
    assert widths[Column.CLIENT] == len("this session · qiscus-tui")
    assert widths[Column.IP] == 11
    assert widths[Column.USER_AGENT] == 30
    assert lay_out(79, SHORT).width_of(Column.CLIENT) == lay_out(79, Needs()).width_of(
        Column.CLIENT
    ) + (15 - 11)


def test_of_a_very_long_list_only_the_first_texts_are_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(column_needs, "LOOKED_AT", 10)
    sessions = [session(number, user_agent="curl", ip="192.0.2.1") for number in range(30)]
    sessions[20] = session(20, user_agent="a long name", ip="2001:db8::1", user="a@b.c")
    needs = Needs.of(listed(sessions))
    assert (needs.widest_client, needs.widest_agent) == (4, 4)
    assert (needs.widest_ip, needs.has_users) == (11, True)


@pytest.mark.parametrize(
    ("fields", "label", "drawn"),
    [
        ({"current": True, "user_agent": "qiscus-tui"}, None, "this session  "),
        ({}, BILLING, "billing cron  "),
        ({}, Known("backup", client="GuzzleHttp", protect=True), "backup, protected  "),
        ({"user_agent": "an unknown program of a stranger"}, None, "an unknown program …"),
    ],
)
async def test_where_there_is_no_room_for_all_words_those_that_matter_stay_whole(
    fields: dict[str, object], label: Known | None, drawn: str
) -> None:
    ipv6 = session(3)
    app = TableApp(listed([session(0, **fields), ipv6], labels=[label, None]), ManualClock(NOW))
    async with app.run_test(size=(80, 6)) as pilot:
        await pilot.pause()
        assert drawn in app.lines()[1]


async def test_columns_stay_where_they_are_while_a_list_arrives_and_the_rows_move() -> None:
    sessions = [session(number, user_agent="curl", ip="192.0.2.1") for number in range(30)]
    app = TableApp(listed(sessions), ManualClock(NOW))
    async with app.run_test(size=(120, 10)) as pilot:
        await pilot.pause()
        titles = app.lines()[0]
        sessions.append(session(30, user_agent="a client with quite a long name", ip="2001:db8::1"))
        app.table.grow(listed(sessions), range(31))
        await pilot.press("end")
        await pilot.pause()
        assert app.lines()[0] == titles
        app.table.show(listed(sessions), range(31))
        await pilot.pause()
        assert "  a client with quite a long name  " in app.lines()[-1]


async def test_how_many_are_like_a_session_is_said_once_it_is_known() -> None:
    sessions = listed([session(number, ip="10.2.0.7") for number in range(200)])
    app = TableApp(sessions, ManualClock(NOW))
    counts: dict[str, int] = {}
    app.table.alike = lambda session_id: counts.get(session_id, 0)
    async with app.run_test(size=(120, 6)) as pilot:
        await pilot.pause()
        assert app.lines()[0].endswith("LIKE THIS")
        assert app.lines()[1].endswith("10.2.0.7")
        counts.update({session(0).id: 72, session(1).id: 1})
        app.table.tick()
        await pilot.pause()
        assert app.lines()[1].endswith("  72  36 %")
        assert app.lines()[2].split()[-1] == "1"


def test_a_click_beside_the_columns_hits_none() -> None:
    layout = lay_out(79, Needs())
    assert layout.column_at(79) is None
    assert layout.column_at(0) is Column.EXPIRES
    assert layout.column_at(78) is Column.IP


def test_wide_addresses_and_creation_times_are_whole_where_there_is_room() -> None:
    layout = lay_out(149, Needs(widest_ip=39))
    assert layout.width_of(Column.IP) == 39
    assert layout.width_of(Column.CREATED) == 17
    assert lay_out(79, Needs(has_last_used=False)).width_of(Column.CREATED) == 12


@given(st.text(max_size=60), st.integers(min_value=0, max_value=40))
def test_a_cut_text_has_exactly_its_width(text: str, width: int) -> None:
    assert cell_len(fit(safe(text), width)) == width


@given(
    st.floats(min_value=0, max_value=2.5e11) | st.floats(NOW, NOW + 1200 * DAY),
    st.booleans(),
    st.booleans(),
)
@example(at=NOW + 100 * DAY, computed=False, seconds=False)
@example(at=NOW + 999 * DAY, computed=True, seconds=True)
def test_a_countdown_has_exactly_its_width(at: float, computed: bool, seconds: bool) -> None:
    assert len(countdown_cell(at, computed, NOW, seconds=seconds)) == COUNTDOWN_WIDTH


@given(st.floats(min_value=1, max_value=253_402_300_799))
def test_times_fit_their_columns(at: float) -> None:
    assert len(created_cell(at, NOW)) <= 17
    assert len(created_cell_short(at, NOW)) <= 12
    assert len(last_used_cell(at, NOW)) <= 11


@pytest.mark.parametrize(
    ("cell", "at", "drawn"),
    [
        (created_cell, NOW - 3600, "today 16:46"),
        (created_cell, NOW - DAY, "13 Oct 2026 17:46"),
        (created_cell_short, NOW - DAY, "13 Oct 17:46"),
        (created_cell_short, NOW - 400 * DAY, " 9 Sep 2025"),
        (last_used_cell, NOW - 59, "now"),
        (last_used_cell, NOW + 5, "now"),
        (last_used_cell, NOW - 61, "1 min ago"),
        (last_used_cell, NOW - 9 * DAY, "9 d ago"),
        (last_used_cell, None, "unknown"),
    ],
)
def test_times_read_as_people_say_them(
    cell: Callable[[float | None, float], str], at: float | None, drawn: str
) -> None:
    assert cell(at, NOW) == drawn
