"""The overview: charts of the whole list, which it follows; Enter filters the list by a bar."""

import re
from collections.abc import Sequence

import pytest

from qiscus_tui.service.overview import Bar
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.listed import work
from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.overview.screen import OverviewScreen
from qiscus_tui.tui.widgets.bars import Chart
from tests.sandbox import Call, Fault
from tests.tui.demo_app import DAY, Running, at_login, at_sessions

CHARTS = ("days", "expiries", "clients", "networks")
SELDOM = Config(ui=UiConfig(reload=90 * DAY))
UNAUTHORIZED = Fault(401, b'{"errors": "Unauthorized"}')


def screen_of(here: Running) -> OverviewScreen:
    assert isinstance(here.app.screen, OverviewScreen)
    return here.app.screen


def chart(here: Running, name: str) -> Chart:
    return screen_of(here).query_one(f"#chart-{name}", Chart)


def focused(here: Running) -> str:
    return here.focus.removeprefix("chart-")


def bars(here: Running, name: str) -> Sequence[Bar]:
    return chart(here, name)._rows


def bar(here: Running, name: str) -> Bar:
    bar = chart(here, name).bar
    assert bar is not None
    return bar


async def tick(here: Running, seconds: float) -> None:
    """Time goes by, for the list and for the overview of it."""
    await here.tick(seconds)
    screen_of(here).draw()
    await here.settle()


async def test_o_opens_it_and_escape_goes_back() -> None:
    async with at_sessions(sessions=200) as here:
        await here.press("o")
        assert "overview of all 201 sessions" in here.text()
        assert "201 active" in here.lines()[1]
        assert focused(here) == "days"
        before = here.lines()
        await here.press("escape")
        assert here.app.screen is here.sessions
        assert here.focus == "table"
        assert len(here.ids) == 201
        await here.press("enter", "escape", "A", "escape", "o")
        assert here.lines() == before  # other screens that were open change nothing of it


@pytest.mark.parametrize("dialect", ["plain", "masked", "unreadable"])
async def test_what_it_says_of_a_script_holds_for_the_list_as_it_is(dialect: str) -> None:
    async with at_sessions(dialect=dialect, sessions=400) as here:
        await here.press("o")
        words = here.words()
        assert ("Clean up: esc, P." in words) is (dialect != "masked")
        assert ("overview of all 4" in words) is (dialect != "unreadable")
        assert ("% of all" in words) is (dialect != "unreadable")
        assert ("% of these" in words) is (dialect == "unreadable")


async def test_it_counts_what_the_filter_leaves_and_enter_adds_to_it() -> None:
    async with at_sessions(sessions=300, dialect="patchy") as here:
        await here.press("slash", *"-curl", "enter")
        left = len(here.ids)
        assert 10 < left < 301
        for name in CHARTS:  # every bar: tests/service/test_overview.py
            await here.press("o")
            assert f"overview of {left} of 301 sessions   / -curl" in here.text()
            assert sum(one.count for one in bars(here, name)) == left
            chart(here, name).focus()
            wanted = next(one for one in bars(here, name) if one.filter)
            chart(here, name).move_to(bars(here, name).index(wanted))
            await here.press("enter")
            assert here.app.screen is here.sessions
            assert here.focus == "table"
            assert here.value("#filter").rstrip() == f"-curl {wanted.filter}"
            assert f"/ -curl {wanted.filter}" in here.lines()[2]
            assert len(here.ids) == wanted.count, wanted
            await here.press("slash", "ctrl+u", *"-curl", "enter")


async def test_what_a_filter_has_wrong_or_leaves_none_of_is_said() -> None:
    async with at_sessions(sessions=300) as here:
        await here.press("slash", *"age:>7d age:x")
        await here.click_list()
        left = len(here.ids)
        await here.press("o")
        assert f"overview of {left} of 301" in here.text()
        await here.press("left", "enter")
        assert here.value("#filter").startswith("age:>7d ip:")
        await here.press("escape", "slash", *"zzzz", "enter", "o")
        assert "ISSUED PER DAY" not in here.text()
        here.shows("No session matches", "esc goes back to the list, where / changes it.")
        assert "add to the filter" not in here.lines()[-1]
        assert "next chart" not in here.lines()[-1]


