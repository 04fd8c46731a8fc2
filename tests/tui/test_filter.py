"""The filter: typed, completed, corrected; what it leaves follows the marks and the time."""

import dataclasses

import pytest
from rich.cells import cell_len

from qiscus_tui.query import SortKey, parse, select
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.listed import work
from qiscus_tui.tui.listed.view import Sorting
from qiscus_tui.tui.sessions import shown_list
from tests.tui.demo_app import DAY, Running, at_sessions

NAMES = {
    " ": "space",
    ":": "colon",
    ">": "greater_than_sign",
    "<": "less_than_sign",
    "-": "minus",
    '"': "quotation_mark",
}
CHOOSING = ["a", "i", "space", "v", "shift+down", "x", "P", "X", "e"]
SELDOM = Config(ui=UiConfig(reload=DAY))
"""The list is not read again while a test runs."""


async def typed(here: Running, text: str) -> None:
    await here.press("slash", "ctrl+u", *(NAMES.get(key, key) for key in text))


async def filtered(here: Running, text: str) -> None:
    await typed(here, text)
    await here.press("enter")


def holds(here: Running) -> bool:
    """Whether exactly what matches now is shown."""
    screen = here.sessions
    query = parse(screen.filter_bar.value)
    return sorted(screen.table.order) == select(query, screen.feed.listed, screen.list.moment())


def ends(here: Running) -> list[float]:
    listed = here.sessions.feed.listed
    return [one.expires_at for one in listed.sessions if one.expires_at is not None]


# What it leaves.


async def test_it_narrows_as_it_is_typed_and_escape_clears_it() -> None:
    async with at_sessions(sessions=300) as here:
        everything = here.ids
        await typed(here, "curl")
        some = here.ids
        assert 0 < len(some) < len(everything)
        assert f"{len(some)} of {len(everything)}, newest first" in here.text()
        await here.press("enter")
        assert here.focus == "table"
        assert "/ curl" in here.text()
        await here.press("escape")
        assert here.ids == everything
        await here.press("slash", *"axios", "escape")
        assert here.focus == "table"
        assert here.ids == everything
        await filtered(here, "is:current")
        assert len(here.ids) == 1
        await filtered(here, "zzzz")
        here.shows("No session matches the filter.", "escape clears it")


async def test_a_filter_by_marks_follows_the_marks() -> None:
    async with at_sessions() as here:
        await here.press("j", "space", "space", "space")
        await filtered(here, "is:marked")
        await here.press("home", "space")
        assert "3 marked" not in here.text()
        assert "2 of 41" in here.text()
        assert len(here.ids) == 2
        await here.press("u")
        assert "0 of 41" in here.text()
        await here.press("escape")
        assert len(here.ids) == 41


async def test_an_order_on_its_way_outlives_a_new_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_sessions(sessions=200) as here:
        await filtered(here, "-is:marked")
        monkeypatch.setattr(work, "AT_ONCE", 0)  # a long list: sorted in a thread
        here.sessions.list.ask(sorting=Sorting(SortKey.ID))
        here.sessions.list.toggle_mark()
        named = dataclasses.replace(here.sessions.feed.listed)  # the same with other names
        await here.sessions.list.prepare(named)
        await here.settle()
        assert here.ids[1:] == sorted(here.ids[1:])
        assert len(here.ids) == 200


async def test_mark_all_behind_a_filter_that_is_looked_for_marks_every_hit() -> None:
    async with at_sessions(sessions=9000) as here:
        sessions = here.sessions
        sessions.list.filter("guzzle")
        assert not sessions.view.is_whole
        sessions.action_mark_shown()
        many = sum("guzzle" in text for text in sessions.feed.listed.search)
        assert sessions.view.marks.total == many > 100
        await here.settle()
        assert len(here.ids) == many
        sessions.list.filter("curl")
        assert not sessions.view.is_whole
        sessions.action_begins()  # of any key behind it
        listed = sessions.feed.listed
        assert all("curl" in listed.search[at] for at in sessions.table.order)


# The field.


