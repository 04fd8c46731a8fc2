"""The first use on a server is a trial: one session goes first, and the list is read."""

import pytest
from msgspec.structs import replace

from qiscus_tui.errors import StorageError
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.events import Halted, TrialStarted
from qiscus_tui.service.revocation.outcomes import LOOK_AGAIN_HINT, Outcome
from qiscus_tui.service.revocation.plan import Allowed
from qiscus_tui.service.revocation.trial import ENDED_OTHERS, TRIAL_FAILED_HINT
from tests.service.scripted import (
    DAY,
    START,
    Ending,
    Reply,
    ScriptedServer,
    Stage,
    Trials,
    does_nothing,
    ends_all,
    ends_own,
    lost,
    new_session,
    refused,
    says,
    works,
    works_but_says,
)


@pytest.fixture
def first_use(stage: Stage) -> Stage:
    """A server on which no revoke was verified yet."""
    stage.trials.verified = False
    return stage


def only_one_was_sent(stage: Stage, end: Ending) -> bool:
    """Whether nothing followed the trial."""
    unsent = len(end.ids(Outcome.NOT_SENT))
    return len(set(stage.server.requests)) == 1 and unsent == len(end.report.plan.targets) - 1


async def test_one_session_goes_first_and_the_list_is_read_before_the_rest(first_use: Stage):
    first_use.sessions(5)
    end = await first_use.apply(first_use.plan())
    sent = first_use.server.requests[0]
    assert first_use.server.log[:3] == ["intent", f"send {sent}", "list"]
    assert len(end.ids(Outcome.REVOKED)) == 5
    assert end.events[0] == TrialStarted(sent)


async def test_where_it_was_verified_before_there_is_no_trial(stage: Stage):
    stage.sessions(5)
    end = await stage.apply(stage.plan())
    assert "list" not in stage.server.log[:6]
    assert not any(isinstance(event, TrialStarted) for event in end.events)


async def test_one_session_alone_is_its_own_trial(first_use: Stage):
    first_use.sessions(1)
    await first_use.apply(first_use.plan())
    assert first_use.server.log.count("list") == 2
    assert first_use.trials.verified


@pytest.mark.parametrize("reply", [does_nothing, says(refused(404))])
async def test_where_one_alone_is_still_listed_it_is_said_that_the_call_does_not_work(
    first_use: Stage, reply: Reply
):
    first_use.sessions(1)
    first_use.server.always = reply
    end = await first_use.apply(first_use.plan())
    assert len(end.ids(Outcome.FAILED)) == 1
    assert end.report.hint == TRIAL_FAILED_HINT
    assert end.report.exit_code == 3


async def test_where_the_call_was_verified_one_refusal_does_not_say_so(stage: Stage):
    stage.sessions(1)
    stage.server.always = says(refused(409))
    end = await stage.apply(stage.plan())
    assert end.report.hint == LOOK_AGAIN_HINT


async def test_a_trial_that_worked_is_remembered(first_use: Stage):
    first_use.sessions(3)
    await first_use.apply(first_use.plan())
    assert first_use.trials.verified


async def test_the_one_that_lives_longest_goes_first(first_use: Stage):
    short = new_session(1, expires_at=START + 60)
    long = new_session(2, expires_at=START + 29 * DAY)
    undated = new_session(3, expires_at=None)
    first_use.server.add(short, long, undated)
    await first_use.apply(first_use.plan())
    assert first_use.server.requests[0] == long.id


async def test_our_own_session_never_goes_first(first_use: Stage):
    own = first_use.own_session()
    other = new_session(1, expires_at=START + 60)
    first_use.server.add(other)
    await first_use.apply(first_use.plan(allowed=Allowed(current=True)))
    assert first_use.server.requests == [other.id, own.id]


async def test_nothing_more_is_sent_when_the_first_one_is_still_listed(first_use: Stage):
    first_use.sessions(5)
    first_use.server.always = does_nothing
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
    assert len(end.ids(Outcome.FAILED)) == 1
    assert end.report.halted == "the first revoke did not end its session"
    assert end.report.hint == TRIAL_FAILED_HINT
    assert end.report.fault is None
    assert not first_use.trials.verified


async def test_a_wrong_path_that_answers_404_to_all_ends_with_nothing_claimed(first_use: Stage):
    first_use.sessions(5)
    first_use.server.always = says(refused(404))
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
    assert not end.ids(Outcome.REVOKED)
    assert end.report.halted
    assert "404" in end.report.halted


