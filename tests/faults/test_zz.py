import pytest, gc
from tests.faults.test_network import *
from tests.faults.test_network import _small_lists
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f:f.name)
def test_survey(stage, fault, capsys):
    stage.prepare(Deed.REVOKE_ALL); 
    for deed in (Deed.LIST, Deed.REVOKE_ALL):
        stage.server.strikes(deed.call, fault.behaviour)
        r=stage.do(deed)
