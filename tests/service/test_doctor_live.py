"""The contract check: whatever interrupts it, no token is lost and none is left."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from qiscus_tui.api.observation import json_type
from qiscus_tui.errors import AnswerLost, QiscusTuiError, ServerRefused, StorageError
from qiscus_tui.model.session import Session
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.doctor.live import live_check
from qiscus_tui.service.doctor.live_report import (
    Ended,
    LiveReport,
    TokenState,
    Verdict,
    ended_of,
    judge_list,
    judge_refresh,
    judge_revoke,
    time_notes,
)
from qiscus_tui.service.revocation.verification import Verification
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.store.audit_records import AuditIntent, AuditOutcome, AuditSummary
from tests.sandbox import DIALECTS
from tests.sandbox.calls import Call
from tests.sandbox.state import Answer, Caller
from tests.sandbox.users import ADMIN
from tests.service.conftest import Sandbox, SandboxMaker, speaking
from tests.service.scripted import START, listed, new_session

LIVES, GONE = TokenState(True, True), TokenState(False, False)


def test_what_is_to_be_known_of_the_times_is_told():
    found = replace(listed([]), expiry_doubt="No expiry is computed")
    assert time_notes(found, 0.0) == ["No expiry is computed."]
    assert time_notes(listed([]), 7 * 3600) == ["Times without a zone are read as UTC+7 h."]


@dataclass
class Wire:
    """Before each call something may happen, and answers may be changed."""

    count: int = 0
    before: Callable[[int, Call], None] = lambda _count, _call: None
    changes: dict[Call, Callable[[Any], object]] = field(default_factory=dict)

    async def intercept(self, call: Call, answer: Answer) -> Response:
        self.count += 1
        self.before(self.count, call)
        response = await answer()
        await asyncio.sleep(0)
        if (change := self.changes.get(call)) is None:
            return response
        return JSONResponse(change(json.loads(bytes(response.body))), response.status_code)


async def wired(here: Sandbox) -> tuple[Connection, Wire]:
    """A connection over such a wire."""
    connection, wire = await here.connected(), Wire()
    here.state.intercept = wire.intercept
    return connection, wire


async def proved(connection: Connection) -> LiveReport:
    return await live_check(connection, lambda _: None)


@speaking("plain", "refresh-ends-older")
async def test_cancelled_at_any_request_it_ends_its_tokens_and_keeps_the_stored_one(
    sandbox: SandboxMaker, dialect: str
) -> None:
    connection, wire = await wired(sandbox(dialect))
    await proved(connection)
    assert wire.count > 10
    for number in range(1, wire.count + 1):
        here = sandbox(dialect, 6)
        connection, cut = await wired(here)
        before = here.tokens()
        stored = (await connection.credentials()).short_lived
        task = asyncio.ensure_future(proved(connection))

        def cancel(count: int, _call: Call, at: int = number, task: object = task) -> None:
            if count == at:
                assert isinstance(task, asyncio.Future)
                shield.handle(task.cancel)

        cut.before = cancel
        with pytest.raises(asyncio.CancelledError):
            await task
        held = (await connection.credentials()).short_lived
        assert held is not None or dialect == "refresh-ends-older"
        left = here.tokens() - before
        assert left <= ({held.token} if held is not None else set())
        if dialect == "plain":
            assert held == stored
            assert here.tokens() == before
        await connection.close()


async def test_a_new_long_lived_token_is_stored_at_once(here: Sandbox) -> None:
    connection, wire = await wired(here)
    seen: list[str] = []

    def renewed(body: Any) -> object:
        new = f"renewed-long-lived-token-{len(seen)}"
        seen.append(new)
        here.renew_long_lived(new)
        body["data"]["long_lived_token"] = new
        return body

    wire.changes[Call.REFRESH] = renewed
    stored = (await connection.credentials()).short_lived
    report = await proved(connection)
    held = await connection.credentials()
    assert held.long_lived == seen[-1]
    assert held.short_lived == stored
    assert (report.exit_code, report.observer.token_fields) == (0, {"token"})


@pytest.mark.parametrize("dialect", ["plain", "masked", "ids"])
@pytest.mark.parametrize("gives", ["the stored one", "another's", "one twice"])
async def test_a_token_that_existed_is_neither_revoked_nor_ended(
    here: Sandbox, gives: str, dialect: str
) -> None:
    connection, wire = await wired(here)
    stored = (await connection.credentials()).short_lived
    assert stored is not None
    given = {"the stored one": stored.token, "another's": here.state.sessions()[0].token}
    first: list[str] = []

    def reused(body: Any) -> object:
        first.append(body["data"]["auth"]["token"])
        body["data"]["auth"]["token"] = given.get(gives, first[0])
        return body

    wire.changes[Call.REFRESH] = reused
    before = here.tokens()
    report = await proved(connection)
    assert report.exit_code == 1
    assert here.state.revoke_requests == []
    assert here.state.calls[Call.LOGOUT] == 0
    assert here.tokens() >= before
    assert (await connection.credentials()).short_lived == stored


async def test_a_list_that_moves_all_the_time_proves_nothing(sandbox: SandboxMaker) -> None:
    here = sandbox(replace(DIALECTS["numbered-total"], page_size=5), 40)
    connection, _ = await wired(here)

    def one_logs_in_and_another_out() -> None:
        here.state.issue(ADMIN, Caller("cron/1.0", "198.18.0.1"))
        here.state.end(here.state.sessions()[0].token)

    here.state.before_page = one_logs_in_and_another_out
    report = await proved(connection)
    found = {call.name: one.verdict for call, one in report.findings.items()}
    assert found["active_token_list"] is Verdict.CANNOT_TELL
    assert found["revoke_token"] is not Verdict.CONFIRMED
    assert report.exit_code


@pytest.mark.parametrize("name", ["john", "{}@corp.example", "QEXdemoL6p7h-59Gbio1bW_elW1DJ2WNB{}"])
async def test_an_object_keyed_by_values_is_told_without_them(here: Sandbox, name: str) -> None:
    connection, wire = await wired(here)

    def keyed(body: Any) -> object:
        entries = enumerate(body["data"])
        return {"data": {name.format(number) + "x" * number: one for number, one in entries}}

    wire.changes[Call.LIST] = keyed
    report = await proved(connection)
    call, finding = next(iter(report.findings.items()))
    assert finding.verdict is Verdict.DIFFERS
    ((answer, _),) = report.answers_to(call)
    assert "data.[hidden]: object" in answer.names
    assert "data.[hidden].token: string" in answer.names
    seen = report.observer
    told = (report, seen.answers, seen.fields, seen.list_places, seen.paging, seen.token_fields)
    assert not any(word in repr(told) for word in ("john", "corp", "QEX"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "boolean"),
        (17, "integer"),
        (1_792_000_000, "integer (epoch seconds?)"),
        (1_792_000_000_000, "integer (epoch milliseconds?)"),
        (1_792_000_000_000_000, "integer"),
        (0.5, "number"),
        ("QEX", "string"),
        ("17", "string (digits)"),
        ("QEX********", "string (masked)"),
        ("2026-10-14 17:47:10", "string (date and time)"),
        ("2026-10-14T17:47:10Z", "string (date and time, with zone)"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_a_value_is_told_by_its_type_alone(value: object, shown: str) -> None:
    assert json_type(value) == shown


async def test_the_audit_log_has_the_intent_before_the_revoke_or_nothing_is_revoked(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, wire = await wired(here)
    recorded: list[int] = []

    def look(_count: int, call: Call) -> None:
        if call is Call.REVOKE:
            recorded.append(len(here.local_files.audit.intents()))

    wire.before = look
    await proved(connection)
    assert recorded == [1]
    records = here.local_files.audit.read().records
    rules = {one.rule for one in records if isinstance(one, AuditIntent)}
    assert rules == {"doctor --live"}
    (outcome,) = [one for one in records if isinstance(one, AuditOutcome)]
    assert outcome.outcome == "revoked"
    assert isinstance(records[-1], AuditSummary)

    def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full")

    monkeypatch.setattr(type(here.local_files.audit), "intent", full)
    before = here.tokens()
    with pytest.raises(StorageError):
        await proved(connection)
    assert here.state.calls[Call.REVOKE] == 1
    assert here.tokens() == before


async def test_an_empty_list_and_a_busy_one_are_told_from_one_that_lies() -> None:
    ours, other, third = (new_session(n) for n in range(1, 4))
    expired = new_session(4, expires_at=START - 1)

    def ended(after: list[Session], complete: bool = True) -> Ended:
        found = Verification(listed([ours, other, third, expired]), frozenset([ours.id]))
        for _ in range(2):
            found.add(listed(after, complete=complete), START)
        return ended_of(found, ours.id, was_listed=True)

    assert ended([other, third]) == Ended(0, own=True)  # what expired is not missing
    assert ended([ours, third]) == Ended(1, own=False)
    assert ended([third]) == Ended(1, own=True)
    assert ended([]) == Ended(None, own=False)
    assert ended([other, third], complete=False) == Ended(None, own=False)


OURS, NOTHING = Ended(0, own=True), Ended(0, own=False)
ACCEPTED, UNKNOWN = TokenState(False, True), TokenState(False, None)
NOT_FOUND = ServerRefused("", status=404)


@pytest.mark.parametrize(
    ("after", "ended", "error", "spared_ended", "repeated", "verdict"),
    [
        (GONE, OURS, None, False, False, Verdict.CONFIRMED),
        (UNKNOWN, OURS, None, False, False, Verdict.CONFIRMED),
        (GONE, OURS, NOT_FOUND, False, False, Verdict.DIFFERS),
        (GONE, OURS, NOT_FOUND, False, True, Verdict.CONFIRMED),
        (GONE, OURS, None, True, False, Verdict.DIFFERS),
        (GONE, Ended(2, own=True), None, False, False, Verdict.DIFFERS),
        (GONE, Ended(None, own=True), None, False, False, Verdict.CANNOT_TELL),
        (GONE, NOTHING, None, False, False, Verdict.CANNOT_TELL),
        (GONE, None, None, False, False, Verdict.CANNOT_TELL),
        (LIVES, NOTHING, None, False, False, Verdict.DIFFERS),
        (ACCEPTED, OURS, None, False, False, Verdict.DIFFERS),
        (LIVES, NOTHING, AnswerLost(""), False, True, Verdict.CANNOT_TELL),
    ],
)
def test_what_one_revoke_proves(
    after: TokenState,
    ended: Ended | None,
    error: QiscusTuiError | None,
    spared_ended: bool,
    repeated: bool,
    verdict: Verdict,
) -> None:
    flags = {"spared_ended": spared_ended, "was_repeated": repeated}
    assert judge_revoke(LIVES, after, ended, error, **flags).verdict is verdict


def test_a_list_that_moves_or_ends_early_proves_nothing() -> None:
    before = listed([new_session(1)])
    whole = listed([new_session(1), new_session(2)])
    for after in (replace(whole, moved=True), replace(whole, incomplete_because="1 of 2 listed")):
        assert judge_list(before, after, LIVES, set()).verdict is Verdict.CANNOT_TELL
    assert judge_list(before, whole, LIVES, set()).verdict is Verdict.CONFIRMED
    assert judge_list(before, whole, ACCEPTED, set()).verdict is Verdict.DIFFERS


def test_a_new_token_at_another_place_differs() -> None:
    assert judge_refresh("data.auth.token", LIVES, LIVES, 0).verdict is Verdict.CONFIRMED
    assert judge_refresh("data.token", LIVES, LIVES, 0).verdict is Verdict.DIFFERS
    assert judge_refresh("data.auth.token", LIVES, LIVES, 3).verdict is Verdict.CANNOT_TELL
