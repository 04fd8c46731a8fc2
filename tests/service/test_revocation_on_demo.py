"""Runs with the whole client, against the demo's API in this process."""

from dataclasses import replace

import pytest
from msgspec import structs

from qiscus_tui.model.session import Current
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.run import forget_own_if_ended, revocation_on
from qiscus_tui.service.token.refresh import refreshed_since
from qiscus_tui.store.audit_records import AuditAccess, AuditIntent, AuditOutcome, AuditSummary
from qiscus_tui.store.config import Config, Override
from tests.sandbox.calls import Call, Fault
from tests.service.conftest import Sandbox, SandboxMaker, cached


async def revoke(connection: Connection, count: int, allowed: Allowed | None = None) -> Report:
    """Plan for the first so many sessions (and our own is one of the list), and apply."""
    listed = await connection.read_list()
    plan = make_plan(listed, Selection(range(count)), allowed or Allowed())
    return await (await revocation_on(connection, plan)).apply()


@pytest.mark.parametrize(
    ("dialect", "words", "lost_own"),
    [
        ("revoke-not-found", "1 failed · 9 not sent", False),
        ("revoke-ignored", "1 failed · 9 not sent", False),
        ("revoke-renamed", "1 failed · 9 not sent", False),
        ("revoke-ends-own", "1 failed · 9 not sent", True),
        ("revoke-ends-all", "1 revoked · 9 not sent", True),
    ],
)
async def test_a_call_that_does_not_work_stops_after_one_and_our_own_token_is_known_to_be_gone(
    here: Sandbox, connection: Connection, words: str, *, lost_own: bool
):
    report = await revoke(connection, 10)
    assert here.state.calls[Call.REVOKE] == 1
    assert (report.words, report.lost_own) == (words, lost_own)
    assert "doctor" in (report.hint or "")
    await forget_own_if_ended(connection, report)
    assert ((await connection.credentials()).short_lived is None) is lost_own


async def test_exactly_the_tokens_are_sent_and_recorded_by_their_ids_alone(
    here: Sandbox, connection: Connection
):
    tokens = here.tokens()
    report = await revoke(connection, 3)
    sent = [target.token for target in report.plan.targets]
    assert sorted(here.state.revoke_requests) == sorted(map(str, sent))
    assert (here.state.calls[Call.LOGIN], here.state.calls[Call.REFRESH]) == (1, 0)
    login, *events = here.local_files.audit.read().records
    assert isinstance(login, AuditAccess)
    assert isinstance(events[0], AuditIntent)
    assert set(events[0].ids) == {target.id for target in report.plan.targets}
    assert sum(group.count for group in events[0].groups) == len(sent)
    assert {e.outcome for e in events if isinstance(e, AuditOutcome)} == {"revoked"}
    assert isinstance(events[-1], AuditSummary)
    written = here.local_files.paths.audit_file.read_text()
    assert not any(token in written for token in (*tokens, await connection.long_lived()))


@pytest.mark.parametrize("by_mark", [False, True])
async def test_our_own_session_revoked_on_purpose_is_forgotten_here(
    sandbox: SandboxMaker, *, by_mark: bool
):
    """Whether it is told by its token, or by the server's own mark where ids are revoked.

    Also where the server does not say that it ended. A token that was got since is another.
    """
    here = sandbox("ids-revocable" if by_mark else "plain")
    if by_mark:
        config = Config(api={"revoke_token": Override(field="token_id")})
        here = replace(here, workspace=structs.replace(here.workspace, config=config))
    connection = await here.connected()
    listed = await connection.read_list()
    assert listed.current is Current.LISTED
    here.state.fail_next(Call.PROFILE, *[Fault(500)] * 99)
    report = await revoke(connection, len(listed), Allowed(current=True))
    assert report.is_whole
    assert here.tokens() == set()
    await forget_own_if_ended(connection, report)
    assert await cached(connection) == ""
    here.clock.advance(1)
    new = await refreshed_since(connection, here.clock.now())
    await forget_own_if_ended(connection, report)
    assert await cached(connection) == new.token
