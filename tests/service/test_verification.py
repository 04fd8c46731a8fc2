"""The list decides what became of each session: two readings in a row, waited for and watched."""

from types import SimpleNamespace
from typing import cast

import pytest

from qiscus_tui.errors import NotConnected, NotQiscus, QiscusTuiError, ServerFault
from qiscus_tui.model.session import Session
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.outcomes import UNKNOWN_HINT, Outcome
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.run import FIRST_SAMPLE, NEXT_SAMPLE, SAMPLE_PAUSE, STALE_AFTER
from qiscus_tui.service.revocation.sending import Answered, Purpose, Reading
from qiscus_tui.service.revocation.verification import settled
from qiscus_tui.service.sessions.session_list import SessionList
from tests.clocks import ManualClock
from tests.service.scripted import (
    DAY,
    START,
    ListStep,
    Reply,
    ScriptedServer,
    Stage,
    becomes,
    does_nothing,
    ends_all,
    listed,
    lost,
    new_session,
    refused,
    says,
    slow_down,
    timed_out,
    works,
    works_but_says,
)

REFUSED, TRIES = "gone, although the server refused the call: Revoking failed:", 5
NO_PATH = "gone, although the server refused the call: No such path"
ANSWERS: list[tuple[list[Reply], Outcome, str | None]] = [
    ([works], Outcome.REVOKED, None),
    ([does_nothing], Outcome.FAILED, "still listed"),
    ([says(refused(404))], Outcome.FAILED, "Revoking failed: 404"),
    ([says(refused(409))], Outcome.FAILED, "Revoking failed: 409"),
    ([works_but_says(refused(404))], Outcome.REVOKED, f"{REFUSED} 404"),
    ([works_but_says(NotQiscus("No such path", status=405))], Outcome.REVOKED, NO_PATH),
    ([works_but_says(NotQiscus("A web page", status=200))], Outcome.REVOKED, None),  # refuses none
    ([works_but_says(lost())] * TRIES, Outcome.REVOKED, None),
    ([works_but_says(timed_out())] * TRIES, Outcome.REVOKED, None),
    ([says(lost())] * TRIES, Outcome.FAILED, lost().message),
    ([*[says(lost())] * (TRIES - 1), says(refused(502))], Outcome.FAILED, "Revoking failed: 502"),
]


@pytest.mark.parametrize(("replies", "outcome", "reason"), ANSWERS)
async def test_whatever_was_answered_the_list_decides(
    stage: Stage, replies: list[Reply], outcome: Outcome, reason: str | None
):
    (session,) = stage.sessions(1)
    stage.server.next_replies.extend(replies)
    end = await stage.apply(stage.plan())
    assert stage.server.requests == [session.id] * len(replies)
    assert (end.of(session).outcome, end.of(session).reason) == (outcome, reason)
    assert end.report.is_whole is (outcome is Outcome.REVOKED)
    assert end.report.words == f"1 {outcome.value}"
    is_refused = outcome is Outcome.REVOKED and reason is not None
    assert (session.id in (end.report.warning or "")) is is_refused


async def test_when_tries_run_out_it_is_said_what_to_do(stage: Stage):
    stage.sessions(1)
    stage.server.always = says(slow_down(3600))
    assert (await stage.apply(stage.plan())).report.hint == slow_down(3600).hint


