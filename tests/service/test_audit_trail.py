"""What is written down before the first request, and after the last."""

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.service.revocation.outcomes import Outcome
from tests.service.scripted import Stage


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


async def test_where_the_intent_cannot_be_written_nothing_is_sent(stage: Stage):
    stage.sessions(3)
    stage.audit_trail.no_intent = True
    with pytest.raises(StorageError):
        await stage.apply(stage.plan())
    assert stage.server.log == []
    assert len(stage.server.live) == 3


async def test_where_the_outcomes_cannot_be_written_they_are_told_all_the_same(stage: Stage):
    sessions = stage.sessions(3)
    stage.audit_trail.no_outcomes = True
    end = await stage.apply(stage.plan())
    assert end.ids(Outcome.REVOKED) == {s.id for s in sessions}
    assert isinstance(end.report.audit_error, StorageError)
