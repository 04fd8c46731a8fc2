"""Revoke-all: recorded first, no token lost, and nothing claimed before the list is read."""

import asyncio
import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from starlette.responses import Response

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.replies import NewTokens, TokenWatch
from qiscus_tui.errors import (
    AnswerLost,
    NotConnected,
    NotQiscus,
    NotTrusted,
    QiscusTuiError,
    ReadOnly,
    ServerFault,
    StorageError,
    TimedOut,
    Unreadable,
    UsageError,
)
from qiscus_tui.model.account import Credentials
from qiscus_tui.model.session import Current
from qiscus_tui.service.account.connection import Connection, connect
from qiscus_tui.service.history import past_plans, unfinished_runs
from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.revoke_all import RevokeAllResult, revoke_all
from qiscus_tui.service.revocation.run import revocation_on
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.audit_records import AuditIntent, AuditKind, AuditSummary, AuditTokensStored
from qiscus_tui.store.processes import Process, Running
from tests.sandbox.calls import Call, Fault
from tests.sandbox.state import Answer
from tests.service.conftest import Sandbox, speaking


async def done(connection: Connection) -> RevokeAllResult:
    return await revoke_all(connection, await connection.read_list())


def at_each(here: Sandbox, call: Call, happens: Callable[[], object]) -> None:
    """When the server has carried out this call, this happens."""
    earlier = here.state.intercept

    async def intercept(which: Call, answer: Answer) -> Response:
        try:
            return await earlier(which, answer)
        finally:  # also where it was refused
            if which is call:
                happens()

    here.state.intercept = intercept


def is_locked(folder: Path) -> bool:
    """Whether somebody holds an account."""
    for path in folder.glob("account-*.lock"):
        descriptor = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False


