"""Each fault of the network and of the server, in the things that a user does."""

import pytest

from tests.faults.stage import Deed, Stage, cells
from tests.faults.table import FAULTS, Fault


@pytest.mark.parametrize(("fault", "deed"), cells(FAULTS))
def test_a_fault_is_told_as_it_is_and_nothing_is_lost(
    stage: Stage, fault: Fault, deed: Deed
) -> None:
    stage.program.timeout = fault.timeout
    stage.prepare(deed)
    held = stage.program.credentials()
    stage.server.strikes(deed.call, fault.behaviour)
    run = stage.do(deed)
    assert run.code in fault.codes_for(deed), run
    stage.nothing_is_told(run)
    stage.says_what_and_what_to_do(run)
    stage.nothing_was_done_twice()
    stage.nothing_is_lost(list(held), deed)
    stage.the_outcomes_are_true(run, deed)
