"""A login that nobody waits for any more, while its answer is on the way."""

import asyncio
import threading
from dataclasses import replace as changed

import httpx
import pytest
from msgspec import structs
from starlette.responses import Response

from qiscus_tui.errors import Blocked, OutOfReach, QiscusTuiError
from qiscus_tui.model.account import Credentials
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.account.login import GIVEN_UP, LoggedIn
from qiscus_tui.store.audit_records import AuditAccess, AuditKind
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import FileSecrets
from tests.sandbox.calls import Call, Fault
from tests.sandbox.state import Answer
from tests.service.conftest import Sandbox, cached, speaking


class Waiting:
    """A login whose answer is on its way: the server has made its token."""

    login: "asyncio.Task[LoggedIn]"

    def __init__(self) -> None:
        self.made, self.released = asyncio.Event(), asyncio.Event()
        self.is_reached = True
        self.held_before: Call | None = None

    async def intercept(self, call: Call, answer: Answer) -> Response:
        if not self.is_reached:
            raise httpx.ReadTimeout("no answer")
        if call is self.held_before:
            self.made.set()
            await self.released.wait()
        response = await answer()
        if call is Call.LOGIN:
            self.made.set()
            await self.released.wait()
        return response


async def waiting(here: Sandbox, *, is_released: bool = False) -> Waiting:
    given = Waiting()
    if is_released:
        given.released.set()
    here.state.intercept = given.intercept
    given.login = asyncio.create_task(here.log_in())
    await given.made.wait()
    return given


async def ends_cancelled(login: "asyncio.Task[LoggedIn]") -> None:
    with pytest.raises(asyncio.CancelledError):
        await login


async def given_up(here: Sandbox) -> Waiting:
    given = await waiting(here)
    given.login.cancel()
    await asyncio.sleep(0)
    return given


async def test_its_token_is_ended_and_nothing_is_kept(here: Sandbox) -> None:
    before = here.tokens()
    given = await given_up(here)
    assert here.tokens() != before
    given.released.set()
    await ends_cancelled(given.login)
    assert here.tokens() == before
    assert here.local_files.book.all() == ()
    (record,) = here.local_files.audit.read().records
    assert isinstance(record, AuditAccess)
    assert (record.kind, record.error) == (AuditKind.LOGIN, GIVEN_UP)


@pytest.mark.parametrize("twice", [True, False])
async def test_the_answer_is_not_waited_for_long_nor_when_given_up_twice(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch, *, twice: bool
) -> None:
    if not twice:
        monkeypatch.setattr("qiscus_tui.service.account.login.UNWANTED_ANSWER", 0.0)
    given = await given_up(here)
    if twice:
        given.login.cancel()
    await ends_cancelled(given.login)
    assert not given.released.is_set()


async def test_given_up_while_another_program_has_the_account_its_token_is_ended(
    here: Sandbox, connection: Connection
) -> None:
    before = here.tokens()
    async with connection.locked():
        login = (await waiting(here, is_released=True)).login
        for _ in range(20):  # until it waits for its turn
            await asyncio.sleep(0)
        login.cancel()
        await ends_cancelled(login)
    assert here.tokens() == before


async def rotated_meanwhile(here: Sandbox) -> tuple[Waiting, Credentials]:
    """Another program gets a new long-lived token while the answer is on its way."""
    connection = await here.connected()
    login = await waiting(here)
    held = await connection.credentials()
    here.clock.advance(1)
    new = await connection.client.revoke_all(held.long_lived or "")
    assert new.long_lived not in {None, held.long_lived}
    await connection.keep_new(held, new)
    return login, await connection.credentials()


@speaking("new-long-lived")
async def test_a_living_long_lived_token_is_not_overwritten_by_a_dead_one(here: Sandbox) -> None:
    rotation, newest = await rotated_meanwhile(here)
    rotation.released.set()
    connection = (await rotation.login).connection
    newer = structs.replace(newest, replaced=None)  # the list was read with it
    assert await connection.credentials() == newer
    assert (await connection.read_list()).current_session is not None


@pytest.mark.parametrize("error", [OutOfReach, Blocked])
@speaking("new-long-lived")
async def test_where_the_server_does_not_say_which_one_lives_nothing_is_overwritten(
    here: Sandbox, error: type[QiscusTuiError]
) -> None:
    rotation, newest = await rotated_meanwhile(here)
    rotation.is_reached = error is not OutOfReach
    here.state.fail_next(Call.LIST, Fault(403, b"<h1>blocked</h1>"))
    rotation.released.set()
    with pytest.raises(error):
        await rotation.login
    (stored,) = here.local_files.book.all()
    assert here.secrets.read(stored.account.key) == newest


class SlowSecrets(FileSecrets):
    """Says when a login is being written, and waits until it may be."""

    def __init__(self, paths: Paths) -> None:
        super().__init__(paths)
        self.writing, self.go_on = threading.Event(), threading.Event()

    def write(self, key: str, credentials: Credentials) -> None:
        self.writing.set()
        self.go_on.wait(10)
        super().write(key, credentials)


def accesses(here: Sandbox) -> list[AuditAccess]:
    """Every login and logout that is recorded, the newest last."""
    records = here.local_files.audit.read().records
    return [one for one in records if isinstance(one, AuditAccess)]


@pytest.mark.parametrize("is_again", [True, False])
async def test_given_up_while_it_is_written_it_is_stored_and_ends_the_token_that_it_replaces(
    here: Sandbox, *, is_again: bool
) -> None:
    replaced = await cached(await here.connected()) if is_again else ""
    secrets = SlowSecrets(here.local_files.paths)
    login = (await waiting(changed(here, secrets=secrets), is_released=True)).login
    await asyncio.to_thread(secrets.writing.wait, 10)
    login.cancel()
    await asyncio.sleep(0.05)
    secrets.go_on.set()
    await ends_cancelled(login)

    (stored,) = here.local_files.book.all()
    held = secrets.read(stored.account.key)
    assert held is not None
    assert held.short_lived is not None
    assert held.short_lived.token in here.tokens()
    logins = [one for one in accesses(here) if one.kind is AuditKind.LOGIN]
    assert [*logins[-1].ids] == [fingerprint(held.short_lived.token)]
    if replaced:
        assert replaced not in here.tokens()
        last = accesses(here)[-1]
        assert (last.kind, *last.ids) == (AuditKind.LOGOUT, fingerprint(replaced))
        assert not last.error


@pytest.mark.parametrize("in_time", [True, False])
async def test_given_up_while_it_ends_the_token_that_it_replaces_that_is_ended_or_recorded(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch, *, in_time: bool
) -> None:
    if not in_time:
        monkeypatch.setattr("qiscus_tui.service.account.stored_login.UNWANTED_ANSWER", 0.0)
    replaced = await cached(await here.connected())
    given = await waiting(here)
    login_answered, given.held_before = given.released, Call.LOGOUT
    given.made, given.released = asyncio.Event(), asyncio.Event()
    login_answered.set()
    await given.made.wait()
    given.login.cancel()
    await asyncio.sleep(0)
    if in_time:
        given.released.set()
    await ends_cancelled(given.login)
    assert (replaced in here.tokens()) is not in_time
    last = accesses(here)[-1]
    assert (last.kind, *last.ids) == (AuditKind.LOGOUT, fingerprint(replaced))
    words = "given up: the token of the earlier login may still be valid"
    assert last.error == ("" if in_time else words)