def cannot_keep(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    async def keep(_self: Connection, _credentials: Credentials) -> None:
        raise error

    monkeypatch.setattr(Connection, "keep", keep)


FULL = StorageError("The disk is full")

# Before the call


async def test_the_token_is_the_one_that_is_kept_once_the_account_is_held(
    here: Sandbox, connection: Connection, monkeypatch: pytest.MonkeyPatch
):
    other = connect(here.workspace, here.workspace.choose())
    listed = await connection.read_list()
    sent: list[str] = []

    async def call(long_lived: str, *_: object) -> NewTokens:
        sent.append(long_lived)
        raise NotConnected("No route to host")

    monkeypatch.setattr(connection.client, "revoke_all", call)
    async with other.locked():
        waiting = asyncio.create_task(revoke_all(connection, listed))
        for _ in range(200):
            await asyncio.sleep(0)
        await other.keep(structs.replace(await other.credentials(), long_lived="renewed"))
    with pytest.raises(NotConnected):
        await waiting
    assert sent == ["renewed"]


@pytest.mark.parametrize("error", [NotConnected("No route"), NotTrusted("Another's certificate")])
async def test_a_call_that_was_never_sent_leaves_nothing_to_explain(
    here: Sandbox,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    error: NotConnected | NotTrusted,
):
    async def call(*_: object) -> NewTokens:
        raise error

    monkeypatch.setattr(connection.client, "revoke_all", call)
    with pytest.raises(type(error)):
        await done(connection)
    assert nothing_to_explain(here, monkeypatch)
    assert recorded(here) == f"{len(here.tokens())} not sent"


async def planned(connection: Connection, listed: SessionList) -> object:
    plan = make_plan(listed, Selection([0, 1]), Allowed())
    return await (await revocation_on(connection, plan)).apply()


Ends = Callable[[Connection, SessionList], Coroutine[None, None, object]]


@pytest.mark.parametrize("ends", [revoke_all, planned])
@pytest.mark.parametrize(
    ("error", "words"),
    [(ReadOnly, "read-only"), (UsageError, "reason"), (StorageError, "The disk is full")],
)
async def test_a_read_only_account_a_missing_reason_and_a_full_disk_send_nothing(
    here: Sandbox,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    ends: Ends,
    error: type[QiscusTuiError],
    words: str,
):
    def full(*_: object) -> None:
        raise FULL

    listed, before = await connection.read_list(), here.local_files.audit.read().records
    connection.account = structs.replace(connection.account, readonly=error is ReadOnly)
    connection.needs_reason = error is UsageError
    if error is StorageError:
        monkeypatch.setattr(AuditLog, "intent", full)
    with pytest.raises(error, match=words) as refusal:
        await ends(connection, listed)
    assert "othing was " in refusal.value.text
    assert here.state.calls[Call.REVOKE_ALL] + here.state.calls[Call.REVOKE] == 0
    after = here.local_files.audit.read().records[len(before) :]
    assert all(isinstance(one, AuditSummary) for one in after)


@pytest.mark.parametrize("ends", [revoke_all, planned])
async def test_who_gives_up_before_the_call_leaves_nothing_to_explain(
    here: Sandbox, connection: Connection, monkeypatch: pytest.MonkeyPatch, ends: Ends
):
    listed = await connection.read_list()
    intent = AuditLog.intent
    loop, written = asyncio.get_running_loop(), threading.Event()

    def interrupted(self: AuditLog, *given: Any) -> None:
        loop.call_soon_threadsafe(working.cancel)
        time.sleep(0.05)  # what was begun is written after that
        intent(self, *given)
        written.set()

    monkeypatch.setattr(AuditLog, "intent", interrupted)
    working = asyncio.create_task(ends(connection, listed))
    with pytest.raises(asyncio.CancelledError):
        await working
    await asyncio.to_thread(written.wait, 5)
    assert here.state.calls[Call.REVOKE_ALL] + here.state.calls[Call.REVOKE] == 0
    assert nothing_to_explain(here, monkeypatch)
    assert recorded(here) in {"2 not sent", f"{len(listed)} not sent"}


def nothing_to_explain(here: Sandbox, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the next start has nothing to say, though this process is gone then."""

    def is_gone(_: Process) -> Running:
        return Running.NO

    with monkeypatch.context() as patch:
        patch.setattr(Process, "running", is_gone)
        return unfinished_runs(here.local_files) == []


def recorded(here: Sandbox) -> str:
    """What the audit says of the last plan."""
    return past_plans(here.local_files.audit.read().records)[0].words


async def test_it_is_recorded_and_locked_before_the_call_and_the_list_is_read_with_nothing_held(
    here: Sandbox, connection: Connection
):
    listed = await connection.read_list()
    called: list[object] = []
    seen: list[object] = []

    def look_at_the_call() -> None:
        called.append(is_locked(here.local_files.paths.state_dir))
        called.append(here.local_files.audit.read().records[-1])

    def look_at_the_list() -> None:
        shield.handle(lambda: seen.append("heard"))
        seen.append(is_locked(here.local_files.paths.state_dir))
        seen.append(isinstance(here.local_files.audit.read().records[-1], AuditTokensStored))

    at_each(here, Call.REVOKE_ALL, look_at_the_call)
    at_each(here, Call.LIST, look_at_the_list)
    result = await revoke_all(connection, listed)
    locked, intent = called
    assert locked
    assert isinstance(intent, AuditIntent)
    assert intent.kind is AuditKind.REVOKE_ALL
    assert set(intent.ids) == {session.id for session in listed.sessions}
    assert seen == ["heard", False, True] * 2  # two readings
    assert result.still_listed == 0


# The new tokens can't be stored


FAILURES = [FULL, OSError(122, "quota"), RuntimeError("no thread"), MemoryError()]
INTERRUPTIONS = [asyncio.CancelledError(), KeyboardInterrupt(), SystemExit()]


@pytest.mark.parametrize("error", [*FAILURES, *INTERRUPTIONS])
@speaking("new-long-lived")
async def test_whatever_keeps_a_token_from_the_disk_it_is_shown_before_anything_else(
    here: Sandbox, connection: Connection, monkeypatch: pytest.MonkeyPatch, error: BaseException
):
    listed = await connection.read_list()
    order: list[str] = []
    for name in ("outcomes", "summary"):
        monkeypatch.setattr(AuditLog, name, lambda *_: order.append("recorded"))  # pyright: ignore
    at_each(here, Call.LIST, lambda: order.append("listed"))
    at_each(here, Call.LOGOUT, lambda: order.append("ended"))
    connection.show_secret = lambda token: not order.append(token)
    cannot_keep(monkeypatch, error)
    if error in INTERRUPTIONS:
        with pytest.raises(type(error)):
            await revoke_all(connection, listed)
    else:
        result = await revoke_all(connection, listed)
        assert result.sent.unstored is not None
        assert order[0] not in f"{result!r} {result.sent.unstored}"
        assert {"listed", "recorded", "ended"} <= set(order)
        assert result.still_listed == 0
    assert order[0] == here.state.credentials.long_lived_token
    assert order.count(order[0]) == 1


@pytest.mark.parametrize("short", ["null", '""', '"two\\nlines"'])
async def test_a_good_long_lived_token_beside_an_unusable_short_one_is_kept(
    here: Sandbox, connection: Connection, short: str
):
    body = f'{{"data": {{"auth": {{"token": {short}, "long_lived_token": "LLTnew"}}}}}}'
    here.state.fail_next(Call.REVOKE_ALL, Fault(200, body.encode(), after=True))
    listed = await connection.read_list()
    at_each(here, Call.REVOKE_ALL, lambda: here.renew_long_lived("LLTnew"))
    result = await revoke_all(connection, listed)
    assert await connection.credentials() == Credentials(long_lived="LLTnew")
    assert result.sent.failure is not None


async def test_an_unusable_long_lived_token_takes_the_short_one_not_away(
    here: Sandbox, connection: Connection
):
    old = (await connection.credentials()).long_lived
    body = b'{"data": {"auth": {"token": "QEXnew", "long_lived_token": "two\\nlines"}}}'
    here.state.fail_next(Call.REVOKE_ALL, Fault(200, body, after=True))
    here.state.fail_next(Call.PROFILE, *[Fault(503)] * 9)  # it knows no such token
    result = await done(connection)
    held = await connection.credentials()
    assert held.short_lived is not None
    assert (held.long_lived, held.short_lived.token) == (old, "QEXnew")
    assert result.sent.failure is None


@pytest.mark.parametrize("status", [200, 500])
async def test_new_tokens_in_an_odd_answer_are_stored_and_used(
    here: Sandbox, connection: Connection, status: int
):
    listed = await connection.read_list()
    spare = await connection.client.refresh((await connection.credentials()).long_lived or "")
    assert spare.short_lived is not None
    token = spare.short_lived.token
    user = {"user": {"token": token, "long_lived_token": "LLTnew"}}
    body = json.dumps({"errors": "partly", "data": user}).encode()
    here.state.fail_next(Call.REVOKE_ALL, Fault(status, body))
    at_each(here, Call.REVOKE_ALL, lambda: here.renew_long_lived("LLTnew"))
    result = await revoke_all(connection, listed)
    held = await connection.credentials()
    assert held.short_lived is not None
    assert (held.long_lived, held.short_lived.token, held.replaced) == ("LLTnew", token, None)
    assert result.sent.failure is None


@pytest.mark.parametrize("away", [False, True])
async def test_tokens_that_the_server_rejects_replace_no_long_lived_one_and_are_forgotten(
    here: Sandbox, connection: Connection, monkeypatch: pytest.MonkeyPatch, *, away: bool
):
    """Also where no list can be read afterwards."""
    older = (await connection.credentials()).long_lived
    listed = await connection.read_list()

    async def no_list(*_: object, **__: object) -> SessionList:
        raise TimedOut("No answer")

    if away:
        monkeypatch.setattr(Connection, "read_list", no_list)
    body = b'{"data": {"token": "QEXnone", "user": {"long_lived_token": "LLTnone"}}}'
    here.state.fail_next(Call.REVOKE_ALL, Fault(500, body, after=True))
    result = await revoke_all(connection, listed)
    assert await connection.credentials() == Credentials(older)
    assert (result.still_listed, result.sent.failure is None) == (None if away else 0, False)


# Whatever was answered, the list decides

ANSWERS = [
    Fault(403),
    Fault(404),
    Fault(422, b'{"errors": "invalid token"}'),
    Fault(401, b'{"errors": "Unauthorized"}'),
    Fault(500),
    Fault(200, b'{"errors": "something went wrong"}'),
    Fault(200, b"<html>", content_type="text/html"),
    Fault(404, b"<html>", content_type="text/html"),
]


@pytest.mark.parametrize("took_effect", [True, False])
@pytest.mark.parametrize("fault", ANSWERS, ids=lambda one: f"{one.status} {one.body!r}")
async def test_an_answer_that_says_no_is_believed_only_where_nothing_ended(
    here: Sandbox, connection: Connection, fault: Fault, *, took_effect: bool
):
    before = await connection.credentials()
    here.state.fail_next(Call.REVOKE_ALL, replace(fault, after=took_effect))
    result = await done(connection)
    assert result.sent.failure is not None
    assert result.nothing_ended is not took_effect
    if took_effect:
        assert result.still_listed == 0
        assert (await connection.credentials()).short_lived is None, (
            "a dead token would be handed out"
        )
    else:
        assert await connection.credentials() == before
        if isinstance(result.sent.failure, NotQiscus):  # no wait makes a path of it
            assert "Try again later" not in result.sent.failure.hint


@pytest.mark.parametrize(("status", "nothing_ended"), [(500, False), (422, True)])
async def test_a_list_that_had_no_session_does_not_show_that_nothing_ended(
    here: Sandbox, connection: Connection, status: int, *, nothing_ended: bool
):
    empty = replace(await connection.read_list(), sessions=(), positions={})
    here.state.fail_next(Call.REVOKE_ALL, Fault(status, after=not nothing_ended))
    result = await revoke_all(connection, empty)
    assert result.nothing_ended is nothing_ended
    failure = result.sent.failure
    assert failure is not None
    assert "still valid" not in failure.hint
    assert ("Nothing was ended." in dict(result.troubles).values()) is nothing_ended


@pytest.mark.parametrize("failure", [AnswerLost, ServerFault, Unreadable])
async def test_where_it_may_have_taken_effect_a_list_that_is_behind_is_waited_for(
    here: Sandbox,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    failure: type[QiscusTuiError],
):
    listed = await connection.read_list()
    read, behind = Connection.read_list, [listed, listed]

    async def lost(_: ApiClient, _token: str, watch: TokenWatch) -> NewTokens:
        watch.on_send()
        for session in here.state.sessions():
            here.state.end(session.token)
        raise failure("No good answer")

    async def lagging(self: Connection, *arguments: Any, **named: Any) -> SessionList:
        return behind.pop() if behind else await read(self, *arguments, **named)

    monkeypatch.setattr(ApiClient, "revoke_all", lost)
    monkeypatch.setattr(Connection, "read_list", lagging)
    result = await revoke_all(connection, listed)
    assert (result.nothing_ended, result.still_listed) == (False, 0)
    assert (await connection.credentials()).short_lived is None, "a dead token would be handed out"


@speaking("ids-unmarked")
async def test_a_dead_token_is_found_out_though_the_list_tells_no_tokens(
    here: Sandbox, connection: Connection
):
    here.state.fail_next(Call.REVOKE_ALL, Fault(502, after=True))
    await done(connection)
    assert (await connection.credentials()).short_lived is None


@pytest.mark.parametrize(("asked", "stays"), [(Fault(500), True), (None, False)])
async def test_beside_a_list_that_cannot_be_read_only_a_known_end_forgets_the_token(
    here: Sandbox, connection: Connection, asked: Fault | None, *, stays: bool
):
    listed = await connection.read_list()
    here.state.fail_next(Call.REVOKE_ALL, Fault(403, after=True))
    here.state.fail_next(Call.LIST, Fault(403))
    if asked is not None:
        here.state.fail_next(Call.PROFILE, *[asked] * 9)
    result = await revoke_all(connection, listed)
    assert result.still_listed is None
    assert ((await connection.credentials()).short_lived is not None) is stays


async def test_a_token_that_another_program_got_meanwhile_is_not_forgotten(
    here: Sandbox, connection: Connection
):
    other = connect(here.workspace, here.workspace.choose())
    listed = await connection.read_list()
    fresh = (await other.credentials()).short_lived
    assert fresh is not None
    fresh = structs.replace(fresh, token="QEXfresh")
    store = other.secrets

    def refreshed() -> None:
        store.write(other.account.key, structs.replace(credentials, short_lived=fresh))

    credentials = await other.credentials()
    at_each(here, Call.PROFILE, refreshed)
    here.state.fail_next(Call.REVOKE_ALL, Fault(403, after=True))
    await revoke_all(connection, listed)
    assert (await connection.credentials()).short_lived == fresh


@pytest.mark.parametrize("fault", [Fault(403), Fault(200, b'{"data": [17]}')])
@pytest.mark.parametrize("stores", [True, False])
@speaking("new-long-lived")
async def test_a_list_that_cannot_be_read_is_no_crash_to_tell_of(
    here: Sandbox,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    *,
    stores: bool,
):
    listed = await connection.read_list()
    if not stores:
        cannot_keep(monkeypatch, FULL)
    here.state.fail_next(Call.LIST, *[fault] * 9)
    result = await revoke_all(connection, listed)
    assert result.still_listed is None
    assert result.trouble is not None
    assert nothing_to_explain(here, monkeypatch)


def numbered_anew(_: int, found: SessionList) -> SessionList:
    rows = [structs.replace(one, id=f"ffff{one.id[:8]}") for one in found.sessions]
    return replace(found, sessions=rows, positions={})


def every_other_lacks_one(number: int, found: SessionList) -> SessionList:
    return replace(found, sessions=found.sessions[number % 2 :], positions={})


def empty(_: int, found: SessionList) -> SessionList:
    return replace(found, sessions=(), positions={}, current=Current.UNKNOWN)


NEW_TOKEN = Fault(200, b'{"data": {"auth": {"token": "QEXnew"}}}')
OWN = "this program's own session"


@pytest.mark.parametrize(
    ("dialect", "fault", "reads", "unknown", "why"),
    [
        ("ids-unmarked", NEW_TOKEN, numbered_anew, None, "ids may have changed"),
        ("plain", Fault(403), every_other_lacks_one, 1, "the last two readings"),
        ("plain", None, empty, None, OWN),  # a new token, and our own lives
        ("plain", Fault(500), empty, None, OWN),  # no answer
    ],
)
async def test_what_the_readings_do_not_prove_is_unknown(
    here: Sandbox,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault | None,
    reads: Callable[[int, SessionList], SessionList],
    unknown: int | None,
    why: str,
):
    listed = await connection.read_list()
    if fault is not None:
        here.state.fail_next(Call.REVOKE_ALL, fault)
    if fault is NEW_TOKEN:
        here.state.fail_next(Call.PROFILE, *[Fault(503)] * 9)  # it knows no such token
    read, readings = connection.read_list, 0

    async def odd(_: object, *given: object, **named: object) -> SessionList:
        nonlocal readings
        readings += 1
        return reads(readings, await read(*given, **named))  # pyright: ignore

    monkeypatch.setattr(Connection, "read_list", odd)
    result = await revoke_all(connection, listed)
    assert result.counts[Outcome.REVOKED] == 0
    assert result.counts[Outcome.UNKNOWN] == (len(listed) if unknown is None else unknown)
    assert result.still_listed is None
    assert result.trouble is not None
    assert why in result.trouble.message
