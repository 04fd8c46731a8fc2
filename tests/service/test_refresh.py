"""Our own short-lived token: no more of them than needed, none lost, and its session is known."""

import asyncio
import gc
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from qiscus_tui.api.replies import NewTokens, TokenWatch
from qiscus_tui.errors import (
    ServerFault,
    StorageError,
    TokenExpired,
    TokenNotStored,
    Unreadable,
)
from qiscus_tui.model.account import Credentials, ShortLived
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Current
from qiscus_tui.service.account.connection import Connection, KnownZone, connect
from qiscus_tui.service.account.logout import OwnToken, log_out
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.service.token.refresh import (
    read_list,
    refreshed_if,
    refreshed_since,
    valid_token,
    with_short_lived,
)
from qiscus_tui.store.audit_records import AuditAccess
from qiscus_tui.store.locks import account_lock
from tests.clocks import ManualClock
from tests.sandbox.calls import Call, Fault
from tests.service.conftest import FailingSecrets, Sandbox, SandboxMaker, cached, speaking

DAY = 86_400.0
BOTH = pytest.mark.parametrize("dialect", ["plain", "refresh-ends-older"])


def refreshes(here: Sandbox) -> int:
    """How many refresh calls were made."""
    return here.state.calls[Call.REFRESH]


async def refreshed_now(here: Sandbox, connection: Connection) -> ShortLived:
    """Refresh, whenever that was done last."""
    here.clock.advance(1)
    return await refreshed_since(connection, here.clock.now())


async def test_a_server_that_is_silent_costs_one_time_out_and_a_short_look(
    here: Sandbox, connection: Connection, monkeypatch: pytest.MonkeyPatch
):
    before = await cached(connection)
    here.clock.advance(1)

    async def silent(*_: object) -> bool:
        await asyncio.Event().wait()
        return False

    monkeypatch.setattr(connection.client, "accepts", silent)
    monkeypatch.setattr("qiscus_tui.service.token.refresh.LOOK_TIME", 0.01)
    here.state.fail_next(Call.REFRESH, Fault(503))
    with pytest.raises(ServerFault):
        await refreshed_since(connection, here.clock.now())
    assert await cached(connection) == before


@BOTH
async def test_a_token_is_refreshed_and_kept_only_where_it_has_too_little_time_left(
    here: Sandbox, connection: Connection, dialect: str
):
    old = await cached(connection)
    assert (await valid_token(connection, 7 * DAY)).token == old
    assert refreshes(here) == 0
    here.clock.advance(24 * DAY)
    token = await valid_token(connection, 7 * DAY)
    assert refreshes(here) == 1
    assert token.token == await cached(connection) != old
    assert token.token in here.tokens()
    assert (old in here.tokens()) is (dialect == "plain")
    here.clock.advance(31 * DAY)
    assert (await valid_token(connection, 0)).expires_at > here.clock.now()
    assert refreshes(here) == 2


@BOTH
@pytest.mark.parametrize("kept_on_disk", [True, False])
async def test_fifty_at_once_make_one_refresh_in_whatever_program(
    sandbox: SandboxMaker, dialect: str, kept_on_disk: bool
):
    here = sandbox(dialect, kept_on_disk=kept_on_disk)
    programs = [await here.connected()]
    if kept_on_disk:
        programs.append(connect(here.workspace, here.workspace.choose()))
    here.clock.advance(31 * DAY)
    tokens = await asyncio.gather(*(valid_token(one, 0) for one in programs for _ in range(25)))
    assert refreshes(here) == 1
    assert len({token.token for token in tokens}) == 1
    old = fingerprint(tokens[0].token)
    here.clock.advance(1)
    began = here.clock.now()
    new = await asyncio.gather(
        *(refreshed_since(one, began) for one in programs for _ in range(12)),
        *(refreshed_if(one, old) for one in programs for _ in range(12)),
    )
    assert refreshes(here) == 2
    assert {token.token for token in new} == {await cached(programs[0])}


async def test_a_server_that_agrees_on_the_time_is_not_one_that_did_not_tell_it(
    here: Sandbox, connection: Connection
):
    now = here.clock.now()
    # Made while this machine's clock ran an hour behind; it was set right since.
    short = ShortLived("QEX", now + 1800, now - 86_400, clock_ahead=3600)
    connection.client.offset = None
    assert not connection.is_live(short)
    connection.client.offset = 3600.0
    await connection.read_list(fresh=True)  # by a client of its own
    assert connection.client.offset == 0.0
    assert connection.is_live(short)


async def test_an_accepted_token_that_ends_too_soon_by_the_servers_clock_is_refreshed(
    here: Sandbox, connection: Connection
):
    held = await connection.credentials()
    now = here.clock.now()
    # By this machine's clock of then it has 3 h left, by the server's 1 h.
    short = ShortLived(await cached(connection), now + 3600, now - DAY, clock_ahead=-7200)
    secrets = connection.secrets
    secrets.write(connection.account.key, structs.replace(held, short_lived=short))
    connection.client.offset = None
    token = await valid_token(connection, 7200)
    assert token.token != short.token
    assert refreshes(here) == 1


