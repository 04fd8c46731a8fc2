"""Every state of the list has words that say what to do."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.login.screen import LoginScreen
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, Call, Fault, demo_state
from tests.tui.conftest import marked_ids
from tests.tui.demo_app import (
    Running,
    at_sessions,
    from_environment,
    opened_with,
    workspace_on,
)

AWAY = [Fault(503)] * 9


async def test_loading_says_how_far_it_is(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        sessions = running.sessions
        sessions.feed.is_read, sessions.feed.is_loading = False, True
        sessions.feed._progressed(16_000, 27_000_000)
        clock.advance(2)
        sessions.feed._progressed(3_140_000, 27_000_000)
        sessions.draw()
        await running.pilot.pause()
        assert "Loading the sessions, 3.1 of 27.0 MB, 1.6 MB/s, 16 s left" in running.text()
        assert "○ loading" in running.text()


async def test_a_server_that_goes_away_leaves_the_list_stale(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        before = running.ids
        running.state.fail_next(Call.LIST, *AWAY)
        clock.advance(120)
        await running.press("r")
        assert running.ids == before
        assert "○ stale, 2 min ago" in running.text()
        assert "Nothing can be changed; r tries again." in running.words()
        await running.press("j", "x", "x", "X", "R")
        assert running.app.screen is running.sessions
        assert running.toasts.count("The list is stale") == 1
        assert "x revoke" not in running.lines()[-1]
        running.state.faults[Call.LIST].clear()
        await running.press("r")
        assert "● live" in running.text()
        assert "r tries again" not in running.text()
        running.state.fail_next(Call.LIST, Fault(403, b'{"errors": "Forbidden"}'))
        await running.press("r")  # this role may not: nothing has expired
        assert running.app.screen is running.sessions
        assert "○ stale" in running.text()
        assert "expired" not in str(running.sessions.notice.content)


async def test_read_only_is_said_and_revoking_is_off(clock: ManualClock, home: Path) -> None:
    state = demo_state(clock, sessions=9)
    workspace, choice = from_environment(state, clock, home, readonly=True)
    async with opened_with(workspace, choice, state, clock) as running:
        assert "9 active" in running.text()
        assert "read-only" in running.lines()[0]
        assert "Read-only by config.toml" in running.text()
        for key in ("x", "X", "R"):
            await running.press(key)
            assert running.app.screen is running.sessions
        assert not running.state.revoke_requests
        assert running.state.calls[Call.REFRESH] == 0


async def test_a_session_that_ended_asks_for_a_login_over_the_list_which_can_be_looked_at(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        await running.press("j", "j", "space", "j")
        table = running.sessions.table
        at, marked = table.cursor_id, marked_ids(running.sessions.view)
        running.state.fail_next(Call.LIST, Fault(401, b'{"errors": "Unauthorized"}'))
        await running.press("r")
        assert isinstance(running.app.screen, LoginScreen)
        assert "Session ended" in running.text()
        assert running.said
        assert running.focus == "password"
        assert "Log in here, or esc" in running.words()
        assert "qiscus-tui login" not in running.text()
        clock.advance(1)
        await running.press("escape")
        assert running.app.screen is running.sessions
        assert "Session ended" in running.text()
        assert "○ stale" in running.text()
        await running.press("x")
        assert "The session ended, so nothing can be changed" in running.toasts
        await running.tick(600)
        assert running.app.screen is running.sessions
        await running.press("r")
        assert isinstance(running.app.screen, LoginScreen)
        clock.advance(1)
        await running.press("enter")
        assert running.app.screen is running.sessions
        assert (table.cursor_id, marked_ids(running.sessions.view)) == (at, marked)
        assert "● live" in running.text()


async def test_an_account_of_a_token_is_logged_in_again_by_a_token(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        connection = running.sessions.feed.connection
        assert connection is not None
        connection.account = replace(connection.account, user="")
        running.state.fail_next(Call.LIST, Fault(401, b'{"errors": "Unauthorized"}'))
        await running.press("r")
        assert running.focus == "long-lived"
        assert running.value("#app-id") == running.state.credentials.app_code


async def test_keys_that_were_meant_for_the_list_reach_no_login(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        running.state.fail_next(Call.LIST, Fault(401, b'{"errors": "Unauthorized"}'))
        before = running.state.calls[Call.LOGIN]
        await running.press("r", "j", "x", "y", "enter")
        assert isinstance(running.app.screen, LoginScreen)
        password = running.value("#password")
        assert password == running.state.credentials.password  # what the demo fills in
        assert running.state.calls[Call.LOGIN] == before
        clock.advance(1)
        await running.press("k")
        assert running.value("#password") == "k"  # typed over what was filled in


@pytest.mark.parametrize("key", ["A", "o", "F"])
async def test_a_login_that_is_needed_while_something_else_is_in_front_is_asked_for_after_it(
    clock: ManualClock, key: str
) -> None:
    async with at_sessions(clock) as running:
        await running.press(key)
        assert running.app.screen is not running.sessions
        running.state.fail_next(Call.LIST, Fault(401, b'{"errors": "Unauthorized"}'))
        running.sessions.reload()
        await running.settle()
        if not isinstance(running.app.screen, LoginScreen):
            await running.press("escape")
        assert isinstance(running.app.screen, LoginScreen)
        clock.advance(1)
        await running.press("escape")
        await running.tick(5)
        assert not isinstance(running.app.screen, LoginScreen)


@pytest.mark.parametrize("dialect", ["bare", "patchy", "masked"])
async def test_every_shape_of_list_can_be_walked(clock: ManualClock, dialect: str) -> None:
    assert dialect in DIALECTS
    async with at_sessions(clock, dialect=dialect, size=(80, 24)) as running:
        await running.press("j", "enter", "escape", "pagedown", "s", "s", "S", "end", "enter")
        assert running.text()


async def test_a_token_of_the_environment_that_is_not_taken_is_to_be_set_there(
    clock: ManualClock, home: Path
) -> None:
    state = demo_state(clock, sessions=9)
    workspace, choice = from_environment(state, clock, home)
    state.fail_next(Call.LIST, Fault(401, b'{"errors": "Unauthorized"}'))
    async with opened_with(workspace, choice, state, clock) as running:
        assert "The token comes from the environment: set a valid one there" in running.words()
        assert "qiscus-tui login" not in running.text()
        assert "r tries again" not in running.text()


async def test_environment_credentials_go_straight_to_the_sessions(
    clock: ManualClock, home: Path
) -> None:
    state = demo_state(clock, sessions=9)
    workspace, choice = from_environment(state, clock, home)
    async with opened_with(workspace, choice, state, clock) as running:
        assert "10 active" in running.text()  # with a token of our own, to learn the zone
        assert running.state.calls[Call.LOGIN] == 0
        assert running.state.calls[Call.REFRESH] == 1


@asynccontextmanager
async def with_toasts(clock: ManualClock) -> AsyncGenerator[Running]:
    """The list in a small terminal, where what is said in passing is shown."""
    state = demo_state(clock, sessions=300)
    app = QiscusTui(workspace_on(state, clock), None)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        running = Running(app, pilot, state, clock)
        await running.settle()
        await running.press("enter")
        yield running


async def test_what_is_said_in_passing_covers_no_button(clock: ManualClock) -> None:
    async with with_toasts(clock) as running:
        await running.press("X")
        running.app.notify("Said in passing", markup=False)
        await running.settle()
        assert running.text().count("Said in passing") == 1
        assert "Cancel  esc    Revoke all" in running.text()
