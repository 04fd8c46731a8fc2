"""The filter: typed, completed, corrected; what it leaves follows the marks and the time."""

import dataclasses

import pytest
from rich.cells import cell_len

from qiscus_tui.query import SortKey, parse, select
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.listed import work
from qiscus_tui.tui.listed.view import Sorting
from qiscus_tui.tui.sessions import shown_list
from tests.clocks import ManualClock
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


async def typed(running: Running, text: str) -> None:
    """Type a filter, as fingers do."""
    await running.press("slash", "ctrl+u", *(NAMES.get(key, key) for key in text))


async def filtered(running: Running, text: str) -> None:
    """Filter, and go back to the table."""
    await typed(running, text)
    await running.press("enter")


def holds(running: Running) -> bool:
    """Whether exactly what matches now is shown."""
    screen = running.sessions
    query = parse(screen.filter_bar.value)
    return sorted(screen.table.order) == select(query, screen.feed.listed, screen.list.moment())


def ends(running: Running) -> list[float]:
    """When the sessions end."""
    listed = running.sessions.feed.listed
    return [one.expires_at for one in listed.sessions if one.expires_at is not None]


# What it leaves.


async def test_it_narrows_as_it_is_typed_and_escape_clears_it(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=300) as running:
        everything = running.ids
        await typed(running, "curl")
        some = running.ids
        assert 0 < len(some) < len(everything)
        assert f"{len(some)} of {len(everything)}, newest first" in running.text()
        await running.press("enter")
        assert running.focus == "table"
        assert "/ curl" in running.text()
        await running.press("escape")
        assert running.ids == everything
        await running.press("slash", *"axios", "escape")
        assert running.focus == "table"
        assert running.ids == everything
        await filtered(running, "is:current")
        assert len(running.ids) == 1
        await filtered(running, "zzzz")
        assert "No session matches the filter." in running.text()
        assert "escape clears it" in running.text()