@BOTH
@pytest.mark.parametrize("length", [12, 8])
async def test_refresh_if_refreshes_once_while_the_token_still_has_that_id(
    here: Sandbox, connection: Connection, length: int
):
    old = fingerprint(await cached(connection))
    wanted = old[:length].upper()
    await asyncio.gather(*(refreshed_if(connection, wanted) for _ in range(50)))
    assert refreshes(here) == 1
    assert fingerprint(await cached(connection)) != old
    token = await refreshed_if(connection, "0123456789ab")
    assert refreshes(here) == 1
    assert token.token == await cached(connection)


@pytest.mark.parametrize("is_any_accepted", [True, False])
async def test_a_call_that_meets_an_ended_token_is_repeated_once_with_a_new_one(
    here: Sandbox, connection: Connection, *, is_any_accepted: bool
):
    here.state.end(await cached(connection))
    used: list[str] = []

    async def call(token: str) -> str:
        used.append(token)
        if token not in here.tokens() or not is_any_accepted:
            raise TokenExpired("ended", status=401)
        return "done"

    if is_any_accepted:
        assert await with_short_lived(connection, call) == "done"
    else:
        with pytest.raises(TokenExpired):
            await with_short_lived(connection, call)
    assert len(used) == 2
    assert refreshes(here) == 1


async def failing(here: Sandbox) -> tuple[Connection, FailingSecrets]:
    """Logged in, with secrets that can be made to fail."""
    secrets = FailingSecrets()
    here = replace(here, secrets=secrets)
    return await here.connected(), secrets


@pytest.mark.parametrize(("fails", "made"), [("no_probe", 0), ("no_write", 1)])
async def test_no_token_is_made_that_cannot_be_stored_or_it_is_ended(
    here: Sandbox, fails: str, made: int
):
    connection, secrets = await failing(here)
    before = here.tokens()
    setattr(secrets, fails, True)
    with pytest.raises(StorageError):
        await refreshed_now(here, connection)
    assert (refreshes(here), here.tokens()) == (made, before)


ROTATED = b'{"data": {"auth": {"token": "QEXnew", "long_lived_token": "LLTnew"}}}'


async def test_a_new_long_lived_token_that_cannot_be_stored_is_shown_before_all_else(here: Sandbox):
    connection, secrets = await failing(here)
    shown: list[tuple[str, bool, int]] = []

    def show(secret: str) -> bool:
        shown.append((secret, shield.is_held, here.state.calls.total()))
        return True

    connection.show_secret = show
    secrets.no_write = True
    here.state.fail_next(Call.REFRESH, Fault(200, ROTATED))
    calls = here.state.calls.total()
    with pytest.raises(TokenNotStored) as caught:
        await refreshed_now(here, connection)
    assert shown == [("LLTnew", True, calls + 1)]
    assert "just shown" in caught.value.hint
    assert "LLTnew" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(("dialect", "is_kept"), [("plain", True), ("refresh-ends-older", False)])
async def test_after_a_lost_refresh_the_old_token_is_kept_only_while_it_is_listed(
    here: Sandbox, connection: Connection, is_kept: bool
):
    here.state.fail_next(Call.REFRESH, Fault(502, after=True))
    with pytest.raises(ServerFault):
        await refreshed_now(here, connection)
    assert refreshes(here) == 1
    assert ((await connection.credentials()).short_lived is not None) is is_kept


@pytest.mark.parametrize("seconds", [20.0, 300.0])
async def test_an_account_is_waited_for_longer_than_a_refresh_may_take(
    here: Sandbox, connection: Connection, monkeypatch: pytest.MonkeyPatch, seconds: float
):
    settings = structs.replace(connection.client._settings, timeout=seconds, call_time=seconds)
    connection.client._settings = settings
    waited: list[float] = []
    lock = account_lock

    def noting(folder: Path, key: str, longest: float) -> AbstractAsyncContextManager[None]:
        waited.append(longest)
        return lock(folder, key, longest)

    monkeypatch.setattr("qiscus_tui.service.account.connection.account_lock", noting)
    await refreshed_now(here, connection)
    connecting_and_waiting = reading = 2 * seconds
    assert min(waited) > connecting_and_waiting + reading


# A new token that is not where it should be


async def a_spare(here: Sandbox, connection: Connection) -> str:
    """A live token of the admin that is stored nowhere."""
    held = await connection.credentials()
    new = await connection.client.refresh(held.long_lived or "")
    assert new.short_lived is not None
    return new.short_lived.token


