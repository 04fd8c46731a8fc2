"""Two readings in a row decide; a list that is behind is waited for, and a bulk is watched."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import cast

import pytest

from qiscus_tui.errors import ServerFault
from qiscus_tui.model.session import Session
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.revocation.run import FIRST_SAMPLE, NEXT_SAMPLE, SAMPLE_PAUSE
from qiscus_tui.service.revocation.sending import Answered, Purpose, Reading
from qiscus_tui.service.revocation.verification import Verification, settled, take_readings
from qiscus_tui.service.sessions.session_list import SessionList
from tests.clocks import ManualClock
from tests.service.scripted import (
    ListStep,
    Reply,
    ScriptedServer,
    Stage,
    becomes,
    does_nothing,
    ends_all,
    listed,
    new_session,
    refused,
    says,
    works,
)


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


async def test_it_is_waited_for_no_longer_than_thirty_seconds(stage: Stage):
    stage.sessions(2)
    stage.server.always = does_nothing
    end = await stage.apply(stage.plan())
    assert len(end.ids(Outcome.FAILED)) == 2
    assert sum(stage.clock.slept) == 29
    assert stage.server.log.count("list") == 5


async def test_what_the_server_refused_is_not_waited_for(stage: Stage):
    stage.sessions(2)
    stage.server.always = says(refused(422))
    end = await stage.apply(stage.plan())
    assert len(end.ids(Outcome.FAILED)) == 2
    assert stage.server.log.count("list") == 1


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


async def test_later_samples_are_some_hundred_answers_and_some_time_apart(stage: Stage):
    sessions = beside(stage, 1500)

    def slow(server: ScriptedServer, session: Session) -> None:
        stage.clock.advance(1.01 * SAMPLE_PAUSE / NEXT_SAMPLE)
        server.end(session.id)

    stage.server.always = slow
    end = await stage.apply(stage.plan(sessions), width=1)
    answered, at = 0, list[int]()
    for event in end.events:
        answered += isinstance(event, Answered)
        if event == Reading(Purpose.SAMPLE):
            at.append(answered)
    assert at == [10, 510, 1010]
    assert end.report.is_whole


async def test_what_ended_with_the_trial_is_not_counted_against_the_bulk(stage: Stage):
    stage.trials.verified = False
    sessions = beside(stage, 30)
    left = [1]

    def ends_one_more_once(server: ScriptedServer, session: Session) -> None:
        server.end(session.id)
        if left:
            left.clear()
            ends_one_outside(server, session)

    stage.server.always = ends_one_more_once
    end = await stage.apply(stage.plan(sessions))
    assert len(end.ids(Outcome.REVOKED)) == 30
    assert (end.report.others_ended, end.report.exit_code) == (1, 3)


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


# Ids that are not listed


def reading(read: Callable[..., Awaitable[SessionList]], clock: ManualClock) -> Connection:
    """A connection that reads the list so."""
    return cast("Connection", SimpleNamespace(read_list=read, clock=clock))


async def settled_from(*readings: list[Session], ids: set[str]) -> tuple[int, str]:
    """How often the list was read, and why it is not whole."""
    clock, waiting = ManualClock(), [listed(one) for one in readings]
    first = waiting.pop(0)
    count = 1

    async def read(**_: object) -> SessionList:
        nonlocal count
        count += 1
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    found = await settled(reading(read, clock), first, ids, lambda _: None)
    return count, found.incomplete_because


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
    readings: tuple[list[Session], ...], ids: set[str], count: int, why: str
):
    assert await settled_from(*readings, ids=ids) == (count, why)


async def test_readings_are_a_second_apart_and_numbered(clock: ManualClock):
    numbers: list[int] = []
    times: list[float] = []

    async def read(**_: object) -> SessionList:
        times.append(clock.ticks)
        return listed([B])

    found = Verification(listed([A, B]), frozenset([A.id]))
    await take_readings(reading(read, clock), found, on_reading=numbers.append)
    assert numbers == [1, 2]
    assert times[1] - times[0] >= 1