async def test_where_the_list_cannot_be_read_what_was_sent_is_unknown(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.readings.append(NotConnected("The host is away"))
    end = await stage.apply(stage.plan())
    assert end.of(session).outcome is Outcome.UNKNOWN
    assert end.of(session).reason == "the list is unknown: The host is away"
    assert end.report.listed is None
    assert end.report.fault is not None
    assert (end.report.fault.exit_code, end.report.exit_code) == (5, 3)


async def test_the_fewest_unreadable_entries_so_far_are_what_counts(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.unreadable = 3
    plan = stage.plan()
    stage.clock.advance(60)
    for count in (0, 2):
        stage.server.readings.append(becomes(unreadable=count))
    end = await stage.apply(plan)
    assert (end.of(session).outcome, end.report.hint) == (Outcome.UNKNOWN, UNKNOWN_HINT)


async def test_the_list_is_read_twice_after_everything_was_sent_and_that_is_told(stage: Stage):
    stage.sessions(10)
    end = await stage.apply(stage.plan())
    assert stage.server.log.count("list") == 2
    assert stage.server.log[-3:] == ["list", "list", "outcomes"]
    assert stage.clock.slept == [1.0]
    assert end.events[-2:] == [Reading(Purpose.VERIFY), Reading(Purpose.AGAIN, 2)]


# Gone before anything was sent


@pytest.mark.parametrize("is_any_left", [True, False])
async def test_an_old_plan_is_held_against_a_new_list_first(stage: Stage, *, is_any_left: bool):
    kept, ended_elsewhere = stage.sessions(2)
    plan = stage.plan([kept, ended_elsewhere] if is_any_left else [ended_elsewhere])
    stage.clock.advance(STALE_AFTER + 0.1)
    stage.server.end(ended_elsewhere.id)
    end = await stage.apply(plan)
    assert stage.server.requests == ([kept.id] if is_any_left else [])
    assert end.of(ended_elsewhere).outcome is Outcome.ALREADY_GONE
    assert end.report.is_whole
    assert end.events[0] == Reading(Purpose.RECHECK)
    assert end.report.listed is not None
    assert len(end.report.listed) == (0 if is_any_left else 1)


@pytest.mark.parametrize(("seconds", "is_old"), [(STALE_AFTER, False), (5.5, True), (-3600, True)])
async def test_a_plan_is_old_after_five_seconds_and_where_the_clock_leapt_back(
    stage: Stage, seconds: float, *, is_old: bool
):
    stage.sessions(2)
    plan = stage.plan()
    stage.clock.advance(seconds)
    end = await stage.apply(plan)
    assert (Reading(Purpose.RECHECK) in end.events) is is_old


async def test_lists_in_doubt_before_the_sending_are_not_what_the_lists_after_are_held_against(
    stage: Stage,
):
    session, *others = stage.sessions(12)
    plan = stage.plan([session])
    stage.clock.advance(60)
    stage.server.readings.extend([becomes(live={})] * 5)
    stage.server.readings.append(lambda server: server.add(*others))
    assert (await stage.apply(plan)).of(session).outcome is Outcome.REVOKED


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


@pytest.mark.parametrize(("included", "by_another"), [(True, False), (False, False), (True, True)])
async def test_our_own_session_is_gone_without_a_warning_where_the_plan_has_it(
    stage: Stage, *, included: bool, by_another: bool
):
    """Also where somebody else ended it before: that is not blamed on the run."""
    sessions = stage.sessions(3)
    own = stage.own_session()
    plan = stage.plan(None if included else sessions, allowed=Allowed(current=True))
    if by_another:
        stage.clock.advance(60)
        stage.server.end(own.id)
    end = await stage.apply(plan)
    assert end.ids(Outcome.REVOKED) == {
        one.id for one in (*sessions, *([own] if included and not by_another else []))
    }
    assert end.report.own_is_gone is (included and not by_another)
    assert not end.report.lost_own
    assert end.report.warning is None


# What was asked for besides the targets


@pytest.mark.parametrize(
    ("count", "is_so", "words"),
    [
        (49, {}, "1 already gone"),
        (50, {}, "1 unknown"),  # a round number: the list may be cut
        (0, {"complete": False}, "1 unknown"),
        (0, {"unreadable": 1}, "1 unknown"),
        (0, {"live": {"": new_session(1, token=None, revoke_with=None)}}, "1 unknown"),
        (0, {"own": "not listed"}, "1 unknown"),
    ],
)
async def test_a_full_id_that_is_not_listed_is_already_gone_where_nothing_speaks_against_it(
    stage: Stage, count: int, is_so: dict[str, object], words: str
):
    stage.sessions(count)
    becomes(**is_so)(stage.server)
    end = await stage.apply(stage.plan([], gone=("0123456789ab",)))
    assert [one.id for one in end.report.outcomes] == ["0123456789ab"]
    is_whole = words == "1 already gone"
    assert (end.report.words, end.report.is_whole) == (words, is_whole)
    assert end.report.exit_code == (0 if is_whole else 3)
    assert stage.server.log == []


@pytest.mark.parametrize(
    ("is_itself", "words"), [(True, "5 unknown · 1 not sent"), (False, "6 unknown")]
)
async def test_what_was_gone_is_not_claimed_to_be_where_the_list_turns_out_to_be_cut(
    stage: Stage, is_itself: bool, words: str
):
    stage.sessions(5)
    older = new_session(77, created_at=START - 20 * DAY)  # than all that were listed
    plan = stage.plan(gone=(older.id if is_itself else "0123456789ab",))
    stage.server.readings.append(lambda server: server.add(older))
    end = await stage.apply(plan)
    assert (end.report.words, end.report.exit_code) == (words, 3)


@pytest.mark.parametrize("named", [True, False])
async def test_only_a_named_session_that_a_rule_leaves_out_has_an_outcome(
    stage: Stage, named: bool
):
    own = stage.own_session()
    now = stage.server.now_listed()
    plan = make_plan(now, Selection([0], named=named), Allowed())
    end = await stage.apply(plan)
    assert end.report.is_whole is not named
    if named:
        assert end.of(own).outcome is Outcome.NOT_SENT
        assert end.of(own).reason == "current: this program's own session"


async def test_an_empty_plan_touches_neither_server_nor_diary(stage: Stage):
    end = await stage.apply(stage.plan([]))
    assert stage.server.log == []
    assert (end.report.words, end.report.exit_code) == ("nothing to revoke", 0)
    assert end.report.is_whole


FAULTS = [(lost(), 5), (timed_out(), 5), (refused(503), 1), (refused(401), 4), (refused(403), 1)]
REPLIES = [(works, 0), (does_nothing, 3), (says(refused(404)), 3)]


@pytest.mark.parametrize(("reply", "code"), [*REPLIES, *((says(one), 3) for one, _ in FAULTS)])
@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("verified", [True, False])
async def test_everything_gone_is_0_and_whatever_keeps_what_was_sent_from_ending_is_3(
    stage: Stage, reply: Reply, code: int, count: int, verified: bool
):
    stage.trials.verified = verified
    stage.sessions(count)
    stage.server.always = reply
    assert (await stage.apply(stage.plan())).report.exit_code == code


@pytest.mark.parametrize(("fault", "code"), FAULTS)
async def test_a_fault_before_anything_was_sent_gives_its_own(
    stage: Stage, fault: QiscusTuiError, code: int
):
    stage.sessions(3)
    plan = stage.plan()
    stage.clock.advance(60)
    stage.server.readings.append(fault)
    end = await stage.apply(plan)
    assert (stage.server.requests, end.report.words) == ([], "3 not sent")
    assert end.report.exit_code == code


# A list that is behind is waited for


def works_later(seconds: float, clock: ManualClock) -> Reply:
    """Ends the session, which the list shows after so many seconds."""
    due: list[tuple[float, str]] = []

    def reply(server: ScriptedServer, session: Session) -> None:
        due.append((clock.ticks + seconds, session.id))
        server.before_list = show

    def show(server: ScriptedServer) -> None:
        for at, session_id in due:
            if at <= clock.ticks:
                server.end(session_id)

    return reply


@pytest.mark.parametrize("behind", [0.5, 1.0, 4.0, 14.0])
@pytest.mark.parametrize("verified", [True, False])
async def test_a_list_that_is_behind_is_waited_for(stage: Stage, behind: float, verified: bool):
    stage.trials.verified = verified
    sessions = stage.sessions(9)
    stage.own_session()
    stage.server.always = works_later(behind, stage.clock)
    end = await stage.apply(stage.plan(sessions))
    assert len(end.ids(Outcome.REVOKED)) == 9
    assert end.report.exit_code == 0


async def test_a_list_that_is_behind_is_waited_for_where_it_is_not_whole_either(stage: Stage):
    (session,) = stage.sessions(1)
    stage.server.complete = False
    stage.server.always = works_later(4.0, stage.clock)
    end = await stage.apply(stage.plan())
    assert end.of(session).outcome is Outcome.UNKNOWN, "it ended, and is called still listed"


@pytest.mark.parametrize(
    ("reply", "seconds", "readings"),
    [
        (does_nothing, 29, 5),
        (says(NotQiscus("A web page", status=200)), 29, 5),
        (says(NotQiscus("A web page", status=404)), 0, 1),
        (says(refused(422)), 0, 1),
    ],
)
async def test_it_is_waited_for_thirty_seconds_and_not_for_what_the_server_refused(
    stage: Stage, reply: Reply, seconds: float, readings: int
):
    stage.sessions(2)
    stage.server.always = reply
    end = await stage.apply(stage.plan())
    assert len(end.ids(Outcome.FAILED)) == 2
    assert (sum(stage.clock.slept), stage.server.log.count("list")) == (seconds, readings)


@pytest.mark.parametrize(
    ("reply", "words", "readings"), [(works, "2 revoked", 2), (does_nothing, "2 failed", 2)]
)
async def test_a_list_that_takes_longer_than_that_is_read_twice_and_no_more(
    stage: Stage, reply: Reply, words: str, readings: int
):
    stage.sessions(2)
    stage.server.always = reply
    plan = stage.plan()
    stage.server.before_list = lambda _: stage.clock.advance(40)
    end = await stage.apply(plan)
    assert (end.report.words, stage.server.log.count("list")) == (words, readings)


# What ended besides


async def test_what_ended_beside_a_plan_of_one_is_counted_and_its_exit_code_is_3(stage: Stage):
    sessions = stage.sessions(9)
    stage.own_session()

    def ends_two_more(server: ScriptedServer, session: Session) -> None:
        for one in (session, *sessions[7:]):
            server.end(one.id)

    stage.server.always = ends_two_more
    end = await stage.apply(stage.plan(sessions[:1]))
    assert end.of(sessions[0]).outcome is Outcome.REVOKED
    assert (end.report.others_ended, end.report.exit_code) == (2, 3)
    assert stage.audit_trail.others_ended == 2


def ends_one_outside(server: ScriptedServer, session: Session) -> None:
    server.end(session.id)
    outside = next((one for one in server.live.values() if one.user == "outside"), None)
    if outside is not None:
        server.end(outside.id)


def beside(stage: Stage, planned: int) -> list[Session]:
    """Add sessions for a plan, as many others, and our own."""
    stage.own_session()
    sessions = stage.sessions(planned)
    stage.server.add(*(new_session(5000 + n, user="outside") for n in range(planned + 30)))
    return sessions


UNREADABLE = becomes(unreadable=3)
CAN_NOT_READ = "entries of the list could not be read that could be read before"


@pytest.mark.parametrize(
    ("reply", "reading", "halted", "others"),
    [
        (ends_one_outside, None, "10 sessions outside the plan ended meanwhile", 10),
        (ends_all, None, "81 sessions outside the plan ended meanwhile", 81),
        (works, UNREADABLE, f"can't tell what else the revokes end: {CAN_NOT_READ}", 0),
        (
            works, ServerFault("Listing failed: 500", status=500),
            "the list could not be read while sending: Listing failed: 500", 0,
        ),
    ],
    ids=["each ends another", "each ends all", "a list that proves nothing", "no list"],
)  # fmt: skip
async def test_a_bulk_is_stopped_after_its_first_answers_where(
    stage: Stage, reply: Reply, reading: ListStep | None, halted: str, others: int
):
    sessions = beside(stage, 50)
    stage.server.always = reply
    if reading is not None:
        stage.server.readings.append(reading)
    end = await stage.apply(stage.plan(sessions))
    assert len(stage.server.requests) == FIRST_SAMPLE
    assert end.report.halted == halted
    assert len(end.ids(Outcome.NOT_SENT)) == 40
    assert (end.report.others_ended, end.report.exit_code) == (others, 3)
    assert len(end.ids(Outcome.REVOKED)) == (0 if reading is UNREADABLE else FIRST_SAMPLE)
    assert end.report.lost_own is (reply is ends_all)


async def test_a_small_plan_is_not_sampled_and_a_larger_one_once(stage: Stage):
    sessions = beside(stage, 40)
    small = await stage.apply(stage.plan(sessions[:FIRST_SAMPLE]))
    assert Reading(Purpose.SAMPLE) not in small.events
    large = await stage.apply(stage.plan(sessions[FIRST_SAMPLE:]))
    assert large.events.count(Reading(Purpose.SAMPLE)) == 1
    assert large.report.is_whole


@pytest.mark.parametrize(("share", "samples"), [(1.01, [10, 510, 1010]), (0.401, [10, 1257])])
async def test_later_samples_are_some_hundred_answers_and_some_time_apart(
    stage: Stage, share: float, samples: list[int]
):
    """`share` of the pause passes while that many answers come."""
    sessions = beside(stage, 1500)

    def slow(server: ScriptedServer, session: Session) -> None:
        stage.clock.advance(share * SAMPLE_PAUSE / NEXT_SAMPLE)
        server.end(session.id)

    stage.server.always = slow
    end = await stage.apply(stage.plan(sessions), width=1)
    answered, at = 0, list[int]()
    for event in end.events:
        answered += isinstance(event, Answered)
        if event == Reading(Purpose.SAMPLE):
            at.append(answered)
    assert at == samples
    assert end.report.is_whole


async def test_what_an_id_stands_for_is_compared_before_a_plan_of_one_is_sent(stage: Stage):
    rows = [
        new_session(n, id=f"{n:012}", revoke_with=n, token=None, created_at=1000.0 + n)
        for n in range(1, 6)
    ]
    stage.server.add(*rows)
    plan = stage.plan([rows[2]])
    stage.server.live = {
        one.id: new_session(n, id=one.id, revoke_with=n, token=None, created_at=1001.0 + n)
        for n, one in enumerate(rows[:4], 1)
    }
    end = await stage.apply(plan)
    assert stage.server.requests == []
    assert end.report.halted == "ids in the list stand for other sessions than before"


A, B = new_session(1), new_session(2)


@pytest.mark.parametrize(
    ("readings", "ids", "count", "why"),
    [
        (([A, B],), {A.id}, 1, ""),
        (([A], [A]), {B.id}, 2, ""),
        (([A], [A, B]), {B.id}, 2, ""),
        (([], [A], [A]), {B.id}, 3, ""),
        (([A], [], [A], [], [A]), {B.id}, 5, "its readings differ"),
        (([A], [B], [A], [B], [A]), {B.id}, 2, ""),
    ],
)
async def test_an_id_is_missing_only_where_two_readings_agree(
    clock: ManualClock, readings: tuple[list[Session], ...], ids: set[str], count: int, why: str
):
    first, *later = map(listed, readings)

    async def read(**_: object) -> SessionList:
        return later.pop(0)

    reads = cast("Connection", SimpleNamespace(read_list=read, clock=clock))
    found = await settled(reads, first, ids, lambda _: None)
    assert found.incomplete_because == why
    assert len(readings) - len(later) == count
