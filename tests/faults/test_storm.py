"""Many revokes through a server that fails at random: the right ones are gone, each told once."""

import random

import pytest

from tests.faults import behaviours as b
from tests.faults.program import Program, ServerClock
from tests.faults.server import Behaviour, FaultyServer, obeys
from tests.faults.stage import Deed, Stage
from tests.sandbox import DIALECTS, Call, demo_state

SESSIONS, KEPT = 250, 20
MENDED: tuple[Behaviour, ...] = (
    b.says_nothing,
    b.does_it_and_says_nothing,
    b.resets_before,
    b.resets_after,
    b.resets_in_the_body,
    b.closes_before,
    b.closes_in_the_head,
    b.closes_in_the_body,
    b.closes_kept_connections,
    b.resets_kept_connections,
    b.gives_up_used_connections,
    b.speaks_another_protocol,
    b.errors(429, Retry_After="0"),
    b.errors(429),
    b.errors(500),
    b.answers(500, done=True),
    b.answers(502, b.PAGE, b.HTML),
    b.answers(502, b.PAGE, b.HTML, done=True),
    b.errors(503),
    b.errors(504),
    b.breaks_off_json,
    b.writes_utf_16,
    b.lies_of_gzip,
    b.says_it_is_a_web_page,
    b.with_entry(b"NaN"),
)
"""Whatever of these happens to a revoke, in the end its session is gone."""

LEFT: tuple[Behaviour, ...] = (
    b.answers(200),
    b.answers(200, b.PAGE, b.HTML),
    b.answers(204, b"", {}),
    b.errors(404, "Not Found"),
    b.errors(409),
    b.redirects("http://elsewhere.invalid/"),
    b.bombs(8 * 1024 * 1024),
)
"""These answer and do nothing: the session stays, and must be called so."""


class Storm:
    """Chooses for each revoke; counts what it did."""

    def __init__(self, share: float, seed: int, faults: tuple[Behaviour, ...]) -> None:
        self._rng = random.Random(seed)
        self._share = share
        self._faults = faults
        self.faults = 0
        """Requests that were not simply obeyed."""

    def choose(self, call: Call) -> Behaviour:
        """What happens to this request."""
        if call is not Call.REVOKE or self._rng.random() >= self._share:
            return obeys
        self.faults += 1
        return self._rng.choice(self._faults)


@pytest.mark.parametrize(
    ("faults", "share"), [(MENDED, 0.1), (MENDED + LEFT, 0.05)], ids=["mended", "any"]
)
def test_what_is_claimed_after_a_storm_is_true(
    program: Program, server_clock: ServerClock, faults: tuple[Behaviour, ...], share: float
) -> None:
    state = demo_state(server_clock, sessions=SESSIONS, dialect=DIALECTS["plain"])
    storm = Storm(share, 1, faults)
    with FaultyServer(state).running() as server:
        stage = Stage(server, program)
        stage.prepare(Deed.LIST)
        stage.keep_that_revoking_works()
        stage.targets = stage.spare(SESSIONS - KEPT)
        server.behaves = storm.choose
        run = stage.do(Deed.REVOKE_MANY)
    assert storm.faults
    stage.the_outcomes_are_true(run, Deed.REVOKE_MANY)
    stage.nothing_is_told(run)
    stage.nothing_was_done_twice()
    if faults is MENDED:
        assert run.code == 0, run
        assert not set(stage.targets) & stage.live()
