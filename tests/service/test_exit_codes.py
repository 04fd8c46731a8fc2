"""The exit code that a run ends with."""

import pytest

from qiscus_tui.errors import QiscusTuiError
from tests.service.scripted import Stage, does_nothing, lost, refused, says, timed_out, works


async def test_everything_gone_is_0(stage: Stage):
    stage.sessions(3)
    assert (await stage.apply(stage.plan())).report.exit_code == 0


async def test_nothing_to_do_is_0(stage: Stage):
    assert (await stage.apply(stage.plan())).report.exit_code == 0


async def test_what_is_still_listed_is_3(stage: Stage):
    stage.sessions(3)
    stage.server.always = does_nothing
    assert (await stage.apply(stage.plan())).report.exit_code == 3


async def test_a_trial_that_ended_nothing_is_3(stage: Stage):
    stage.trials.verified = False
    stage.sessions(3)
    stage.server.always = says(refused(404))
    assert (await stage.apply(stage.plan())).report.exit_code == 3


FAULTS = [(lost(), 5), (timed_out(), 5), (refused(503), 1), (refused(401), 4), (refused(403), 1)]


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS])
@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("verified", [True, False])
async def test_whatever_keeps_sent_revokes_from_working_is_3(
    stage: Stage, fault: QiscusTuiError, count: int, verified: bool
):
    stage.trials.verified = verified
    stage.sessions(count)
    stage.server.always = says(fault)
    assert (await stage.apply(stage.plan())).report.exit_code == 3


@pytest.mark.parametrize(("fault", "code"), FAULTS)
async def test_a_fault_before_anything_was_sent_gives_its_own(
    stage: Stage, fault: QiscusTuiError, code: int
):
    stage.sessions(3)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.readings.append(fault)
    end = await stage.apply(plan)
    assert stage.server.requests == []
    assert end.report.exit_code == code


async def test_one_that_failed_among_many_that_went_well_is_3(stage: Stage):
    sessions = stage.sessions(30)
    stage.server.replies[sessions[7].id].extend([says(lost())] * 5)
    assert (await stage.apply(stage.plan())).report.exit_code == 3


async def test_a_list_that_cannot_be_read_afterwards_is_3(stage: Stage):
    stage.sessions(3)
    stage.server.always = works
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
