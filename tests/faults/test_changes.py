"""Answers that never arrive or cannot be read: the list before and after, a new token."""

from itertools import cycle

import pytest

from tests.faults import behaviours as b
from tests.faults.stage import PATIENT, TIMEOUT, Deed, Stage
from tests.program import Done
from tests.sandbox import Call


def _checked(stage: Stage, run: Done) -> Done:
    stage.nothing_is_told(run)
    stage.says_what_and_what_to_do(run)
    stage.nothing_was_done_twice()
    return run


@pytest.mark.parametrize("dialect", ["new-long-lived"])
def test_a_new_long_lived_token_that_never_arrived_asks_for_a_login(stage: Stage) -> None:
    stage.prepare(Deed.REVOKE_ALL)
    stage.server.strikes(Call.REVOKE_ALL, b.resets_after)
    run = _checked(stage, stage.do(Deed.REVOKE_ALL))
    assert run.code != 0
    assert set(run.outcomes().values()) == {"unknown"}
    assert "login" in run.err
    assert stage.do(Deed.LIST).code == 4
    stage.server.behaves = lambda _: b.obeys
    assert stage.do(Deed.LOGIN).code == 0
    assert stage.do(Deed.LIST).code == 0


LISTS = {
    "never comes": b.says_nothing,
    "401": b.errors(401, "Unauthorized"),
    "429": b.errors(429, Retry_After="9999"),
    "is empty": b.answers(204, b"", {}),
    "breaks off": b.breaks_off_json,
    "holds less": b.with_entry(b'{"nothing":1}'),
    "has pages missing": b.answers(200, {"data": [], "meta": {"page": 1, "total_page": 9}}),
}
REVOKING = (Deed.REVOKE_ALL, Deed.REVOKE_MANY, Deed.REVOKE_ONE)


@pytest.mark.parametrize(("way", "deed"), zip(LISTS, cycle(REVOKING), strict=False))
def test_a_list_that_cannot_be_read_afterwards_leaves_the_outcome_unknown(
    stage: Stage, way: str, deed: Deed
) -> None:
    stage.timeout = TIMEOUT if way == "never comes" else PATIENT
    stage.prepare(deed)
    stage.server.strikes(Call.LIST, b.after(1, LISTS[way]))
    run = _checked(stage, stage.do(deed))
    assert run.code == 3, run
    became = set(run.outcomes().values())  # after the first few nothing more is sent
    assert became in ({"unknown"}, {"unknown", "not_sent"})
    stage.nothing_is_lost(deed)
    if deed is Deed.REVOKE_ALL:
        assert stage.own_id() in stage.live()  # the new token is kept