async def test_tab_completes_keys_and_then_values_of_the_list_and_filters_at_once() -> None:
    async with at_sessions(sessions=300) as here:
        await typed(here, "cl")
        await here.press("tab")
        assert here.value("#filter") == "client:"
        await here.press("tab")
        assert here.value("#filter") == "client:GuzzleHttp"
        assert "python-requests" in here.text().splitlines()[2]
        table = here.sessions.table
        assert {table.sessions.clients[at].split()[0] for at in table.order} == {"GuzzleHttp"}
        await here.press("tab")
        second = here.value("#filter")
        assert second.startswith("client:")
        assert second != "client:GuzzleHttp"
        await here.press("backspace", "tab", "space", *"is:exp", "tab")
        assert here.value("#filter") == f"{second} is:expiring"


async def test_up_goes_back_to_earlier_filters_and_down_returns() -> None:
    async with at_sessions() as here:
        for text in ("curl", "axios"):
            await filtered(here, text)
        await here.press("slash", "up")
        assert here.value("#filter") == "curl", "not the same again"
        await here.press("down", "down")
        await typed(here, "new")
        await here.press("up")
        assert here.value("#filter") == "axios"
        await here.press("up", "up")
        assert here.value("#filter") == "curl"
        await here.press("down", "down")
        assert here.value("#filter") == "new"
        await here.press("down")
        assert here.focus != "filter"
        assert "/ new" in here.text()
        await typed(here, "curl clint:x")
        await here.press("escape", "slash", "up")
        assert here.value("#filter") == "curl clint:x", "what escape cleared comes back"


# Errors.


async def test_nothing_that_is_shown_can_be_chosen_until_it_is_corrected() -> None:
    async with at_sessions(sessions=300) as here:
        await here.press("j", "space")  # a mark of before is not revoked either
        await typed(here, "client:curl is:expi")
        await here.click_list()
        for key in CHOOSING:
            await here.press(key)
            assert here.app.screen is here.sessions
            assert "'expi' is not a state" in here.toasts
            here.app.clear_notifications()
        assert here.sessions.view.marks.total == 1
        await here.press("u")
        await filtered(here, "client:curl")
        await here.press("a")
        assert here.sessions.view.marks.total == len(here.ids)
        assert not here.toasts
        await here.press("x")
        assert here.app.screen is not here.sessions


async def test_a_correction_behind_enter_is_typed_and_runs_no_command() -> None:
    async with at_sessions() as here:
        for key in ("enter", "shift+tab", "down"):
            await typed(here, "curl age:>")
            await here.press(key, "l", "u", "x", "q")
            assert here.app.screen is here.sessions
            assert here.value("#filter") == "curl age:>luxq"
            await here.press("escape")
            assert here.focus == "table"


async def test_the_error_is_said_once_with_what_was_meant_and_gone_when_it_is_corrected() -> None:
    async with at_sessions(size=(160, 40)) as here:
        await typed(here, "client:curl is:expi")
        assert here.words().count("'expi' is not a state") == 1
        assert "is:expiring or is:expired" in here.words()
        await here.click_list()
        assert here.words().count("'expi' is not a state, at character 16") == 1
        assert "is:expiring or is:expired" in here.words()
        assert "The list still shows: client:curl" in here.words()
        await typed(here, "age:30dx")
        assert "'30dx' is not a duration" in here.words()
        await here.click_list()
        assert "age:>7d" in here.words()
        await here.press("slash", "backspace")
        assert "is not a duration" not in here.text()
        await here.resize(80, 24)
        for wrong, right in (("age:>7", "age:>7d"), ("expires:soon", "expires:>7d")):
            await typed(here, f"client:curl {wrong}")
            assert f"Write it as {right}" in here.words()


async def test_a_filter_that_is_longer_than_its_field_is_seen_where_it_is_typed() -> None:
    async with at_sessions(sessions=5, size=(80, 24)) as here:
        await typed(here, "age:>7d idle:>2d -is:known -client:curl")
        assert here.lines()[2].startswith(" / le:>2d -is:known -client:curl  ")
        await here.press("home")
        assert here.lines()[2].startswith(" / age:>7d idle:>2d -is:known -cl  ")
        await here.press("end", "ctrl+u", *"curl")
        assert here.lines()[2].startswith(" / curl ")