async def test_a_404_whose_session_is_gone_all_the_same_counts_as_working(first_use: Stage):
    first_use.sessions(3)
    first_use.server.always = works_but_says(refused(404))
    end = await first_use.apply(first_use.plan())
    assert len(end.ids(Outcome.REVOKED)) == 3


async def test_a_server_that_is_away_is_not_called_a_wrong_path(first_use: Stage):
    first_use.sessions(9)
    first_use.server.always = says(refused(503))
    end = await first_use.apply(first_use.plan())
    assert len(set(first_use.server.requests)) == 3
    assert end.report.hint != TRIAL_FAILED_HINT
    assert end.report.fault is not None


@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 1)])
async def test_a_401_or_403_at_the_trial_is_the_reason(first_use: Stage, status: int, code: int):
    first_use.sessions(3)
    first_use.server.always = says(refused(status))
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
    assert end.report.halted == refused(status).message
    assert end.report.fault is not None
    assert end.report.fault.exit_code == code
    assert sum(isinstance(event, Halted) for event in end.events) == 1


async def test_nothing_more_is_sent_when_another_target_is_gone_too(first_use: Stage):
    sessions = first_use.sessions(5)
    first_use.own_session()
    first_use.server.always = ends_all
    end = await first_use.apply(first_use.plan(sessions))
    assert only_one_was_sent(first_use, end)
    assert end.report.halted == "the first revoke ended this program's own session too"
    assert not first_use.trials.verified


async def test_a_list_that_is_empty_after_the_trial_proves_nothing_without_a_session_of_ours(
    first_use: Stage,
):
    sessions = first_use.sessions(5)
    first_use.server.always = ends_all
    end = await first_use.apply(first_use.plan(sessions))
    assert only_one_was_sent(first_use, end)
    assert len(end.ids(Outcome.UNKNOWN)) == 1
    assert end.report.halted
    assert "the list lacks 4 sessions that nothing was sent for" in end.report.halted
    assert not first_use.trials.verified


async def test_another_target_that_expired_meanwhile_stops_nothing_and_is_not_sent(
    first_use: Stage,
):
    first_use.sessions(2)
    soon = new_session(50, expires_at=START + 1)
    first_use.server.add(soon)

    def a_second_passes(server: ScriptedServer) -> None:
        first_use.clock.advance(2)
        server.end(soon.id)

    first_use.server.readings.append(a_second_passes)
    end = await first_use.apply(first_use.plan())
    assert end.report.halted is None
    assert len(end.ids(Outcome.REVOKED)) == 2
    assert end.ids(Outcome.ALREADY_GONE) == {soon.id}
    assert soon.id not in first_use.server.requests
    assert end.report.is_whole


async def test_where_nothing_is_left_after_the_trial_its_reading_is_one_of_two(first_use: Stage):
    first_use.sessions(1)
    soon = new_session(50, expires_at=START + 1)
    first_use.server.add(soon)

    def a_second_passes(server: ScriptedServer) -> None:
        first_use.clock.advance(2)
        server.end(soon.id)

    first_use.server.readings.append(a_second_passes)
    end = await first_use.apply(first_use.plan())
    assert first_use.server.log.count("list") == 2
    assert end.report.is_whole


async def test_one_other_target_that_is_gone_too_is_enough(first_use: Stage):
    sessions = first_use.sessions(5)

    def ends_another_too(server: ScriptedServer, session: object) -> None:
        server.end(server.requests[-1])
        server.end(sessions[-1].id)

    first_use.server.always = ends_another_too
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
    assert end.report.halted == "1 other session of the plan ended with the first one"


async def test_nothing_more_is_sent_when_our_own_session_is_gone_too(first_use: Stage):
    sessions = first_use.sessions(5)
    own = first_use.own_session()

    def ends_its_own_too(server: ScriptedServer, session: object) -> None:
        server.end(server.requests[-1])
        server.end(own.id)

    first_use.server.always = ends_its_own_too
    end = await first_use.apply(first_use.plan(sessions))
    assert only_one_was_sent(first_use, end)
    assert end.report.halted == "the first revoke ended this program's own session too"
    assert end.report.lost_own
    assert end.report.own_is_gone


async def test_a_call_that_ends_the_callers_own_session_stops_and_says_so(first_use: Stage):
    sessions = first_use.sessions(5)
    first_use.own_session()
    first_use.server.always = ends_own
    end = await first_use.apply(first_use.plan(sessions))
    assert only_one_was_sent(first_use, end)
    assert not end.ids(Outcome.REVOKED)
    assert end.report.warning
    assert "own session is gone" in end.report.warning


