"""What is written down before the first request, and after the last."""

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.service.revocation.outcomes import Outcome
from tests.service.scripted import Stage


async def test_the_intent_is_written_before_the_first_request(stage: Stage):
    stage.sessions(3)
    plan = stage.plan()
    await stage.apply(plan)
    assert stage.server.log[0] == "intent"
    assert stage.audit_trail.intents == [[target.session.id for target in plan.targets]]


async def test_the_intent_comes_before_the_list_is_read_again(stage: Stage):
    stage.sessions(3)
    plan = stage.plan()
    stage.clock.advance(60)
    await stage.apply(plan)
    assert stage.server.log[:2] == ["intent", "list"]


async def test_where_the_intent_cannot_be_written_nothing_is_sent(stage: Stage):
    stage.sessions(3)
    stage.audit_trail.no_intent = True
    with pytest.raises(StorageError):
        await stage.apply(stage.plan())
    assert stage.server.log == []
    assert len(stage.server.live) == 3


async def test_the_outcomes_are_written_before_they_are_told(stage: Stage):
    stage.sessions(3)
    end = await stage.apply(stage.plan())
    assert stage.server.log[-1] == "outcomes"
    told = [(o.id, o.outcome.value, o.reason or "") for o in end.report.outcomes]
    assert stage.audit_trail.reports == [told]


async def test_where_the_outcomes_cannot_be_written_they_are_told_all_the_same(stage: Stage):
    sessions = stage.sessions(3)
    stage.audit_trail.no_outcomes = True
    end = await stage.apply(stage.plan())
    assert end.ids(Outcome.REVOKED) == {s.id for s in sessions}
    assert isinstance(end.report.audit_error, StorageError)


async def test_where_all_went_well_there_is_no_trouble(stage: Stage):
    stage.sessions(3)
    end = await stage.apply(stage.plan())
    assert end.report.audit_error is None