async def test_one_that_cannot_be_stored_is_ended_though_the_rest_of_its_answer_is_given_up(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch
):
    connection, secrets = await failing(here)
    before = here.tokens()
    token = ShortLived(await a_spare(here, connection), here.clock.now() + 30 * DAY)
    secrets.no_write = True

    async def cut(_: str, watch: TokenWatch) -> NewTokens:
        watch.on_send()
        assert watch.on_tokens is not None
        await watch.on_tokens(NewTokens(token, None))
        raise asyncio.CancelledError

    monkeypatch.setattr(connection.client, "refresh", cut)
    with pytest.raises(asyncio.CancelledError):
        await refreshed_now(here, connection)
    assert here.tokens() == before
    record = here.local_files.audit.read().records[-1]
    assert isinstance(record, AuditAccess)
    assert "No space left" in record.error


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, '{"data": {"auth": {"token": "%s"}}}'), (200, '{"data": {"auth": {"token": "%s"')],
)
async def test_a_token_in_an_odd_answer_is_used_if_the_server_accepts_it(
    here: Sandbox, connection: Connection, status: int, body: str
):
    token = await a_spare(here, connection)
    here.state.fail_next(Call.REFRESH, Fault(status, (body % token).encode()))
    assert (await refreshed_now(here, connection)).token == token
    assert await cached(connection) == token


async def test_what_the_server_does_not_accept_takes_the_place_of_no_token(
    here: Sandbox, connection: Connection
):
    before = await connection.credentials()
    body = b'{"data": {"user": {"token": "no-token", "long_lived_token": "no-token-either"}}}'
    here.state.fail_next(Call.REFRESH, Fault(500, body))
    with pytest.raises(ServerFault):
        await refreshed_now(here, connection)
    await connection.read_list()
    assert await connection.credentials() == before


async def test_the_older_long_lived_token_is_kept_until_the_new_one_was_accepted(
    here: Sandbox, connection: Connection
):
    older = (await connection.credentials()).long_lived
    here.state.fail_next(Call.REFRESH, Fault(200, ROTATED))
    here.state.fail_next(Call.LIST, *[Fault(500)] * 30)
    await refreshed_now(here, connection)
    held = await connection.credentials()
    assert (held.long_lived, held.replaced) == ("LLTnew", older)
    assert await cached(connection) == "QEXnew"
    here.state.faults[Call.LIST].clear()
    here.renew_long_lived("LLTnew")
    await connection.read_list()
    held = await connection.credentials()
    assert (held.long_lived, held.replaced) == ("LLTnew", None)


@pytest.mark.parametrize("is_older_accepted", [True, False])
async def test_403_does_not_tell_which_of_two_long_lived_tokens_is_valid(
    here: Sandbox, connection: Connection, *, is_older_accepted: bool
):
    older = (await connection.credentials()).long_lived
    here.state.fail_next(Call.REFRESH, Fault(200, ROTATED))
    here.state.fail_next(Call.LIST, *[Fault(403)] * (1 if is_older_accepted else 2))
    await refreshed_now(here, connection)
    held = await connection.credentials()
    kept = (older, None) if is_older_accepted else ("LLTnew", older)
    assert (held.long_lived, held.replaced) == kept


async def test_one_token_for_both_that_the_server_rejects_is_given_to_nobody(
    here: Sandbox, connection: Connection
):
    older = (await connection.credentials()).long_lived
    body = b'{"data": {"auth": {"token": "LLTnew", "long_lived_token": "LLTnew"}}}'
    here.state.fail_next(Call.REFRESH, Fault(200, body))
    with pytest.raises(Unreadable):
        await refreshed_now(here, connection)
    assert await connection.credentials() == Credentials(older)


async def test_why_no_token_could_show_the_zone_is_said_of_later_lists_too(
    here: Sandbox, connection: Connection
):
    await connection.forget_token(await cached(connection))
    connection = structs.replace(connection, zone=KnownZone(0.0))
    here.state.fail_next(Call.REFRESH, Fault(403))
    first = await read_list(connection)
    gc.collect()
    later = await read_list(connection)
    assert "no token of our own could be made to learn it" in (first.time_doubt or "")
    assert first.time_doubt == later.time_doubt
    assert later.sessions[0] is first.sessions[0]  # a long list is not there twice
    assert refreshes(here) == 1


# Which session is our own, where the list does not say


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
@speaking("ids-unmarked")
async def test_however_wrong_our_clock_a_living_token_is_not_taken_for_none(
    here: Sandbox, off: float
):
    here.state.clock = ManualClock(here.clock.now())
    connection = await here.connected()
    token = await cached(connection)
    here.clock.advance(off)
    listed = await connection.read_list()
    assert listed.current is Current.UNKNOWN
    assert await cached(connection) == token


@speaking("refresh-ends-older")
async def test_another_programs_new_token_is_not_taken_for_none(connection: Connection):
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
