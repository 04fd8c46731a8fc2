"""The server's list decides what became of each session; answers prove nothing."""

from dataclasses import replace

import pytest

from qiscus_tui.errors import NotConnected, ServerFault
from qiscus_tui.model.session import Current
from qiscus_tui.service.revocation.events import Answered, ReadingAgain, Rereading, Verifying
from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.run import STALE_AFTER
from tests.service.scripted import (
    START,
    ScriptedServer,
    Stage,
    does_nothing,
    lost,
    new_session,
    refused,
    says,
    slow_down,
    timed_out,
    works_but_says,
)


async def test_what_was_sent_and_is_no_longer_listed_is_revoked(stage: Stage):
    (session,) = stage.sessions(1)
    end = await stage.apply(stage.plan())
    assert end.of(session).outcome is Outcome.REVOKED
    assert end.report.is_whole
    assert end.report.words == "1 revoked"


async def test_a_200_proves_nothing(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.always = does_nothing
    end = await stage.apply(stage.plan())
    assert end.of(session).outcome is Outcome.FAILED
    assert end.of(session).reason == "still listed"
    assert not end.report.is_whole


async def test_a_404_proves_nothing(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.always = says(refused(404))
    end = await stage.apply(stage.plan())
    assert end.of(session).outcome is Outcome.FAILED


async def test_a_404_on_a_session_that_is_gone_is_revoked(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.always = works_but_says(refused(404))
    end = await stage.apply(stage.plan())
    assert end.of(session).outcome is Outcome.REVOKED


@pytest.mark.parametrize("carried_out", [True, False])
async def test_a_lost_answer_proves_nothing(stage: Stage, carried_out: bool):
    (session,) = stage.sessions(1)
    stage.server.always = works_but_says(lost()) if carried_out else says(lost())
    end = await stage.apply(stage.plan())
    wanted = Outcome.REVOKED if carried_out else Outcome.FAILED
    assert end.of(session).outcome is wanted


async def test_the_servers_answer_is_the_reason_of_what_is_still_listed(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.always = says(refused(409))
    end = await stage.apply(stage.plan())
    assert end.of(session).reason == "Revoking failed: 409"


async def test_the_last_fault_is_the_reason_when_tries_run_out(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.next_replies.extend([says(lost())] * 4)
    stage.server.always = says(refused(502))
    end = await stage.apply(stage.plan())
    assert end.of(session).reason == "Revoking failed: 502"


async def test_when_tries_run_out_it_is_said_what_to_do(stage: Stage):
    stage.sessions(1)
    stage.server.always = says(slow_down(3600))
    end = await stage.apply(stage.plan())
    assert end.report.hint == slow_down(3600).hint


async def test_where_the_list_cannot_be_read_what_was_sent_is_unknown(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.readings.append(NotConnected("The host is away"))
    end = await stage.apply(stage.plan())
    assert end.of(session).outcome is Outcome.UNKNOWN
    assert end.of(session).reason == "the list is unknown: The host is away"
    assert end.report.listed is None
    assert end.report.fault is not None
    assert end.report.fault.exit_code == 5


async def test_where_the_list_is_not_complete_what_is_missing_is_unknown(stage: Stage):
    gone, still_there = stage.sessions(2)
    stage.server.replies[still_there.id].append(does_nothing)
    plan = stage.plan()
    stage.server.complete = False
    end = await stage.apply(plan)
    assert end.of(gone).outcome is Outcome.UNKNOWN
    assert end.of(still_there).outcome is Outcome.FAILED
    assert end.report.hint == "Read the list again to see what is left."


async def test_tokens_that_are_listed_otherwise_than_before_make_what_is_missing_unknown(
    stage: Stage,
):
    session, other = stage.sessions(2)
    stage.server.always = does_nothing

    def masks_tokens(server: ScriptedServer) -> None:
        server.live = {f"{n:012}": new_session(n, id=f"{n:012}", token=None) for n in (1, 2)}

    stage.server.readings.extend([masks_tokens])
    end = await stage.apply(stage.plan([session]))
    assert end.of(session).outcome is Outcome.UNKNOWN
    assert other.id not in stage.server.requests


async def test_more_unreadable_entries_than_before_make_what_is_missing_unknown(stage: Stage):
    stage.server.unreadable = 2
    (session,) = stage.sessions(1)
    plan = stage.plan()
    stage.server.unreadable = 3
    end = await stage.apply(plan)
    assert end.of(session).outcome is Outcome.UNKNOWN


async def test_no_more_unreadable_entries_than_before_hide_nothing(stage: Stage):
    stage.server.unreadable = 3
    (session,) = stage.sessions(1)
    end = await stage.apply(stage.plan())
    assert end.of(session).outcome is Outcome.REVOKED


async def test_the_fewest_unreadable_entries_so_far_are_what_counts(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.unreadable = 3
    plan = stage.plan()
    stage.clock.advance(60)

    def fewer(server: ScriptedServer) -> None:
        server.unreadable = 0

    def two(server: ScriptedServer) -> None:
        server.unreadable = 2

    stage.server.readings.extend([fewer, two])
    end = await stage.apply(plan)
    assert end.of(session).outcome is Outcome.UNKNOWN


async def test_the_list_is_read_twice_after_everything_was_sent(stage: Stage):
    stage.sessions(10)
    await stage.apply(stage.plan())
    assert stage.server.log.count("list") == 2
    assert stage.server.log[-3:] == ["list", "list", "outcomes"]
    assert stage.clock.slept == [1.0]


async def test_it_is_told_that_the_list_is_read(stage: Stage):
    stage.sessions(3)
    end = await stage.apply(stage.plan())
    assert end.events[-2:] == [Verifying(), ReadingAgain(2)]


async def test_progress_counts_answers_up_to_the_number_of_sessions(stage: Stage):
    stage.trials.verified = False
    stage.sessions(40)
    end = await stage.apply(stage.plan())
    told = [(event.done, event.total) for event in end.events if isinstance(event, Answered)]
    assert told == [(n, 40) for n in range(1, 41)]


# Gone before anything was sent


async def test_an_old_plan_is_held_against_a_new_list_first(stage: Stage):
    kept, ended_elsewhere = stage.sessions(2)
    plan = stage.plan()
    stage.clock.advance(STALE_AFTER + 0.1)
    stage.server.end(ended_elsewhere.id)
    end = await stage.apply(plan)
    assert stage.server.requests == [kept.id]
    assert end.of(ended_elsewhere).outcome is Outcome.ALREADY_GONE
    assert end.of(kept).outcome is Outcome.REVOKED
    assert end.report.is_whole
    assert isinstance(end.events[0], Rereading)


async def test_a_fresh_plan_is_sent_without_reading_again(stage: Stage):
    stage.sessions(2)
    plan = stage.plan()
    stage.clock.advance(STALE_AFTER)
    end = await stage.apply(plan)
    assert Rereading() not in end.events


async def test_a_plan_counts_as_old_after_five_seconds(stage: Stage):
    stage.sessions(2)
    plan = stage.plan()
    stage.clock.advance(5.5)
    end = await stage.apply(plan)
    assert Rereading() in end.events


async def test_after_the_clock_leapt_back_the_plan_counts_as_old(stage: Stage):
    stage.sessions(1)
    plan = stage.plan()
    stage.clock.advance(-3600)
    end = await stage.apply(plan)
    assert Rereading() in end.events


async def test_where_nothing_is_left_to_send_the_new_list_is_given(stage: Stage):
    session, _ = stage.sessions(2)
    plan = stage.plan([session])
    stage.clock.advance(60)
    stage.server.end(session.id)
    end = await stage.apply(plan)
    assert stage.server.requests == []
    assert end.report.listed is not None
    assert len(end.report.listed) == 1
    assert stage.server.log.count("list") == 2


async def test_where_the_list_cannot_be_read_first_nothing_is_sent(stage: Stage):
    stage.sessions(3)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.readings.append(ServerFault("500", status=500))
    end = await stage.apply(plan)
    assert stage.server.requests == []
    assert len(end.ids(Outcome.NOT_SENT)) == 3
    assert end.report.fault is not None


async def test_an_incomplete_list_makes_nothing_already_gone(stage: Stage):
    a, b = stage.sessions(2)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.end(b.id)

    def incomplete(server: ScriptedServer) -> None:
        server.complete = False

    def complete(server: ScriptedServer) -> None:
        server.complete = True

    stage.server.readings.extend([incomplete, complete])
    end = await stage.apply(plan)
    assert set(stage.server.requests) == {a.id, b.id}
    assert end.of(b).outcome is Outcome.REVOKED


async def test_what_was_gone_and_is_listed_again_is_not_claimed(stage: Stage):
    flickering, other = stage.sessions(2)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.readings.append(lambda server: server.end(flickering.id))
    stage.server.readings.append(lambda _: None)
    stage.server.readings.append(lambda server: server.add(flickering))
    end = await stage.apply(plan)
    assert end.of(flickering).outcome is Outcome.NOT_SENT
    assert end.of(other).outcome is Outcome.UNKNOWN, "what else is missing may come back too"


async def test_what_somebody_else_revokes_meanwhile_is_revoked_once_sent(stage: Stage):
    sessions = stage.sessions(20)
    last = sessions[-1]

    def ends_another_too(server: ScriptedServer, session: object) -> None:
        server.end(last.id)
        server.end(sessions[0].id)

    stage.server.replies[sessions[0].id].append(ends_another_too)
    stage.server.replies[last.id].append(says(refused(404)))
    end = await stage.apply(stage.plan(), width=1)
    assert end.ids(Outcome.REVOKED) | end.ids(Outcome.ALREADY_GONE) == {s.id for s in sessions}
    assert end.report.is_whole


async def test_new_sessions_between_plan_and_apply_are_untouched(stage: Stage):
    old = stage.sessions(5)
    plan = stage.plan()
    stage.clock.advance(60)
    new = new_session(500)
    stage.server.add(new)
    end = await stage.apply(plan)
    assert set(stage.server.requests) == {s.id for s in old}
    assert new.id in stage.server.live
    assert len(end.report.outcomes) == 5


# Our own session


async def test_a_target_that_became_our_own_session_meanwhile_is_not_sent(stage: Stage):
    a, b = stage.sessions(2)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.own = a.id
    end = await stage.apply(plan)
    assert stage.server.requests == [b.id]
    assert end.of(a).outcome is Outcome.NOT_SENT
    assert end.of(a).reason == "became this program's own session"


async def test_a_target_that_became_our_own_is_sent_where_the_switch_was_given(stage: Stage):
    (a,) = stage.sessions(1)
    plan = stage.plan(allowed=Allowed(current=True))
    stage.clock.advance(60)
    stage.server.own = a.id
    end = await stage.apply(plan)
    assert end.of(a).outcome is Outcome.REVOKED
    assert not end.report.lost_own


async def test_when_our_own_session_becomes_unknown_an_old_plan_sends_nothing(stage: Stage):
    sessions = stage.sessions(3)
    own = stage.own_session()
    plan = stage.plan(sessions)
    stage.clock.advance(60)
    stage.server.live.pop(own.id)
    end = await stage.apply(plan)
    assert stage.server.requests == []
    assert len(end.ids(Outcome.NOT_SENT)) == 3
    assert not end.report.lost_own


async def test_our_own_session_that_somebody_else_ended_before_is_not_blamed_on_the_run(
    stage: Stage,
):
    sessions = stage.sessions(3)
    own = stage.own_session()
    plan = stage.plan(sessions, allowed=Allowed(current=True))
    stage.clock.advance(60)
    stage.server.end(own.id)
    end = await stage.apply(plan)
    assert len(end.ids(Outcome.REVOKED)) == 3
    assert not end.report.lost_own
    assert end.report.warning is None


async def test_our_own_session_in_the_plan_is_gone_without_a_warning(stage: Stage):
    own = stage.own_session()
    end = await stage.apply(stage.plan(allowed=Allowed(current=True)))
    assert end.of(own).outcome is Outcome.REVOKED
    assert end.report.own_is_gone
    assert end.report.warning is None


async def test_a_run_that_leaves_our_own_session_alone_says_so(stage: Stage):
    sessions = stage.sessions(3)
    stage.own_session()
    end = await stage.apply(stage.plan(sessions))
    assert not end.report.own_is_gone
    assert end.report.warning is None


# What was asked for besides the targets


async def test_a_full_id_that_is_not_listed_is_already_gone(stage: Stage):
    stage.sessions(1)
    end = await stage.apply(stage.plan([], gone=("0123456789ab",)))
    assert end.ids(Outcome.ALREADY_GONE) == {"0123456789ab"}
    assert end.report.is_whole
    assert stage.server.log == []


async def test_a_full_id_is_not_called_gone_by_a_list_that_was_not_read_to_its_end(stage: Stage):
    stage.server.complete = False
    end = await stage.apply(stage.plan([], gone=("0123456789ab",)))
    assert end.ids(Outcome.UNKNOWN) == {"0123456789ab"}
    assert not end.report.is_whole


@pytest.mark.parametrize(("count", "outcome"), [(50, Outcome.UNKNOWN), (49, Outcome.ALREADY_GONE)])
async def test_a_list_of_a_round_length_may_be_cut_and_calls_no_id_gone(
    stage: Stage, count: int, outcome: Outcome
):
    stage.sessions(count)
    end = await stage.apply(stage.plan([], gone=("0123456789ab",)))
    assert end.ids(outcome) == {"0123456789ab"}


async def test_an_empty_list_calls_no_id_gone_where_our_own_session_should_be_in_it(stage: Stage):
    empty = replace(stage.server.now_listed(), current=Current.UNKNOWN)
    plan = make_plan(empty, Selection([], "x", gone=("0123456789ab",)), Allowed())
    end = await stage.apply(plan)
    assert end.ids(Outcome.UNKNOWN) == {"0123456789ab"}


@pytest.mark.parametrize("named", [True, False])
async def test_only_a_named_session_that_a_rule_leaves_out_has_an_outcome(
    stage: Stage, named: bool
):
    own = stage.own_session()
    now = stage.server.now_listed()
    plan = make_plan(now, Selection([0], "x", named=named), Allowed())
    end = await stage.apply(plan)
    assert end.report.is_whole is not named
    if named:
        assert end.of(own).outcome is Outcome.NOT_SENT
        assert end.of(own).reason == "current: this program's own session"


async def test_an_empty_plan_touches_neither_server_nor_diary(stage: Stage):
    end = await stage.apply(stage.plan([]))
    assert stage.server.log == []
    assert end.report.words == "nothing to revoke"
    assert end.report.is_whole


async def test_a_session_without_expiry_that_is_gone_is_revoked(stage: Stage):
    undated = new_session(1, expires_at=None, created_at=None)
    stage.server.add(undated)
    end = await stage.apply(stage.plan())
    assert end.of(undated).outcome is Outcome.REVOKED


async def test_sessions_outside_the_plan_that_expire_meanwhile_are_no_warning(stage: Stage):
    (target,) = stage.sessions(1)
    expiring = new_session(40, expires_at=START + 1)
    stage.server.add(expiring)

    def it_expires(server: ScriptedServer) -> None:
        stage.clock.advance(2)
        server.end(expiring.id)

    stage.server.readings.append(it_expires)
    end = await stage.apply(stage.plan([target]))
    assert end.report.warning is None


@pytest.mark.parametrize("offset", [3600.0, -3600.0])
async def test_whether_a_session_expired_goes_by_the_servers_clock(stage: Stage, offset: float):
    (target,) = stage.sessions(1)
    other = new_session(40, expires_at=START + offset + 1)
    stage.server.add(other)
    stage.server.offset = offset
    plan = stage.plan([target])

    def another_ends(server: ScriptedServer) -> None:
        stage.clock.advance(2)
        server.end(other.id)

    stage.server.readings.append(another_ends)
    end = await stage.apply(plan)
    assert end.report.warning is None


async def test_a_session_that_lives_by_the_servers_clock_did_not_expire(stage: Stage):
    target, *_ = stage.sessions(2)
    other = new_session(40, expires_at=START - 60)
    stage.server.add(other)
    stage.server.offset = -3600.0
    plan = stage.plan([target])
    stage.server.readings.append(lambda server: server.end(other.id))
    end = await stage.apply(plan)
    assert end.report.warning


async def test_a_timeout_on_every_try_that_was_carried_out_is_revoked(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.always = works_but_says(timed_out())
    end = await stage.apply(stage.plan())
    assert stage.server.requests == [session.id] * 5
    assert end.of(session).outcome is Outcome.REVOKED


# What a list can't show


async def test_a_named_id_beside_an_entry_that_could_not_be_read_is_unknown(stage: Stage):
    stage.server.unreadable = 1
    end = await stage.apply(stage.plan([], gone=("0123456789ab",)))
    assert end.ids(Outcome.UNKNOWN) == {"0123456789ab"}
    assert end.report.exit_code == 3


async def test_a_named_id_is_unknown_where_sessions_are_listed_without_tokens(stage: Stage):
    stage.server.add(new_session(1, token=None, revoke_with=None))
    end = await stage.apply(stage.plan([], gone=("0123456789ab",)))
    assert end.ids(Outcome.UNKNOWN) == {"0123456789ab"}


async def test_a_target_that_is_missing_beside_an_unreadable_entry_is_not_called_already_gone(
    stage: Stage,
):
    a, b = stage.sessions(2)
    stage.server.unreadable = 1
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.end(b.id)
    end = await stage.apply(plan)
    assert not end.ids(Outcome.ALREADY_GONE)
    assert set(stage.server.requests) == {a.id, b.id}


async def test_a_target_that_is_revoked_by_id_is_not_sent_once_its_id_is_missing(stage: Stage):
    a, b = (new_session(n, revoke_with=100 + n) for n in range(2))
    stage.server.add(a, b)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.hidden = {b.id}
    end = await stage.apply(plan)
    assert stage.server.requests == [a.id]
    assert end.of(b).outcome is Outcome.NOT_SENT


async def test_as_many_unreadable_entries_as_before_hide_a_session_where_they_are_others(
    stage: Stage,
):
    (session,) = stage.sessions(1)
    stage.server.unreadable = 1
    plan = stage.plan()
    stage.server.always = does_nothing

    def hides_it_instead(server: ScriptedServer) -> None:
        server.unreadable, server.hidden = 0, {session.id}

    stage.server.readings.append(hides_it_instead)
    end = await stage.apply(plan)
    assert end.of(session).outcome is Outcome.UNKNOWN


async def test_a_session_whose_id_another_one_has_by_now_is_not_sent(stage: Stage):
    a, b = stage.sessions(2)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.shared_ids = frozenset([a.id])
    end = await stage.apply(plan)
    assert stage.server.requests == [b.id]
    assert end.of(a).outcome is Outcome.NOT_SENT
