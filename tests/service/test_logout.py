"""Logging out: written down first, and told as it was."""

import os

import pytest
from msgspec.structs import replace

from qiscus_tui.demo.calls import Call, Fault
from qiscus_tui.errors import ReadOnly, ServerError, StorageError
from qiscus_tui.service.account.directory import forget_account
from qiscus_tui.service.account.logout import OwnToken, log_out
from qiscus_tui.service.history import PastPlan, past_plans
from qiscus_tui.store.audit_records import AuditKind
from tests.service.conftest import Sandbox, SandboxMaker


def written(here: Sandbox) -> PastPlan:
    """The one plan in the audit log, after the login."""
    plan, login = past_plans(here.local_files.audit.read().records)
    assert login.intent.kind is AuditKind.LOGIN
    return plan


async def test_a_logout_that_cannot_be_written_down_ends_nothing(sandbox: SandboxMaker):
    here = sandbox()
    connection = await here.connected()
    before = here.tokens()
    here.local_files.paths.audit_file.unlink()
    os.mkdir(here.local_files.paths.audit_file)
    with pytest.raises(StorageError):
        await log_out(connection)
    assert here.state.calls[Call.LOGOUT] == 0
    assert here.tokens() == before
    assert here.local_files.book.last_used() == connection.name


async def test_the_intent_of_a_logout_names_the_token_and_its_end(sandbox: SandboxMaker):
    here = sandbox()
    connection = await here.connected()
    listed = await connection.read_list()
    assert await log_out(connection) is OwnToken.ENDED
    plan = written(here)
    assert plan.intent.ids == (listed.current_session.id if listed.current_session else "",)
    assert plan.words == "1 logged out"


async def test_a_logout_that_the_server_did_not_carry_out_is_not_written_as_done(
    sandbox: SandboxMaker,
):
    here = sandbox()
    connection = await here.connected()
    here.state.fail_next(Call.LOGOUT, Fault(503))
    with pytest.raises(ServerError):
        await log_out(connection)
    assert written(here).words == "1 failed"


async def test_forgetting_ends_nothing_and_is_not_written_down(sandbox: SandboxMaker):
    here = sandbox()
    connection = await here.connected()
    recorded = here.local_files.audit.read().records
    await forget_account(here.workspace, connection.name)
    assert here.local_files.audit.read().records == recorded


async def test_a_read_only_account_is_forgotten_only_where_that_is_asked_for_and_ends_nothing(
    sandbox: SandboxMaker,
):
    here = sandbox()
    connection = await here.connected()
    connection.account = replace(connection.account, readonly=True)
    before, recorded = here.tokens(), here.local_files.audit.read().records
    with pytest.raises(ReadOnly) as refusal:
        await log_out(connection)
    assert "logout --forget" in refusal.value.hint
    assert here.local_files.book.find(connection.name) is not None
    assert await log_out(connection, forget_anyway=True) is OwnToken.STILL_VALID
    assert here.state.calls[Call.LOGOUT] == 0
    assert here.tokens() == before
    assert here.local_files.book.find(connection.name) is None
    assert here.local_files.audit.read().records == recorded
