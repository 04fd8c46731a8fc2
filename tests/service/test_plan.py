"""What a plan holds, what it leaves out, and why."""

from dataclasses import replace

import pytest

from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Current
from qiscus_tui.service.revocation.plan import Allowed, Exclusion, Selection, make_plan
from tests.service.scripted import listed, new_session, plan_of

BILLING = Known("billing cron", "GuzzleHttp", protect=True)


def test_every_selected_session_is_a_target_and_says_why():
    a, b, c = (new_session(n) for n in range(3))
    plan = make_plan(listed([a, b, c]), Selection([0, 2], "older than 7 days"), Allowed())
    assert [(target.session, target.why) for target in plan.targets] == [
        (a, "older than 7 days"),
        (c, "older than 7 days"),
    ]
    assert plan.left_out == ()


def test_the_current_session_stays_out():
    own, other = new_session(1, current=True), new_session(2)
    plan = plan_of(listed([own, other]))
    assert [target.session for target in plan.targets] == [other]
    assert [(out.session, out.exclusion) for out in plan.left_out] == [(own, Exclusion.CURRENT)]
    assert not plan.ends_current


def test_the_current_session_enters_by_its_own_switch():
    own = new_session(1, current=True)
    plan = plan_of(listed([own]), allowed=Allowed(current=True))
    assert [target.session for target in plan.targets] == [own]
    assert plan.ends_current


def test_while_the_current_session_is_unknown_nothing_goes_without_the_switch():
    on = listed([new_session(n, current=None) for n in range(3)], current=Current.UNKNOWN)
    plan = plan_of(on)
    assert plan.targets == ()
    assert {out.exclusion for out in plan.left_out} == {Exclusion.CURRENT_UNKNOWN}
    assert not plan.may_end_current


def test_while_the_current_session_is_unknown_the_switch_lets_everything_in_and_says_so():
    on = listed([new_session(n, current=None) for n in range(3)], current=Current.UNKNOWN)
    plan = plan_of(on, allowed=Allowed(current=True))
    assert len(plan.targets) == 3
    assert plan.may_end_current


def test_where_we_hold_no_token_nothing_needs_the_switch():
    plan = plan_of(listed([new_session(1)], current=Current.NONE))
    assert len(plan.targets) == 1


def test_a_protected_integration_stays_out_and_its_label_is_the_reason():
    session = new_session(1)
    plan = plan_of(listed([session], labels={session.id: BILLING}))
    assert plan.targets == ()
    assert plan.left_out[0].reason == "protected: billing cron"


def test_a_protected_integration_enters_by_its_own_switch():
    session = new_session(1)
    on = listed([session], labels={session.id: BILLING})
    assert len(plan_of(on, allowed=Allowed(protected=True)).targets) == 1


@pytest.mark.parametrize("allowed", [Allowed(current=True), Allowed(hidden=True)])
def test_no_other_switch_lets_a_protected_integration_in(allowed: Allowed):
    session, own = new_session(1), new_session(2, current=True)
    on = listed([session, own], labels={session.id: BILLING, own.id: BILLING})
    assert plan_of(on, allowed=allowed).targets == ()


def test_an_id_that_stands_for_two_sessions_is_refused_whatever_is_allowed():
    session = new_session(1)
    on = replace(listed([session]), shared_ids=frozenset([session.id]))
    plan = plan_of(on, allowed=Allowed(current=True, protected=True, hidden=True))
    assert plan.targets == ()
    assert plan.left_out[0].exclusion is Exclusion.SHARED_ID


def test_a_known_integration_without_protection_is_a_target():
    session = new_session(1)
    on = listed([session], labels={session.id: Known("billing cron", "GuzzleHttp")})
    assert len(plan_of(on).targets) == 1


@pytest.mark.parametrize("allowed", [Allowed(), Allowed(current=True, protected=True, hidden=True)])
def test_what_the_server_lists_no_token_of_cannot_be_revoked_whatever_is_allowed(allowed: Allowed):
    masked = new_session(1, token=None, revoke_with=None)
    plan = plan_of(listed([masked]), allowed=allowed)
    assert plan.targets == ()
    assert plan.left_out[0].reason == "can't be revoked: the server lists no token"


def test_an_id_alone_can_be_revoked_where_the_contract_names_an_id_field():
    by_id = new_session(1, token=None, revoke_with=17)
    assert len(plan_of(listed([by_id])).targets) == 1


def test_hidden_marks_stay_out_unless_asked_for():
    on = listed([new_session(1), new_session(2)])
    selection = Selection([0, 1], "marked", hidden=frozenset({1}))
    plan = make_plan(on, selection, Allowed())
    assert [out.exclusion for out in plan.left_out] == [Exclusion.HIDDEN]
    assert len(make_plan(on, selection, Allowed(hidden=True)).targets) == 2


@pytest.mark.parametrize("named", [True, False])
def test_what_is_left_out_tells_whether_it_was_named(named: bool):
    own = new_session(1, current=True)
    plan = make_plan(listed([own]), Selection([0], "x", named=named), Allowed())
    assert plan.left_out[0].named is named


def test_a_session_named_twice_is_one_target():
    on = listed([new_session(1), new_session(2)])
    assert len(plan_of(on, 1, 0, 1, 1).targets) == 2


def test_an_id_that_is_gone_is_kept_once():
    plan = plan_of(listed([new_session(1)]), gone=("0123456789ab", "0123456789ab"))
    assert plan.gone == ("0123456789ab",)


@pytest.mark.parametrize(("count", "large"), [(50, False), (51, True)])
def test_a_plan_of_more_than_50_is_large(count: int, large: bool):
    assert plan_of(listed([new_session(n) for n in range(count)])).is_large is large


def test_what_is_left_out_does_not_make_a_plan_large():
    sessions = [new_session(n, revoke_with=None) for n in range(60)]
    assert not plan_of(listed(sessions)).is_large


def test_every_plan_has_an_id_of_its_own():
    on = listed([new_session(1)])
    assert plan_of(on).id != plan_of(on).id


def test_a_plan_shows_no_token():
    assert "token-0" not in repr(plan_of(listed([new_session(1)])))