async def test_our_own_session_that_another_program_replaced_does_not_stop_the_rest(
    first_use: Stage,
):
    sessions = first_use.sessions(3)
    old = first_use.own_session()

    def refreshed_elsewhere(server: ScriptedServer) -> None:
        server.end(old.id)
        new = new_session(888_888)
        server.add(new)
        server.own = new.id

    first_use.server.readings.append(refreshed_elsewhere)
    end = await first_use.apply(first_use.plan(sessions))
    assert end.ids(Outcome.REVOKED) == {s.id for s in sessions}
    assert not end.report.lost_own


async def test_nothing_more_is_sent_when_the_list_cannot_be_read(first_use: Stage):
    first_use.sessions(5)
    first_use.server.readings.extend([lost(), lost()])
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
    assert len(end.ids(Outcome.UNKNOWN)) == 1
    assert end.report.fault is not None
    assert end.report.fault.exit_code == 5
    assert not first_use.trials.verified


async def test_a_list_that_can_be_read_a_moment_later_still_tells_of_the_first_one(
    first_use: Stage,
):
    first_use.sessions(5)
    first_use.server.readings.append(lost())
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
    assert len(end.ids(Outcome.REVOKED)) == 1


async def test_nothing_more_is_sent_when_the_list_is_not_complete(first_use: Stage):
    first_use.sessions(5)
    plan = first_use.plan()
    first_use.server.complete = False
    end = await first_use.apply(plan)
    assert only_one_was_sent(first_use, end)
    assert len(end.ids(Outcome.UNKNOWN)) == 1


async def test_nothing_more_is_sent_when_more_entries_are_unreadable_than_before(
    first_use: Stage,
):
    first_use.sessions(5)
    plan = first_use.plan()
    first_use.server.unreadable = 1
    end = await first_use.apply(plan)
    assert only_one_was_sent(first_use, end)
    assert len(end.ids(Outcome.UNKNOWN)) == 1


async def test_entries_that_were_unreadable_all_along_stop_nothing(first_use: Stage):
    first_use.sessions(5)
    first_use.server.unreadable = 7
    end = await first_use.apply(first_use.plan())
    assert len(end.ids(Outcome.REVOKED)) == 5


async def test_a_lost_answer_at_the_trial_is_tried_again_and_the_list_decides(first_use: Stage):
    first_use.sessions(3)
    first_use.server.next_replies.extend([works_but_says(lost()), works])
    end = await first_use.apply(first_use.plan())
    assert len(end.ids(Outcome.REVOKED)) == 3


async def test_a_verified_call_that_ends_nothing_any_more_is_forgotten(stage: Stage):
    stage.sessions(5)
    stage.server.always = does_nothing
    end = await stage.apply(stage.plan())
    assert len(end.ids(Outcome.FAILED)) == 5
    assert {o.reason for o in end.report.outcomes} == {"still listed"}
    assert not stage.trials.verified


async def test_our_own_session_alone_proves_nothing_of_the_call(first_use: Stage):
    first_use.own_session()
    first_use.server.always = ends_own
    end = await first_use.apply(first_use.plan(allowed=Allowed(current=True)))
    assert len(end.ids(Outcome.REVOKED)) == 1
    assert not first_use.trials.verified


async def test_a_session_that_expired_meanwhile_proves_nothing_of_the_call(first_use: Stage):
    session = new_session(1, expires_at=START + 1)
    first_use.server.add(session)

    def it_expires(server: ScriptedServer) -> None:
        first_use.clock.advance(2)
        server.end(session.id)

    first_use.server.always = does_nothing
    first_use.server.readings.append(it_expires)
    await first_use.apply(first_use.plan())
    assert not first_use.trials.verified


async def test_a_single_revoke_that_ends_everything_is_told_and_not_trusted(first_use: Stage):
    sessions = first_use.sessions(5)
    first_use.own_session()
    first_use.server.always = ends_all
    end = await first_use.apply(first_use.plan(sessions[:1]))
    assert end.report.warning
    assert "4 sessions outside the plan are gone as well" in end.report.warning
    assert (end.report.others_ended, end.report.exit_code) == (5, 3)
    assert not first_use.trials.verified


