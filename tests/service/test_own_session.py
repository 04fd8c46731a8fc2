"""Which session is this program's own, where the list does not say."""

import pytest

from qiscus_tui.model.session import Current
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.account.logout import OwnToken, log_out
from tests.clocks import ManualClock
from tests.sandbox.calls import Call, Fault
from tests.service.conftest import Sandbox, SandboxMaker, cached

DAY = 86_400.0


async def revoked_elsewhere(here: Sandbox) -> Connection:
    """Logged in; the session was ended by somebody else since."""
    connection = await here.connected()
    here.state.end(await cached(connection))
    return connection


async def test_a_token_that_the_server_calls_dead_is_forgotten_and_no_session_is_ours(
    here: Sandbox,
):
    connection = await revoked_elsewhere(here)
    assert (await connection.read_list()).current is Current.NONE
    assert await cached(connection) == ""
    assert here.state.calls[Call.PROFILE] == 1
    await connection.read_list()
    assert here.state.calls[Call.PROFILE] == 1


@pytest.mark.parametrize("fault", [Fault(503), Fault(404), Fault(200, b"<html>")])
async def test_while_the_server_does_not_say_so_it_stays_unknown(here: Sandbox, fault: Fault):
    connection = await revoked_elsewhere(here)
    token = await cached(connection)
    here.state.fail_next(Call.PROFILE, fault)
    assert (await connection.read_list()).current is Current.UNKNOWN
    assert await cached(connection) == token


@pytest.mark.parametrize("off", [-10 * 365 * DAY, -31 * DAY, 31 * DAY, 10 * 365 * DAY])
async def test_however_wrong_our_clock_a_living_token_is_not_taken_for_none(
    sandbox: SandboxMaker, off: float
):
    here = sandbox("ids-unmarked")
    here.state.clock = ManualClock(here.clock.now())
    connection = await here.connected()
    token = await cached(connection)
    here.clock.advance(off)
    listed = await connection.read_list()
    assert listed.current is Current.UNKNOWN
    assert await cached(connection) == token


async def test_another_programs_new_token_is_not_taken_for_none(sandbox: SandboxMaker):
    here = sandbox("refresh-ends-older")
    connection = await here.connected()
    held = await connection.credentials()
    new = await connection.client.refresh(held.long_lived or "")
    await connection.keep_new(held, new)
    assert (await connection.read_list(held=held)).current is Current.UNKNOWN
    assert (await connection.read_list()).current is Current.LISTED


async def test_a_token_that_only_the_clocks_call_dead_is_ended_all_the_same(here: Sandbox):
    here.state.clock = ManualClock(here.clock.now())
    connection = await here.connected()
    token = await cached(connection)
    here.clock.advance(31 * DAY)
    assert await log_out(connection) is OwnToken.ENDED
    assert token not in here.tokens()
