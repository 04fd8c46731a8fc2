"""The way to the server: names, routes, certificates, proxies, in the things that a user does."""

import pytest

from tests.faults.stage import Deed, Stage, cells
from tests.faults.ways import WAYS, Way


@pytest.mark.parametrize(("way", "deed"), cells(WAYS))
def test_a_way_that_leads_nowhere_is_told_as_it_is(
    stage: Stage, way: Way, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.program.timeout = way.timeout
    with way.set(stage, monkeypatch):
        stage.prepare(deed)
        held = stage.program.credentials()
        run = stage.do(deed)
        assert run.code == way.code, run
        assert way.says in run.text
        stage.nothing_is_told(run)
        stage.says_what_and_what_to_do(run)
        stage.nothing_was_done_twice()
        stage.nothing_is_lost(list(held), deed)
        stage.the_outcomes_are_true(run, deed)
