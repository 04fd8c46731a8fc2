"""The accounts screen: switching without a restart, adding, logging out, forgetting."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from qiscus_tui.model.account import Storage
from qiscus_tui.store.config import AccountConfig, Config
from qiscus_tui.store.state import LastList
from qiscus_tui.tui.accounts.screen import AccountsScreen
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.sessions.screen import SessionsScreen
from qiscus_tui.tui.widgets.fields import Field, SecretField
from tests.clocks import ManualClock
from tests.sandbox import PASSWORD, Call
from tests.sandbox.calls import Fault
from tests.tui.demo_app import (
    ADMIN,
    AGENT,
    Machine,
    Running,
    at_sessions,
    from_environment,
    opened,
)


@pytest.fixture
async def machine(clock: ManualClock, home: Path) -> Machine:
    """The agent is logged in here, and the admin, who was last."""
    made = Machine(clock, home)
    await made.log_in(AGENT)
    await made.log_in(ADMIN)
    return made


async def confirm(here: Running) -> None:
    """Say yes, after the dead time."""
    await here.settle()
    await here.press_slowly("y")


async def log_in_as(here: Running, email: str) -> None:
    here.login.query_one("#email", Field).value = email
    here.login.query_one("#password", SecretField).value = PASSWORD
    await here.press("enter")


def row_of(here: Running, words: str) -> str:
    return next(line for line in here.lines() if words in line)


async def test_the_accounts_are_listed_as_known_here_and_no_server_is_asked(machine: Machine):
    (agent,) = (one for one in machine.local_files.book.all() if AGENT in one.name)
    async with machine.app() as here:
        calls = machine.state.calls.copy()
        await here.press("A", "home")
        for word in ("●", "demo.invalid", "admin", "file", "in use", "21 live, now"):
            assert word in row_of(here, "admin@demo")
        for word in ("demo.invalid", "agent", "file", "unknown"):
            assert word in row_of(here, "agent@demo")
        assert "●" not in row_of(here, "agent@demo")
        assert machine.state.calls == calls
    last = LastList(3, is_whole=False, at=machine.clock.now())
    machine.local_files.visits.remember(agent.account.key, (), last)
    machine.clock.advance(3 * 3600)
    async with machine.app() as here:
        await here.press("A", "home")
        assert "3 or more live, 3 h ago" in row_of(here, "agent@demo")


async def test_enter_shows_the_other_accounts_sessions_without_a_restart(machine: Machine):
    async with machine.app() as here:
        old = here.sessions
        for key in ("enter", "escape"):  # from the account in use both go back to its list
            await here.press("A", key)
            assert here.app.screen is old
        await here.press("A")
        old.feed.is_busy = True  # while something is being changed no account is left
        await here.press("home", "enter")
        assert isinstance(here.app.screen, AccountsScreen)
        assert "wait" in here.toasts
        old.feed.is_busy = False
        await here.press("escape", "space", "A", "home", "enter")
        assert here.app.screen is here.sessions
        assert here.sessions is not old
        assert here.sessions.feed.account.user == AGENT
        assert "sessions of agent@demo.example" in here.text()
        assert here.sessions.view.marks.total == 0
        assert old not in here.app.screen_stack
        assert old.feed.connection is not None
        assert old.feed.connection.client._wire is None
        await here.press("A")
        assert "today" in row_of(here, "admin@demo")  # when it was used last
    assert machine.workspace.choose().account.user == AGENT  # the next start's, too


async def test_adding_logs_in_and_a_token_of_this_run_ends_with_it(machine: Machine):
    async with machine.app() as here:
        await here.press("A", "a")
        assert "esc back" in here.lines()[-1]
        await here.press("escape")
        assert isinstance(here.app.screen, AccountsScreen)
        await here.press("a")
        await log_in_as(here, "twofactor-only@demo.example")
        assert "second factor" in here.said
        assert "esc back" in here.lines()[-1]
        await here.press("ctrl+t")
        await log_in_as(here, "supervisor@demo.example")
        assert isinstance(here.app.screen, SessionsScreen)
        assert here.sessions.feed.account.user == "supervisor@demo.example"
        assert len([one for one in here.app.screen_stack if isinstance(one, SessionsScreen)]) == 1
        assert here.sessions.feed.storage is Storage.THIS_RUN
        assert len(machine.state.sessions("supervisor@demo.example")) == 1
        await here.press("A")
        assert "this run only" in row_of(here, "supervisor@demo")
        await here.press("end", "enter")
        assert here.sessions.feed.account.user == ADMIN
        assert machine.state.sessions("supervisor@demo.example") == []


async def test_another_account_than_the_one_in_use_is_logged_out_behind_it(machine: Machine):
    async with machine.app() as here:
        old = here.sessions
        await here.press("A", "home", "l")
        await confirm(here)
        assert machine.state.sessions(AGENT) == []
        assert "agent@demo.example@" not in "\n".join(here.lines()[:8])
        await here.press("escape")
        assert here.app.screen is old


async def test_an_account_that_was_logged_out_elsewhere_is_said(machine: Machine):
    async with machine.app() as here:
        await here.press("A", "home", "colon")
        assert "Log out" in here.text()  # the palette has what can be done with an account
        assert "Revoke all" not in here.text()
        await here.press("escape")
        agent = next(one for one in machine.local_files.book.all() if AGENT in one.name)
        machine.local_files.book.remove(agent.account.key)
        await here.press("enter")
        assert "here any longer" in here.toasts
        assert AGENT not in here.text()
        assert isinstance(here.app.screen, AccountsScreen)


async def test_while_the_server_is_away_logging_out_offers_to_forget(machine: Machine):
    async with machine.app() as here:
        await here.press("A", "l", "n")
        assert machine.state.calls[Call.LOGOUT] == 0
        for sure in (False, True):
            machine.state.fail_next(Call.LOGOUT, *[Fault(503)] * 9)
            await here.press("l")
            await confirm(here)
            assert "Its token remains valid" in here.text()
            assert len(machine.names) == 2
            if sure:
                await confirm(here)
            else:
                await here.press("n")
                assert isinstance(here.app.screen, AccountsScreen)
                machine.state.faults[Call.LOGOUT].clear()
        assert "its token remains valid" in here.toasts
        assert len(machine.names) == 1


async def test_logging_out_asks_ends_the_token_and_shows_the_accounts_left(machine: Machine):
    async with machine.app() as here:
        before = len(machine.state.sessions())
        await here.press("A", "l")
        assert "Log out?" in here.text()
        await confirm(here)
        assert len(machine.state.sessions()) == before - 1
        assert {name.partition("@demo")[0] for name in machine.names} == {"agent"}
        assert isinstance(here.app.screen, AccountsScreen)
        assert "its token was ended" in here.toasts
        assert not any(isinstance(one, SessionsScreen) for one in here.app.screen_stack)
        await here.press("enter")
        assert here.sessions.feed.account.user == AGENT
        await here.press("A", "l")
        await confirm(here)
        assert isinstance(here.app.screen, LoginScreen)  # it was the last account
        assert machine.names == set()
        await here.press("enter")
        assert here.sessions.feed.account.user == ADMIN


async def test_a_read_only_account_is_forgotten_without_ending_anything(machine: Machine):
    name = machine.workspace.choose().name
    parts = {name: AccountConfig(readonly=True), "typo": AccountConfig(readonly=True)}
    machine.workspace = replace(machine.workspace, config=Config(accounts=parts))
    before = machine.state.sessions(ADMIN)
    async with machine.app() as here:
        assert "read-only" in here.lines()[0]
        assert '[account."typo"] in config.toml matches no account here' in here.toasts
        await here.press("A", "l")
        await here.settle()
        assert "its token is not ended" in here.box()
        assert "admin, read-only" in here.text()
        await confirm(here)
        assert machine.state.sessions(ADMIN) == before
        assert machine.names == {"agent@demo.example@" + machine.state.credentials.app_code}


async def test_with_credentials_of_the_environment_switching_is_refused(machine: Machine):
    app = QiscusTui(*from_environment(machine.state, machine.clock, machine.home))
    async with opened(app, machine.state, machine.clock) as here:
        old = here.sessions
        await here.press("A")
        text = here.text()
        assert "comes from the environment" in text
        assert "environment" in row_of(here, "in use")
        assert "switch" not in here.lines()[-1]
        await here.press("end", "enter", "a", "l")
        assert isinstance(here.app.screen, AccountsScreen)
        await here.press("escape")
        assert here.app.screen is old


async def test_a_narrow_terminal_keeps_account_sessions_and_server(machine: Machine):
    async with machine.app() as here:
        await here.press("A")
        for size in ((80, 24), (60, 15)):
            await here.resize(*size)
            for words in ("21 live, now", "admin@de", "demo.invalid"):
                assert words in row_of(here, " ● ")


async def test_logging_in_again_for_this_run_ends_the_token_that_it_replaces():
    async with at_sessions() as here:
        assert "If the password is new" not in here.toasts
        before = len(here.state.sessions())
        here.state.fail_next(Call.LIST, Fault(401))
        await here.press("r")
        here.clock.advance(1)
        await log_in_as(here, ADMIN)
        assert isinstance(here.app.screen, SessionsScreen)
        assert len(here.state.sessions()) == before
        assert "If the password is new, end them: filter age:>1m" in here.toasts
