from tests.faults.test_changes import *
from tests.faults.test_changes import _token
def test_survey(stage):
    stage.prepare(Deed.REVOKE_ONE)
    stage.server.state.end(_token(stage, stage.own_id()))
    r = stage.program("revoke", *stage.targets, "--yes")
