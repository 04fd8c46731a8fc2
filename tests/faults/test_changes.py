"""The server's sessions change while somebody works with them."""

from itertools import cycle

import pytest

from qiscus_tui.model.ids import fingerprint
from tests.e2e.processes import EMAIL
from tests.faults import behaviours as b
from tests.faults.stage import PATIENT, TIMEOUT, Deed, Stage
from tests.program import Done, run_here
from tests.sandbox import USERS, Call
from tests.sandbox.state import Caller


def _token(stage: Stage, session_id: str) -> str:
    tokens = (one.token for one in stage.server.state.sessions())
    return next(token for token in tokens if fingerprint(token) == session_id)


def _checked(stage: Stage, run: Done) -> Done:
    stage.nothing_is_told(run)
    stage.says_what_and_what_to_do(run)
    stage.nothing_was_done_twice()
    return run


def test_targets_that_somebody_else_revokes_after_the_plan_are_gone_and_counted_once(
    stage: Stage,
) -> None:
    stage.prepare(Deed.REVOKE_MANY)
    others = [_token(stage, one) for one in stage.targets[:7]]

    def somebody_else() -> None:
        for token in others:
            stage.server.state.end(token)

    stage.server.strikes(Call.LIST, b.followed_by(somebody_else))
    run = _checked(stage, stage.do(Deed.REVOKE_MANY))
    assert run.code == 0, run
    assert set(run.outcomes()) == set(stage.targets)
    assert not set(stage.targets) & stage.live()


def test_sessions_that_begin_after_the_plan_are_left_alone(stage: Stage) -> None:
    stage.prepare(Deed.REVOKE_MANY)
    begun: list[str] = []

    def logs_in() -> None:
        new = stage.server.state.issue(USERS[EMAIL], Caller("curl/8.5", "10.9.9.9"))
        begun.append(fingerprint(new.token))

    stage.server.strikes(Call.LIST, b.followed_by(logs_in))
    run = run_here("revoke", "--filter=-is:current", "--yes", "--max", "1000", "--json")
    _checked(stage, run)
    assert run.code == 0, run
    # What began before the list went out was in the plan's list or came too late for it.
    assert set(begun) - set(run.outcomes()) <= stage.live()
    assert not set(run.outcomes()) & stage.live()


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


WITHOUT = [way for way in LISTS if way != "holds less"]


@pytest.mark.parametrize(
    ("way", "deed"), zip(WITHOUT, cycle([Deed.REVOKE_MANY, Deed.REVOKE_ONE]), strict=False)
)
def test_without_a_list_nothing_is_sent(stage: Stage, way: str, deed: Deed) -> None:
    stage.timeout = TIMEOUT if way == "never comes" else PATIENT
    stage.prepare(deed)
    stage.server.strikes(Call.LIST, LISTS[way])
    run = _checked(stage, stage.do(deed))
    assert run.code, run
    assert not stage.server.asked[Call.REVOKE]
    assert "already gone" not in run.text