async def test_a_verified_call_that_ends_our_own_session_is_forgotten(stage: Stage):
    sessions = stage.sessions(1)
    stage.own_session()
    stage.server.always = ends_all
    end = await stage.apply(stage.plan(sessions))
    assert end.report.lost_own
    assert not stage.trials.verified


async def test_where_it_is_not_known_whether_it_was_verified_there_is_a_trial(stage: Stage):
    stage.sessions(3)
    stage.trials.broken = True
    end = await stage.apply(stage.plan())
    assert any(isinstance(event, TrialStarted) for event in end.events)
    assert len(end.ids(Outcome.REVOKED)) == 3


async def test_a_trial_that_cannot_be_remembered_loses_no_outcome_and_is_told(stage: Stage):
    stage.sessions(3)
    stage.trials.broken = True
    end = await stage.apply(stage.plan())
    assert isinstance(end.report.audit_error, StorageError)
    assert stage.audit_trail.reports


# A row that is stuck


def goes_first_is_stuck(stage: Stage, count: int = 1) -> list[str]:
    """The sessions that would go first, which the server can't revoke."""
    sessions = sorted(stage.server.live.values(), key=lambda one: -(one.expires_at or 0))
    stuck = [session.id for session in sessions[:count]]
    for session_id in stuck:
        stage.server.replies[session_id].extend([says(refused(500))] * 5)
    return stuck


@pytest.mark.parametrize("count", [1, 2])
async def test_a_row_that_the_server_cannot_revoke_does_not_keep_the_rest_from_going(
    first_use: Stage, count: int
):
    first_use.server.add(*(new_session(n, expires_at=START + DAY * (20 - n)) for n in range(8)))
    stuck = goes_first_is_stuck(first_use, count)
    end = await first_use.apply(first_use.plan())
    assert end.ids(Outcome.FAILED) == set(stuck)
    assert len(end.ids(Outcome.REVOKED)) == 8 - count
    told = [event.why_another for event in end.events if isinstance(event, TrialStarted)]
    assert told == [None, *["The server could not revoke that one"] * count]
    assert first_use.trials.verified


async def test_after_three_rows_that_are_stuck_nothing_more_is_sent(first_use: Stage):
    first_use.server.add(*(new_session(n, expires_at=START + DAY * (20 - n)) for n in range(8)))
    stuck = goes_first_is_stuck(first_use, 3)
    end = await first_use.apply(first_use.plan())
    assert set(first_use.server.requests) == set(stuck)
    assert end.report.halted
    assert not first_use.trials.verified


# Sessions outside the plan


def ends_outside_too(times: int) -> Reply:
    """Ends the session, and one outside the plan with it, so many times."""

    left = iter(range(times))

    def reply(server: ScriptedServer, session: Session) -> None:
        server.end(session.id)
        outside = [one for one in server.live.values() if one.user == "outside"]
        if outside and next(left, None) is not None:
            server.end(outside[0].id)

    return reply


@pytest.fixture
def beside_others(first_use: Stage) -> Stage:
    """Five sessions of a plan, and five outside it."""
    first_use.sessions(5)
    first_use.server.add(*(new_session(100 + n, user="outside") for n in range(5)))
    return first_use


def planned(stage: Stage) -> list[Session]:
    return [one for one in stage.server.live.values() if one.user != "outside"]


async def test_where_one_outside_went_with_the_first_a_second_decides(beside_others: Stage):
    beside_others.server.always = ends_outside_too(1)
    end = await beside_others.apply(beside_others.plan(planned(beside_others)))
    assert len(end.ids(Outcome.REVOKED)) == 5
    assert [type(event) for event in end.events].count(TrialStarted) == 2
    assert beside_others.trials.verified


async def test_where_one_outside_went_with_each_of_two_nothing_more_is_sent(beside_others: Stage):
    beside_others.server.always = ends_outside_too(9)
    end = await beside_others.apply(beside_others.plan(planned(beside_others)))
    assert len(beside_others.server.requests) == 2
    assert len(end.ids(Outcome.NOT_SENT)) == 3
    assert end.report.halted == ENDED_OTHERS.reason
    assert end.report.warning
    assert not beside_others.trials.verified


async def test_a_verified_call_that_ends_more_than_was_sent_is_verified_no_longer(
    beside_others: Stage,
):
    beside_others.trials.verified = True
    beside_others.server.always = ends_outside_too(1)
    await beside_others.apply(beside_others.plan(planned(beside_others)))
    assert not beside_others.trials.verified


