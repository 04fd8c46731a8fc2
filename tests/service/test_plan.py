"""What a plan holds, what it leaves out, and why."""

from dataclasses import replace

import pytest

from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Current
from qiscus_tui.service.revocation.plan import (
    OWN_ENDS,
    OWN_UNKNOWN,
    Allowed,
    Exclusion,
    Selection,
    make_plan,
)
from qiscus_tui.service.sessions.session_list import SessionList
from tests.service.scripted import listed, new_session, plan_of

BILLING = Known("billing cron", "GuzzleHttp", protect=True)


ONE = new_session(1)
OWN = new_session(2, current=True)
MASKED = new_session(3, token=None, revoke_with=None)
CRON = Known("billing cron", "GuzzleHttp")
PROTECTED = listed([ONE], labels={ONE.id: BILLING})
UNKNOWN_OWN = listed([new_session(1, current=None)], current=Current.UNKNOWN)
SHARED = replace(listed([ONE]), shared_ids=frozenset([ONE.id]))
ALL = Allowed(current=True, protected=True, hidden=True)


@pytest.mark.parametrize(
    ("on", "allowed", "reason"),
    [
        (listed([OWN]), Allowed(), Exclusion.CURRENT.value),
        (listed([OWN]), Allowed(protected=True, hidden=True), Exclusion.CURRENT.value),
        (listed([OWN]), Allowed(current=True), ""),
        (UNKNOWN_OWN, Allowed(), Exclusion.CURRENT_UNKNOWN.value),
        (UNKNOWN_OWN, Allowed(current=True), ""),
        (listed([ONE], current=Current.NONE), Allowed(), ""),
        (PROTECTED, Allowed(), "protected: billing cron"),
        (PROTECTED, Allowed(current=True, hidden=True), "protected: billing cron"),
        (PROTECTED, Allowed(protected=True), ""),
        (listed([ONE], labels={ONE.id: CRON}), Allowed(), ""),
        (SHARED, ALL, Exclusion.SHARED_ID.value),
        (listed([MASKED]), Allowed(), "can't be revoked: the server lists no token"),
        (listed([MASKED]), ALL, "can't be revoked: the server lists no token"),
        (listed([new_session(1, token=None, revoke_with=17)]), Allowed(), ""),
    ],
)
def test_what_stays_out_of_a_plan_and_which_switch_lets_it_in(
    on: SessionList, allowed: Allowed, reason: str
):
    plan = plan_of(on, allowed=allowed)
    assert [left.reason for left in plan.left_out] == ([reason] if reason else [])
    assert len(plan.targets) == (0 if reason else 1)
    assert plan.ends_current is any(target.current for target in plan.targets)
    stays = OWN_UNKNOWN if on is UNKNOWN_OWN else ""
    assert plan.own_words == (OWN_ENDS if plan.ends_current else stays)


def test_hidden_marks_stay_out_unless_asked_for():
    on = listed([new_session(1), new_session(2)])
    selection = Selection([0, 1], hidden=frozenset({1}))
    plan = make_plan(on, selection, Allowed())
    assert [out.exclusion for out in plan.left_out] == [Exclusion.HIDDEN]
    assert len(make_plan(on, selection, Allowed(hidden=True)).targets) == 2


@pytest.mark.parametrize(("count", "left_out", "is_large"), [(50, 9, False), (51, 0, True)])
def test_a_plan_that_revokes_more_than_50_is_large(count: int, left_out: int, *, is_large: bool):
    sessions = [new_session(n) for n in range(count)]
    stuck = [new_session(100 + n, revoke_with=None) for n in range(left_out)]
    assert plan_of(listed([*sessions, *stuck])).is_large is is_large


def test_a_plan_has_an_id_of_its_own_names_each_session_once_and_shows_no_token():
    on = listed([new_session(1), new_session(2)])
    plan = plan_of(on, 1, 0, 1, 1)
    assert len(plan.targets) == 2
    assert plan_of(on).id != plan.id
    assert "token-0" not in repr(plan)
