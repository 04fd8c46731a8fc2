"""The exit code that a run ends with."""

import pytest

from qiscus_tui.errors import QiscusTuiError
from tests.service.scripted import Reply, Stage, does_nothing, lost, refused, says, timed_out, works

FAULTS = [(lost(), 5), (timed_out(), 5), (refused(503), 1), (refused(401), 4), (refused(403), 1)]
REPLIES = [(works, 0), (does_nothing, 3), (says(refused(404)), 3)]


@pytest.mark.parametrize(("reply", "code"), [*REPLIES, *((says(one), 3) for one, _ in FAULTS)])
@pytest.mark.parametrize("count", [0, 1, 30])
@pytest.mark.parametrize("verified", [True, False])
async def test_everything_gone_is_0_and_whatever_keeps_what_was_sent_from_ending_is_3(
    stage: Stage, reply: Reply, code: int, count: int, verified: bool
):
    stage.trials.verified = verified
    stage.sessions(count)
    stage.server.always = reply
    assert (await stage.apply(stage.plan())).report.exit_code == (code if count else 0)


@pytest.mark.parametrize(("fault", "code"), FAULTS)
async def test_a_fault_before_anything_was_sent_gives_its_own(
    stage: Stage, fault: QiscusTuiError, code: int
):
    stage.sessions(3)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.readings.append(fault)
    end = await stage.apply(plan)
    assert (stage.server.requests, end.report.words) == ([], "3 not sent")
    assert end.report.exit_code == code


async def test_one_that_failed_among_many_that_went_well_is_3(stage: Stage):
    sessions = stage.sessions(30)
    stage.server.replies[sessions[7].id].extend([says(lost())] * 5)
    assert (await stage.apply(stage.plan())).report.exit_code == 3


async def test_a_list_that_cannot_be_read_afterwards_is_3(stage: Stage):
    stage.sessions(3)
    stage.server.readings.append(timed_out())
    assert (await stage.apply(stage.plan())).report.exit_code == 3


async def test_outcomes_that_could_not_be_written_down_are_6(stage: Stage):
    stage.sessions(3)
    stage.audit_trail.no_outcomes = True
    assert (await stage.apply(stage.plan())).report.exit_code == 6


async def test_cancelling_is_3(stage: Stage):
    stage.sessions(3)
    run = stage.run(stage.plan())
    run.stop()
    assert (await run.apply()).exit_code == 3