async def test_one_alone_that_takes_one_outside_along_proves_nothing(beside_others: Stage):
    beside_others.server.always = ends_outside_too(1)
    await beside_others.apply(beside_others.plan(planned(beside_others)[:1]))
    assert not beside_others.trials.verified


# What is sent is compared again


def by_row_number(stage: Stage, count: int) -> None:
    """Sessions without tokens, revoked by the numbers of their rows."""

    def renumber(server: ScriptedServer) -> None:
        rows = sorted(server.live.values(), key=lambda one: one.created_at or 0)
        server.live.clear()
        for number, one in enumerate(rows, 1):
            row = replace(one, id=fingerprint(str(number)), revoke_with=number, token=None)
            server.add(row)

    made = [
        new_session(n, created_at=START - 1000 + n, expires_at=START + DAY * (n + 1))
        for n in range(count)
    ]
    stage.server.add(*made)
    renumber(stage.server)
    stage.server.before_list = renumber


@pytest.mark.parametrize("chosen", [slice(0, 8), slice(3, 8), slice(0, 2), slice(6, 8)])
@pytest.mark.parametrize("dated", [True, False])
async def test_row_numbers_for_ids_are_found_out_before_a_wrong_row_is_revoked(
    first_use: Stage, chosen: slice, dated: bool
):
    by_row_number(first_use, 8)
    if not dated:
        undated = [replace(one, created_at=None) for one in first_use.server.live.values()]
        first_use.server.live = {one.id: one for one in undated}
    wanted = list(first_use.server.live.values())[chosen]
    end = await first_use.apply(first_use.plan(wanted))
    assert len(first_use.server.requests) == 1
    assert len(first_use.server.live) == 7
    assert not end.ids(Outcome.REVOKED)
    assert not first_use.trials.verified


async def test_the_last_row_alone_proves_nothing_of_ids(first_use: Stage):
    by_row_number(first_use, 8)
    last = list(first_use.server.live.values())[-1]
    await first_use.apply(first_use.plan([last]))
    assert not first_use.trials.verified


async def test_an_id_that_changed_meaning_stops_an_old_plan(stage: Stage):
    by_row_number(stage, 8)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.end(fingerprint("1"))
    end = await stage.apply(plan)
    assert stage.server.requests == []
    assert end.report.halted == "ids in the list stand for other sessions than before"


def with_row_numbers(stage: Stage, count: int) -> list[Session]:
    """Sessions with tokens, revoked by the numbers of their rows."""

    def renumber(server: ScriptedServer) -> None:
        for number, one in enumerate(list(server.live.values()), 1):
            server.add(replace(one, revoke_with=number))

    stage.sessions(count)
    renumber(stage.server)
    stage.server.before_list = renumber
    return list(stage.server.live.values())


async def test_a_session_that_is_revoked_by_another_id_than_before_stops_everything(
    first_use: Stage,
):
    class NeverRemembered(Trials):
        def remember(self) -> None:
            raise AssertionError("remembered, if only until the end of the run")

    first_use.trials = NeverRemembered(verified=False)
    with_row_numbers(first_use, 5)
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
    assert not first_use.trials.verified


@pytest.mark.parametrize("verified", [False, True])
async def test_one_revoke_that_changed_the_ids_of_others_proves_nothing(
    stage: Stage, verified: bool
):
    stage.trials.verified = verified
    middle = with_row_numbers(stage, 5)[2]
    end = await stage.apply(stage.plan([middle]))
    assert end.of(middle).outcome is Outcome.REVOKED
    assert not stage.trials.verified


async def test_a_session_that_is_protected_by_now_is_not_sent(first_use: Stage):
    sessions = first_use.sessions(5)
    plan = first_use.plan()
    known = Known("billing cron", client="curl", protect=True)

    def protects(server: ScriptedServer) -> None:
        server.labels = {sessions[2].id: known}

    first_use.server.readings.append(protects)
    end = await first_use.apply(plan)
    assert end.of(sessions[2]).outcome is Outcome.NOT_SENT
    assert end.of(sessions[2]).reason == "protected: billing cron"
    assert sessions[2].id not in first_use.server.requests
    assert len(end.ids(Outcome.REVOKED)) == 4


async def test_after_the_trial_nothing_is_sent_while_our_own_session_is_unknown(first_use: Stage):
    first_use.sessions(5)

    def refreshed_elsewhere(server: ScriptedServer) -> None:
        server.own = "not listed"

    first_use.server.readings.append(refreshed_elsewhere)
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