async def test_a_filter_by_marks_follows_the_marks(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await running.press("j", "space", "space", "space")
        await filtered(running, "is:marked")
        await running.press("home", "space")
        assert "3 marked" not in running.text()
        assert "2 of 41" in running.text()
        assert len(running.ids) == 2
        await running.press("u")
        assert "0 of 41" in running.text()
        await running.press("escape")
        assert len(running.ids) == 41


async def test_an_order_that_is_on_its_way_is_kept_by_what_changes_the_filter(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_sessions(clock, sessions=200) as here:
        await filtered(here, "-is:marked")
        monkeypatch.setattr(work, "AT_ONCE", 0)  # a long list: sorted in a thread
        here.sessions.list.ask(sorting=Sorting(SortKey.ID))
        here.sessions.list.toggle_mark()
        named = dataclasses.replace(here.sessions.feed.listed)  # the same with other names
        await here.sessions.list.prepare(named)
        await here.settle()
        assert here.ids[1:] == sorted(here.ids[1:])
        assert len(here.ids) == 200


async def test_mark_all_behind_a_filter_that_is_looked_for_marks_every_hit(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=9000) as running:
        sessions = running.sessions
        sessions.list.filter("guzzle")
        assert not sessions.view.is_whole
        sessions.action_mark_shown()
        many = sum("guzzle" in text for text in sessions.feed.listed.search)
        assert sessions.view.marks.total == many > 100
        await running.settle()
        assert len(running.ids) == many
        sessions.list.filter("curl")
        assert not sessions.view.is_whole
        sessions.action_begins()  # of any key behind it
        listed = sessions.feed.listed
        assert all("curl" in listed.search[at] for at in sessions.table.order)


# The field.


async def test_tab_completes_keys_and_then_values_of_the_list_and_filters_at_once() -> None:
    async with at_sessions(ManualClock(), sessions=300) as running:
        await typed(running, "cl")
        await running.press("tab")
        assert running.value("#filter") == "client:"
        await running.press("tab")
        assert running.value("#filter") == "client:GuzzleHttp"
        assert "python-requests" in running.text().splitlines()[2]
        table = running.sessions.table
        assert {table.sessions.clients[at].split()[0] for at in table.order} == {"GuzzleHttp"}
        await running.press("tab")
        second = running.value("#filter")
        assert second.startswith("client:")
        assert second != "client:GuzzleHttp"
        await running.press("backspace", "tab", "space", *"is:exp", "tab")
        assert running.value("#filter") == f"{second} is:expiring"


async def test_up_goes_back_to_earlier_filters_and_down_returns() -> None:
    async with at_sessions(ManualClock()) as running:
        for text in ("curl", "axios"):
            await filtered(running, text)
        await running.press("slash", "up")
        assert running.value("#filter") == "curl", "not the same again"
        await running.press("down", "down")
        await typed(running, "new")
        await running.press("up")
        assert running.value("#filter") == "axios"
        await running.press("up", "up")
        assert running.value("#filter") == "curl"
        await running.press("down", "down")
        assert running.value("#filter") == "new"
        await running.press("down")
        assert running.focus != "filter"
        assert "/ new" in running.text()
        await typed(running, "curl clint:x")
        await running.press("escape", "slash", "up")
        assert running.value("#filter") == "curl clint:x", "what escape cleared comes back"


# Errors.


async def test_nothing_that_is_shown_can_be_chosen_until_it_is_corrected(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=300) as running:
        await running.press("j", "space")  # a mark of before is not revoked either
        await typed(running, "client:curl is:expi")
        await running.click_list()
        for key in CHOOSING:
            await running.press(key)
            assert running.app.screen is running.sessions
            assert "'expi' is not a state" in running.toasts
            running.app.clear_notifications()
        assert running.sessions.view.marks.total == 1
        await running.press("u")
        await filtered(running, "client:curl")
        await running.press("a")
        assert running.sessions.view.marks.total == len(running.ids)
        assert not running.toasts
        await running.press("x")
        assert running.app.screen is not running.sessions


async def test_a_correction_behind_enter_is_typed_and_runs_no_command(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        for key in ("enter", "shift+tab", "down"):
            await typed(running, "curl age:>")
            await running.press(key, "l", "u", "x", "q")
            assert running.app.screen is running.sessions
            assert running.value("#filter") == "curl age:>luxq"
            await running.press("escape")
            assert running.focus == "table"


async def test_the_error_is_said_once_with_what_was_meant_and_gone_when_it_is_corrected(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, size=(160, 40)) as running:
        await typed(running, "client:curl is:expi")
        assert running.words().count("'expi' is not a state") == 1
        assert "is:expiring or is:expired" in running.words()
        await running.click_list()
        assert running.words().count("'expi' is not a state, at character 16") == 1
        assert "is:expiring or is:expired" in running.words()
        assert "The list still shows: client:curl" in running.words()
        await typed(running, "age:30dx")
        assert "'30dx' is not a duration" in running.words()
        await running.click_list()
        assert "age:>7d" in running.words()
        await running.press("slash", "backspace")
        assert "is not a duration" not in running.text()


async def test_the_sign_of_an_error_stands_under_its_word_and_moves_nothing() -> None:
    async with at_sessions(ManualClock(), sessions=300, size=(80, 24)) as running:
        await typed(running, "curl")
        before = running.lines()
        await running.press("space", *"clint:x")
        lines = running.lines()
        assert lines[3].index("↑") == lines[2].index("clint:x")
        assert "Unknown key 'clint'" in lines[3]
        assert "client:" in lines[3]
        assert lines[4:-1] == before[4:-1]
        await running.press(*["backspace"] * 7)
        assert "↑" not in running.lines()[3]
        for wide in ("漢字", "ｃｕｒｌ 漢"):
            running.sessions.filter_bar.show(f"{wide} is:expi")
            await running.settle()
            line, rule = running.lines()[2:4]
            assert cell_len(rule.split("↑")[0]) == cell_len(line.split("expi")[0])


# What time changes.


@pytest.mark.parametrize("text", ["is:expiring", "age:>29d", "-is:expired"])
async def test_a_filter_follows_the_time(clock: ManualClock, text: str) -> None:
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, text)
        shown = [len(here.ids)]
        for _ in range(6):
            await here.tick(7201)
            assert holds(here)
            assert f"{len(here.ids)} of 201" in here.lines()[2]
            shown.append(len(here.ids))
        assert len(set(shown)) > 1, "the data should have shown a change"
        await here.tick(-7100)  # a clock that was set back
        assert holds(here)


async def test_what_has_just_expired_leaves_within_the_second_and_the_cursor_stays(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, "is:expiring")
        await here.press("S", "home", "space")  # the first to end is marked
        before, at = len(here.ids), here.sessions.table.cursor_id
        await here.tick(min(ends(here)) - here.sessions.feed.server_now - 1)
        assert len(here.ids) == before
        await here.tick(1)  # at the very moment
        assert len(here.ids) == before - 1
        assert here.sessions.table.cursor_id == at
        assert "1 marked (1 hidden)" in here.text()
        await filtered(here, "curl")  # which names no time, and is not looked at again
        request = here.sessions.view.request
        await here.tick(DAY / 2)
        assert here.sessions.view.request is request


async def test_a_long_list_is_looked_at_again_once_a_minute(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 50)
    monkeypatch.setattr(shown_list, "AT_ONCE", 50)
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, "expires:<24h")
        await here.tick(60 - here.sessions.feed.server_now % 60)
        request = here.sessions.view.request
        for _ in range(59):
            clock.advance(1)
            here.sessions.second()
            assert here.sessions.view.request is request
        await here.tick()
        assert here.sessions.view.request is not request
        assert holds(here)
