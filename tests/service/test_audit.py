"""What is written down before the first request, and after the last; and no secret in it."""

from dataclasses import replace

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.model.masking import MASK, KnownSecrets
from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.revocation.plan_groups import MOST_RECORDED, audit_groups
from qiscus_tui.store.audit_records import AuditGroup
from tests.service.scripted import Stage, listed, new_session

NOTHING = KnownSecrets(())


def test_sessions_are_counted_by_client_and_network() -> None:
    ips = ["10.2.0.1", "10.2.0.9", "10.2.7.1", None]
    made = [new_session(at, user_agent="curl/8", ip=ip) for at, ip in enumerate(ips)]
    sessions = replace(listed(made), clients=["curl 8"] * 4)
    assert audit_groups(sessions, NOTHING) == (
        AuditGroup("curl", "10.2.0.0/24", 2),
        AuditGroup("curl", "10.2.7.0/24", 1),
        AuditGroup("curl", None, 1),
    )
    assert audit_groups(sessions, NOTHING, [0, 2]) == (
        AuditGroup("curl", "10.2.0.0/24", 1),
        AuditGroup("curl", "10.2.7.0/24", 1),
    )


def test_a_client_that_calls_itself_by_a_secret_is_masked() -> None:
    secret = "our-own-long-lived-token-0123456789"
    made = [new_session(at, user_agent="x", ip=f"10.{at}.0.1") for at in range(2)]
    sessions = listed(made)
    token = made[1].token
    assert token is not None
    sessions = replace(sessions, clients=[f"bot {secret}", token])
    found = audit_groups(sessions, KnownSecrets([secret]))
    assert [group.client for group in found] == [MASK, MASK]


def test_of_very_many_groups_the_largest_are_recorded() -> None:
    made = [new_session(at, ip=f"10.{at // 250}.{at % 250}.1") for at in range(MOST_RECORDED + 50)]
    assert len(audit_groups(listed(made), NOTHING)) == MOST_RECORDED


async def test_the_intent_is_written_before_anything_else_and_the_outcomes_at_the_end(stage: Stage):
    stage.sessions(3)
    plan = stage.plan()
    stage.clock.advance(60)  # so that the list is read again first
    end = await stage.apply(plan)
    assert stage.server.log[:2] == ["intent", "list"]
    assert stage.server.log[-1] == "outcomes"
    assert stage.audit_trail.intents == [[target.id for target in plan.targets]]
    told = [(o.id, o.outcome.value, o.reason or "") for o in end.report.outcomes]
    assert stage.audit_trail.reports == [told]
    assert end.report.audit_error is None


async def test_where_the_outcomes_cannot_be_written_they_are_told_all_the_same(stage: Stage):
    sessions = stage.sessions(3)
    stage.audit_trail.no_outcomes = True
    end = await stage.apply(stage.plan())
    assert end.ids(Outcome.REVOKED) == {s.id for s in sessions}
    assert isinstance(end.report.audit_error, StorageError)
    assert end.report.exit_code == 6


@pytest.mark.parametrize("unreadable", [0, 1])
async def test_a_pair_is_recorded_as_ended_only_where_all_its_sessions_were_listed(
    stage: Stage, unreadable: int
):
    """What could not be read then has not logged in again when it can be."""
    stage.sessions(3)
    stage.server.unreadable = unreadable
    end = await stage.apply(stage.plan())
    assert (end.report.is_whole, len(stage.audit_trail.pairs)) == (True, 0 if unreadable else 1)
