"""What a newer list says of what is still to be sent: a table of cases."""

from dataclasses import replace as list_replace

import pytest
from msgspec.structs import replace

from qiscus_tui.model.clients import Known
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.retention_rules import Retention, RetentionRules
from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.revocation.outcomes import Evidence, Outcome, SessionOutcome
from qiscus_tui.service.revocation.plan import Allowed, Exclusion
from qiscus_tui.service.revocation.rechecks import (
    IDS_CHANGED,
    OWN_UNKNOWN,
    held_back,
    ids_changed,
    why_stop,
)
from qiscus_tui.service.revocation.verification import Verification
from qiscus_tui.service.sessions.session_list import SessionList
from tests.service.scripted import START, listed, new_session, plan_of

A, B, C = (new_session(number) for number in range(3))
BY_ID = new_session(3, token=None, revoke_with=17)
BECAME_OWN = listed([replace(A, current=True), B])
PROTECTED = listed([A, B], labels={A.id: Known("billing cron", "curl", protect=True)})
SHARED = list_replace(listed([A, B]), shared_ids=frozenset([A.id]))


@pytest.mark.parametrize(
    ("target", "after", "allowed", "reason"),
    [
        (A, listed([A, B]), Allowed(), None),
        (A, BECAME_OWN, Allowed(), Exclusion.CURRENT.value),
        (A, BECAME_OWN, Allowed(current=True), None),
        (A, PROTECTED, Allowed(), "protected: billing cron"),
        (A, PROTECTED, Allowed(protected=True), None),
        (A, SHARED, Allowed(), Exclusion.SHARED_ID.value),
        (A, listed([B]), Allowed(), None),  # its token ends no other session
        (BY_ID, listed([BY_ID, B]), Allowed(), None),
        (BY_ID, listed([B]), Allowed(), "no longer listed"),
    ],
)
def test_what_must_not_be_sent_after_all(
    target: Session, after: SessionList, allowed: Allowed, reason: str | None
):
    evidence = Evidence(plan_of(listed([target, B]), 0, allowed=allowed), {})
    held = held_back(evidence, [target], after, START)
    expected = SessionOutcome(target.id, Outcome.NOT_SENT, reason)
    assert held == ({} if reason is None else {target.id: expected})


@pytest.mark.parametrize(
    ("readings", "unreadable", "complete", "is_gone"),
    [(2, 0, True, True), (1, 0, True, False), (2, 1, True, False), (2, 0, False, False)],
    ids=["two readings", "one", "beside an unreadable entry", "of a list that is not whole"],
)
def test_what_two_whole_readings_lack_is_already_gone(
    readings: int, unreadable: int, complete: bool, is_gone: bool
):
    evidence = Evidence(plan_of(listed([A, B], unreadable=unreadable), 0), {})
    after = listed([B], unreadable=unreadable, complete=complete)
    evidence.verification = Verification(evidence.before)
    for seconds in range(readings):
        evidence.verification.add(after, START + seconds)
    gone = SessionOutcome(A.id, Outcome.ALREADY_GONE)
    assert held_back(evidence, [A], after, START) == ({A.id: gone} if is_gone else {})


@pytest.mark.parametrize(("before", "is_gone"), [(51, True), (50, False)])
def test_a_length_that_a_cut_list_may_have_too_is_no_doubt_where_the_list_was_longer(
    before: int, is_gone: bool
):
    others = [new_session(number) for number in range(1, before)]
    newer = [new_session(number) for number in range(before, 51)]
    evidence = Evidence(plan_of(listed([A, *others]), 0), {})
    after = listed([*newer, *others])
    evidence.verification = Verification(evidence.before)
    evidence.verification.add(after, START)
    evidence.verification.add(after, START + 1)
    assert len(after) == 50
    assert (A.id in held_back(evidence, [A], after, START)) is is_gone


def test_what_a_filter_chose_and_is_not_listed_any_more_can_not_be_chosen_again():
    on = listed([A, B])
    held = held_back(Evidence(plan_of(on, where="curl"), {}), [A], listed([B]), START)
    words = "no longer listed: can't tell whether it would still be chosen"
    assert held == {A.id: SessionOutcome(A.id, Outcome.NOT_SENT, words)}


def test_what_was_sent_takes_no_place_among_the_newest_though_it_is_still_listed():
    newest, sent, waiting = (replace(one, created_at=START - n) for n, one in enumerate((A, B, C)))
    retention = Retention(USUAL_KEYS, RetentionRules(keep_newest=1))
    plan = plan_of(listed([newest, sent, waiting]), retention=retention)
    assert plan.targets == (sent, waiting)
    held = held_back(Evidence(plan, {sent.id: None}), [waiting], listed([sent, waiting]), START)
    assert [one.reason for one in held.values()] == ["kept now: newest 1 of curl · 192.0.2.0/24"]


def test_where_our_own_session_is_unknown_or_ids_changed_nothing_may_be_sent():
    plan, unknown = plan_of(listed([A, B]), 0), listed([A, B], current=Current.UNKNOWN)
    assert why_stop(plan, listed([A, B])) is None
    assert why_stop(plan, unknown) is OWN_UNKNOWN
    assert why_stop(plan_of(listed([A, B]), 0, allowed=Allowed(current=True)), unknown) is None
    assert why_stop(plan, listed([replace(A, revoke_with=7), B])) is IDS_CHANGED


def row(number: int, **changes: object) -> Session:
    """A session that is listed by the number of its row."""
    row_id = fingerprint(str(number))
    made = {"id": row_id, "revoke_with": number, "token": None, "created_at": START + number}
    return new_session(number, **{**made, **changes})


ROWS = [row(n) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        pytest.param(ROWS, False, id="the same"),
        pytest.param(ROWS[1:], False, id="one ended"),
        pytest.param([*ROWS[1:], row(9)], False, id="one ended and another began"),
        pytest.param([*ROWS[1:], row(9, created_at=ROWS[0].created_at)], True, id="a new number"),
        pytest.param(
            [*ROWS[1:], new_session(9, created_at=ROWS[0].created_at)], False,
            id="one with a token of its own began in the same second",
        ),
        pytest.param([*ROWS[1:], row(9, created_at=None)], False, id="one without a date began"),
        pytest.param([row(1, created_at=START + 2), *ROWS[2:]], True, id="numbers moved up"),
        pytest.param([replace(ROWS[0], revoke_with=7), *ROWS[1:]], True, id="revoked by another"),
    ],
)  # fmt: skip
def test_ids_have_changed_where_one_stands_for_another_session_or_a_session_has_another(
    after: list[Session], changed: bool
):
    assert ids_changed(plan_of(listed(ROWS), 2), listed(after)) is changed