async def test_keys_go_through_charts_and_say_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qiscus_tui.service.overview.MOST", 2)
    async with at_sessions(sessions=120) as here:
        await here.press("slash")
        here.app.action_overview()  # from an open filter enter goes back to the table
        await here.settle()
        await here.press("enter")
        assert here.focus == "table"
        assert not here.sessions.has_class("-filtering")
        await here.press("escape", "o", "z", "j", "home")
        assert here.toasts == ""  # keys of no action say nothing
        for key, step in (("tab", 1), ("right", 1), ("tab", 1), ("shift+tab", -1), ("left", -1)):
            at = CHARTS.index(focused(here))
            await here.press(key)
            assert focused(here) == CHARTS[at + step]
        await here.press("left", "left", "end", "enter")
        others = bar(here, "networks")
        assert others.filter == ""
        assert f'No filter can match "{others.label}".' in here.toasts
        for key in ("x", "space", "slash", "X"):
            await here.press(key)
            assert screen_of(here)
        await here.pilot.click("#chart-networks", offset=(5, 2), times=2)
        await here.settle()
        assert here.value("#filter").startswith("ip:")


async def test_every_size_shows_a_sentence_and_the_four_charts_in_line() -> None:
    async with at_sessions(sessions=1_200) as here:
        await here.press("o")
        assert "Clean up: esc, P. If you can't change the script: qiscus-tui proxy." in here.words()
        for size in ((120, 40), (80, 24), (59, 24), (60, 15)):
            await here.resize(*size)
            if size == (59, 24):
                assert "60x15 is needed" in here.text()
                continue
            assert re.search(
                r"GuzzleHttp from 10\.2\.0\.0/24 made \d+ % of all, \d+ a day; "
                r"\d+ not used for 24 h\.",
                here.words(),
            )
            lines = here.lines()
            titles = ("ISSUED PER DAY", "EXPIRIES AHEAD", "TOP CLIENTS", "TOP NETWORKS")
            spans = ("within 1h", "14 to 30 days") if size != (60, 15) else ()
            ways = ("overview of all 1,201 sessions", "esc back to the list")
            here.shows(*titles, *spans, *ways)
            assert "enter add to the filter" in lines[-1]
            assert lines[-1].endswith("? help  q quit")
            for name in ("clients", "networks"):
                first = bars(here, name)[0]
                (row,) = [line for line in lines if first.label in line and "▄▄" in line]
                assert f"{first.count:,}  ▄" in row
                share = f"{round(100 * first.count / 1201)} %"
                drawn = chart(here, name).render_line(1).text.rstrip()
                assert drawn.endswith(share) is (size != (60, 15))
            assert "%" not in chart(here, "days").render_line(1).text
            columns: dict[int, set[int]] = {}
            for name in CHARTS:
                one = chart(here, name)
                for y in range(1, one.size.height):
                    strip = one.render_line(y).text
                    if "▄" in strip:
                        columns.setdefault(one.region.x, set()).add(strip.index("▄"))
            assert [len(places) for places in columns.values()] == [1, 1]
        await here.press("escape", "slash", *"curl", "enter", "o")
        assert "GuzzleHttp from" not in here.words()


# Following the list


async def test_it_follows_the_list_and_the_cursor_stays_on_its_bar() -> None:
    async with at_sessions(sessions=200) as here:
        await here.press("o", "tab", "tab", "down")
        was = bar(here, "clients")
        gone = [one.token for one in here.state.sessions() if (one.agent or "").startswith("Guzz")]
        for token in gone:
            here.state.end(token)
        await here.press("r")
        assert f"overview of all {201 - len(gone)} sessions" in here.text()
        assert bar(here, "clients") == was
        assert chart(here, "clients").cursor_row == 0
        assert "GuzzleHttp" not in here.text()
        before = here.state.calls[Call.LIST]
        await tick(here, 30)
        assert here.state.calls[Call.LIST] == before
        await tick(here, 31)  # read again by the clock while it is in front
        assert here.state.calls[Call.LIST] == before + 1
        assert "● live, now" in here.text()