async def test_the_sign_of_an_error_stands_under_its_word_and_moves_nothing() -> None:
    async with at_sessions(sessions=300, size=(80, 24)) as here:
        await typed(here, "curl")
        before = here.lines()
        await here.press("space", *"clint:x")
        lines = here.lines()
        assert lines[3].index("↑") == lines[2].index("clint:x")
        assert "Unknown key 'clint'" in lines[3]
        assert "client:" in lines[3]
        assert lines[4:-1] == before[4:-1]
        await here.press(*["backspace"] * 7)
        assert "↑" not in here.lines()[3]
        for wide in ("漢字", "ｃｕｒｌ 漢"):
            here.sessions.filter_bar.show(f"{wide} is:expi")
            await here.settle()
            line, rule = here.lines()[2:4]
            assert cell_len(rule.split("↑")[0]) == cell_len(line.split("expi")[0])


# What time changes.


async def test_a_filter_follows_the_time_within_the_second_and_the_cursor_stays() -> None:
    async with at_sessions(sessions=200, config=SELDOM) as here:
        await filtered(here, "is:expiring")
        await here.press("S", "home", "space")  # the first to end is marked
        before, at = len(here.ids), here.sessions.table.cursor_id
        await here.tick(min(ends(here)) - here.sessions.feed.server_now - 1)
        assert len(here.ids) == before
        await here.tick(1)  # at the very moment
        assert holds(here)
        assert len(here.ids) == before - 1
        assert f"{before - 1} of 201" in here.lines()[2]
        assert here.sessions.table.cursor_id == at
        assert "1 marked (1 hidden)" in here.text()
        await filtered(here, "curl")  # which names no time, and is not looked at again
        request = here.sessions.view.request
        await here.tick(DAY / 2)
        assert here.sessions.view.request is request
        await filtered(here, "age:>29d")
        for seconds in (DAY, -DAY / 2):  # a clock may be set back
            shown = len(here.ids)
            await here.tick(seconds)
            assert holds(here)
            assert len(here.ids) != shown


async def test_a_long_list_is_filtered_again_each_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 50)
    monkeypatch.setattr(shown_list, "AT_ONCE", 50)
    async with at_sessions(sessions=200, config=SELDOM) as here:
        await filtered(here, "expires:<24h")
        await here.tick(60 - here.sessions.feed.server_now % 60)
        request = here.sessions.view.request
        for _ in range(59):
            here.clock.advance(1)
            here.sessions.second()
            assert here.sessions.view.request is request
        await here.tick()
        assert here.sessions.view.request is not request
        assert holds(here)


# The cursor.


@pytest.mark.parametrize("at_once", [work.AT_ONCE, 0])
async def test_what_half_a_word_leaves_does_not_move_the_cursor(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    async with at_sessions(sessions=300) as here:
        monkeypatch.setattr(work, "AT_ONCE", at_once)  # 0: found in a thread
        await typed(here, "age:>1d")
        table = here.sessions.table
        assert (table.top_row, table.cursor_row) == (0, 0)
        await here.press("escape")
        listed, agents = here.sessions.feed.listed, here.sessions.feed.listed.clients
        row = [at for at, place in enumerate(table.order) if agents[place].startswith("curl")][5]
        table.move_to(row)
        own, top = table.cursor_id, table.top_row
        await typed(here, "client:curl")
        assert table.cursor_id == own
        await typed(here, "client:axios")
        assert table.cursor_id != own
        await here.press("escape")
        assert (table.cursor_id, table.top_row) == (own, top)
        await filtered(here, "client:axios")
        found = table.cursor_id
        await here.press("escape")
        assert table.cursor_id == found  # shown among all
        assert listed.positions[found or ""] in table.order


async def test_what_half_a_word_leaves_moves_the_cursor_of_neither_groups_nor_list() -> None:
    async with at_sessions(sessions=300) as here:
        await here.press("end")
        own = here.sessions.table.cursor_id
        await here.press("g", "j", "j")
        group = here.sessions.list.group_table.cursor_group
        assert group is not None
        await typed(here, group.filter_text)
        now = here.sessions.list.group_table.cursor_group
        assert now is not None
        assert now.kinds == group.kinds
        await here.press("escape", "g")
        assert here.sessions.table.cursor_id == own
