"""Every state of the list has words that say what to do."""

from pathlib import Path

from msgspec.structs import replace

from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.login.screen import LoginScreen
from tests.clocks import ManualClock
from tests.sandbox import Call, Fault, demo_state
from tests.tui.conftest import marked_ids
from tests.tui.demo_app import at_sessions, from_environment, opened

AWAY = [Fault(503)] * 9
UNAUTHORIZED = Fault(401, b'{"errors": "Unauthorized"}')


async def test_a_server_that_goes_away_leaves_the_list_stale() -> None:
    async with at_sessions() as here:
        before = here.ids
        here.state.fail_next(Call.LIST, *AWAY)
        here.clock.advance(120)
        await here.press("r")
        assert here.ids == before
        assert "○ stale, 2 min ago" in here.text()
        assert "Nothing can be changed; r tries again." in here.words()
        await here.press("j", "x", "x", "X", "R")
        assert here.app.screen is here.sessions
        assert here.toasts.count("The list is stale") == 1
        assert "x revoke" not in here.lines()[-1]
        here.state.faults[Call.LIST].clear()
        await here.press("r")
        assert "● live" in here.text()
        assert "r tries again" not in here.text()
        here.state.fail_next(Call.LIST, Fault(403, b'{"errors": "Forbidden"}'))
        await here.press("r")  # this role may not: nothing has expired
        assert here.app.screen is here.sessions
        assert "○ stale" in here.text()
        assert "expired" not in str(here.sessions.notice.content)


async def test_a_session_that_ended_asks_for_a_login_over_the_list_which_can_be_looked_at() -> None:
    async with at_sessions() as here:
        await here.press("j", "j", "space", "j")
        table = here.sessions.table
        at, marked = table.cursor_id, marked_ids(here.sessions.view)
        logins = here.state.calls[Call.LOGIN]
        here.state.fail_next(Call.LIST, UNAUTHORIZED)
        await here.press("r", "j", "x", "y", "enter")  # meant for the list: none of it gets there
        assert isinstance(here.app.screen, LoginScreen)
        password = here.value("#password")
        assert password == here.state.credentials.password  # what the demo fills in
        assert here.state.calls[Call.LOGIN] == logins
        assert "Session ended" in here.text()
        assert here.said
        assert here.focus == "password"
        assert "Log in here, or esc" in here.words()
        assert "qiscus-tui login" not in here.text()
        await here.press_slowly("escape")
        assert here.app.screen is here.sessions
        here.shows("Session ended", "○ stale")
        await here.press("x")
        assert "The session ended, so nothing can be changed" in here.toasts
        await here.tick(600)
        assert here.app.screen is here.sessions
        await here.press("r")
        assert isinstance(here.app.screen, LoginScreen)
        await here.press_slowly("k")
        assert here.value("#password") == "k"  # typed over what was filled in
        await here.press("backspace", *password, "enter")
        assert here.app.screen is here.sessions
        assert (table.cursor_id, marked_ids(here.sessions.view)) == (at, marked)
        assert "● live" in here.text()


async def test_an_account_of_a_token_is_logged_in_again_by_a_token() -> None:
    async with at_sessions() as here:
        connection = here.sessions.feed.connection
        assert connection is not None
        connection.account = replace(connection.account, user="")
        here.state.fail_next(Call.LIST, UNAUTHORIZED)
        await here.press("r")
        assert here.focus == "long-lived"
        assert here.value("#app-id") == here.state.credentials.app_code


async def test_a_login_that_is_needed_behind_something_else_is_asked_for_later() -> None:
    async with at_sessions() as here:
        for key in ("A", "o", "F"):
            await here.press(key)
            assert here.app.screen is not here.sessions
            here.state.fail_next(Call.LIST, UNAUTHORIZED)
            here.sessions.reload()
            await here.settle()
            if not isinstance(here.app.screen, LoginScreen):
                await here.press("escape")
            assert isinstance(here.app.screen, LoginScreen)
            await here.press_slowly("escape")
            await here.tick(5)
            assert not isinstance(here.app.screen, LoginScreen)
            here.sessions.reload()
            await here.settle()


async def test_a_rejected_token_of_the_environment_is_set_there(
    clock: ManualClock, home: Path
) -> None:
    state = demo_state(clock, sessions=9)
    state.fail_next(Call.LIST, UNAUTHORIZED)
    async with opened(QiscusTui(*from_environment(state, clock, home)), state, clock) as here:
        assert "The token comes from the environment: set a valid one there" in here.words()
        assert "qiscus-tui login" not in here.text()
        assert "r tries again" not in here.text()


async def test_what_is_said_in_passing_covers_neither_button_nor_needed_size() -> None:
    async with at_sessions(size=(80, 24), has_toasts=True) as here:
        await here.press("X")
        here.app.notify("Said in passing", markup=False)
        await here.settle()
        assert here.text().count("Said in passing") == 1
        assert "Cancel  esc    Revoke all" in here.text()
        for size, words in (((59, 14), ", this is 59x14"), ((20, 5), "")):
            await here.resize(*size)
            assert here.text().strip() == f"60x15 is needed{words}"