async def test_expiries_move_on_by_the_second_and_days_at_midnight() -> None:
    async with at_sessions(sessions=200, config=SELDOM) as here:
        await here.press("o")
        today = bar(here, "days")
        ends = sorted(one.expires_at or 0 for one in here.sessions.feed.listed.sessions)
        await tick(here, ends[0] - here.sessions.feed.server_now - 1)
        assert "expired" not in here.text()
        await tick(here, 1)
        assert bars(here, "expiries")[0] == Bar("expired", "expired", 1, "is:expired")
        await tick(here, DAY - here.sessions.feed.server_now % DAY - 1)
        assert bar(here, "days") == bars(here, "days")[0] == today
        await tick(here, 1)
        assert [one.count for one in bars(here, "days")[:2]] == [0, today.count]
        assert bar(here, "days").count == today.count > 0  # the cursor stayed on its day


async def test_while_a_large_list_is_counted_bars_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 50)
    async with at_sessions(sessions=300) as here:
        await here.pilot.press("o", "escape", "o", "escape", "j")  # left while it counts
        await here.settle()
        assert here.app.screen is here.sessions
        await here.pilot.press("slash", *"-curl", "enter", "o")  # while it still looks for them
        await here.settle()
        left = sum(one.count for one in bars(here, "networks"))
        assert f"overview of {left} of 301" in here.text()
        await here.press("escape", "escape", "o")
        assert focused(here) == "days"
        assert "overview of all 301 sessions" in here.text()
        await here.press("tab", "tab", "down")
        at, drawn = bar(here, "clients"), list[str]()
        screen = screen_of(here)
        draw = screen._draw_where_no_charts_are

        def watched() -> None:
            draw()
            drawn.append(f"{screen.has_class('-empty')} {focused(here)}")

        monkeypatch.setattr(screen, "_draw_where_no_charts_are", watched)
        here.state.end(here.state.sessions()[-1].token)
        await here.press("r")
        await here.settle()
        assert {*drawn} == {"False clients"}
        assert bar(here, "clients") == at
        assert "of all 300 sessions" in here.text()


# States


async def test_where_there_is_no_list_or_no_session_that_is_said_in_place_of_the_charts() -> None:
    async with at_login() as here:
        here.state.fail_next(Call.LIST, *[Fault(503)] * 18)
        await here.press("enter", "o")
        assert "r tries again." in here.text()
        assert "ISSUED PER DAY" not in here.text()
        here.sessions.feed.is_loading = True
        here.sessions.feed.changed()
        await here.settle()
        assert "Loading the sessions…" in here.text()
        here.sessions.feed.is_loading = False
        here.state.faults[Call.LIST].clear()
        before, here.state._sessions = here.state._sessions, {}
        await here.press("r")
        assert "The server lists no live session." in here.text()
        assert "ISSUED PER DAY" not in here.text()
        assert not {"enter", "tab"} & {*here.lines()[-1].split()}  # there is no bar to go to
        here.state._sessions = before
        await here.press("r")
        here.shows(f"overview of all {len(before)} sessions", "ISSUED PER DAY")
        assert "lists no live session" not in here.text()
        assert focused(here) == "days"


async def test_a_list_whose_session_ended_is_said_and_stays() -> None:
    async with at_sessions(sessions=100) as here:
        await here.press("o", "tab", "tab", "down")
        at = bar(here, "clients")
        here.state.fail_next(Call.LIST, UNAUTHORIZED)
        for key in ("escape", "enter"):  # not now; and logging in again
            await here.press("r")
            assert isinstance(here.app.screen, LoginScreen)
            await here.press_slowly(key)
            if key == "escape":
                assert "Session ended" in here.words()
                assert "r logs in again" in here.words()
                assert "ISSUED PER DAY" in here.text()
                assert "○ stale" in here.lines()[0]
        assert bar(here, "clients").key == at.key
        assert "● live" in here.lines()[0]
        assert "Session ended" not in here.words()
