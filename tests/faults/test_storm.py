"""Many revokes through a server that fails at random: the right ones are gone, each told once."""

import pytest

from tests.faults.program import Program, ServerClock
from tests.faults.server import FaultyServer
from tests.faults.stage import Deed, Stage
from tests.faults.storm import LEFT, MENDED, Storm
from tests.sandbox import DIALECTS, demo_state

SESSIONS, KEPT = 250, 20


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("faults", [MENDED, MENDED + LEFT], ids=["mended", "any"])
def test_what_is_claimed_after_a_storm_is_true(
    program: Program, server_clock: ServerClock, faults: tuple[object, ...], seed: int
) -> None:
    state = demo_state(server_clock, sessions=SESSIONS, seed=seed, dialect=DIALECTS["plain"])
    storm = Storm(0.05, seed, faults)  # pyright: ignore[reportArgumentType]
    with FaultyServer(state).running() as server:
        stage = Stage(server, program)
        stage.prepare(Deed.LIST)
        stage.keep_that_revoking_works()
        stage.targets = stage.spare(SESSIONS - KEPT)
        server.behaves = storm.chooser
        run = stage.do(Deed.REVOKE_MANY)
    assert storm.faults
    stage.the_outcomes_are_true(run, Deed.REVOKE_MANY)
    stage.nothing_is_told(run)
    stage.nothing_was_done_twice()
    if faults is MENDED:
        assert run.code == 0, run
        assert not set(stage.targets) & stage.live()
