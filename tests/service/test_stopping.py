"""When a run stops: cancelled, cut off, or by itself; and how wide it goes."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

import pytest

from qiscus_tui.errors import ConfigError, NamedTokenInvalid, NotQiscus, QiscusTuiError, Unreadable
from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.revocation.run import Revocation
from qiscus_tui.service.revocation.sending import (
    GROW_AFTER,
    IN_A_ROW,
    Breaker,
    Event,
    Halted,
    Width,
)
from qiscus_tui.service.revocation.verification import MOST_READINGS
from qiscus_tui.service.sessions.session_list import SessionList
from tests.clocks import ManualClock
from tests.service.scripted import (
    Reply,
    ScriptedServer,
    Stage,
    does_nothing,
    lost,
    refused,
    says,
    timed_out,
    until,
    works,
)


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_after_cancelling_nothing_more_is_sent_and_the_rest_is_not_sent(stage: Stage):
    stage.sessions(100)
    end = await stage.apply(stage.plan(), width=4, stop_after=20)
    sent = set(stage.server.requests)
    assert 20 <= len(sent) <= 28
    assert end.ids(Outcome.REVOKED) == sent
    assert len(end.ids(Outcome.NOT_SENT)) == 100 - len(sent)
    assert (end.report.halted, end.report.exit_code) == ("cancelled", 3)
    assert end.report.fault is None


@pytest.mark.parametrize(
    ("stop", "readings"),
    [(Revocation.stop, MOST_READINGS), (partial(Revocation.stop, awaits=False), 1)],
)
async def test_what_was_under_way_when_cancelled_is_verified_not_guessed(
    stage: Stage, stop: Callable[[Revocation], None], readings: int
):
    stage.sessions(10)
    stage.server.turns = 20
    stage.server.always = does_nothing
    run = stage.run(stage.plan(), width=4)
    ended = asyncio.create_task(run.apply())
    await until(lambda: stage.server.under_way == 4)
    stop(run)
    assert (await ended).words == "4 failed · 6 not sent"
    assert stage.server.log.count("list") == readings


async def test_a_wait_for_the_next_try_ends_at_once_when_cancelled(stage: Stage):
    stage.sessions(1)
    clock = stage.server.clock = StandingClock()
    stage.server.always = says(refused(500))
    run = stage.run(stage.plan())
    ended = asyncio.create_task(run.apply())
    await until(lambda: clock.sleepers)
    run.stop()
    assert (await ended).words == "1 failed"
    assert len(stage.server.requests) == 1


async def test_cancelled_before_it_began_it_sends_nothing_and_the_first_reason_stays(stage: Stage):
    stage.sessions(5)
    events: list[Event] = []
    run = stage.run(stage.plan(), on_event=events.append)
    run.stop("first")
    run.stop("second")
    report = await run.apply()
    assert (report.words, report.halted) == ("5 not sent", "first")
    assert [event for event in events if isinstance(event, Halted)] == [Halted("first")]
    assert stage.server.log == ["intent", "outcomes"]


# The terminal goes away: the run is cancelled


class StandingClock(ManualClock):
    """Sleeping ends only when it is awake."""

    def __init__(self) -> None:
        super().__init__()
        self.sleepers: list[float] = []
        self.awake = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        if self.awake.is_set():
            await super().sleep(seconds)
        self.sleepers.append(seconds)
        await self.awake.wait()


class Closing:
    """A run whose answers are held, and that is being closed."""

    def __init__(self, stage: Stage, width: int = 4) -> None:
        self.stage = stage
        self.clock = stage.server.clock = StandingClock()
        self.released = stage.server.held = asyncio.Event()
        stage.sessions(20)
        self.run = stage.run(stage.plan(), width)

    async def __aenter__(self) -> "Closing":
        self.listening = asyncio.create_task(self.run.apply())
        await until(lambda: self.stage.server.under_way)
        await settle()
        self.listening.cancel()
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.clock.awake.set()
        with contextlib.suppress(asyncio.CancelledError):
            await self.listening


async def test_when_closed_answers_under_way_get_two_seconds(stage: Stage):
    async with Closing(stage) as closing:
        assert closing.clock.sleepers == [2.0]
        assert stage.server.under_way == 4
        assert not closing.listening.done()
        closing.clock.awake.set()
        await until(closing.listening.done)
        assert stage.server.under_way == 0
    assert stage.audit_trail.cuts == [(4, 0)]  # sent and answered


async def test_once_cancelled_nothing_waits_for_another_try(stage: Stage):
    stage.sessions(1)
    run = stage.run(stage.plan())

    def cancelled_meanwhile(server: ScriptedServer, session: object) -> None:
        run.stop()
        raise refused(503)

    stage.server.always = cancelled_meanwhile
    await run.apply()
    assert len(stage.server.requests) == 1
    assert stage.clock.slept == []


@pytest.mark.parametrize("no_disk", [True, False])
@pytest.mark.parametrize("reply", [works, says(lost())])
async def test_when_closed_it_ends_as_soon_as_the_answers_are_here_and_leaves_nothing_open(
    stage: Stage, reply: Reply, *, no_disk: bool
):
    """Nothing more is sent, not even for the list, and no lost answer is tried again."""
    stage.server.always, stage.audit_trail.no_outcomes = reply, no_disk
    async with Closing(stage) as closing:
        closing.released.set()
        await until(closing.listening.done)
        assert len(stage.server.live) == (16 if reply is works else 20)
    await settle()
    assert len(stage.server.requests) == 4
    assert [stage.server.log.count(one) for one in ("intent", "list", "outcomes")] == [1, 0, 0]
    assert stage.server.senders_open == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_when_closed_during_the_trial_the_list_is_not_read(stage: Stage):
    stage.trials.verified = False
    async with Closing(stage) as closing:
        closing.released.set()
        await settle()
    assert len(stage.server.requests) == 1
    assert "list" not in stage.server.log


@pytest.mark.parametrize("held_reading", [1, 2])
async def test_when_closed_while_the_list_is_read_it_ends_at_once(
    stage: Stage, held_reading: int, monkeypatch: pytest.MonkeyPatch
):
    stage.sessions(3)
    plan = stage.plan()
    stage.clock.advance(60)
    read_list, reading, readings = stage.server.read_list, asyncio.Event(), 0

    async def held_list(**_: object) -> SessionList:
        nonlocal readings
        readings += 1
        if readings == held_reading:
            reading.set()
            await asyncio.Event().wait()
        return await read_list()

    monkeypatch.setattr(stage.server, "read_list", held_list)
    listening = asyncio.create_task(stage.apply(plan))
    await reading.wait()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert "outcomes" not in stage.server.log
    assert len(stage.server.requests) == (0 if held_reading == 1 else 3)


# By itself: the breaker


@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 1)])
async def test_the_first_401_or_403_stops_the_bulk(stage: Stage, status: int, code: int):
    sessions = stage.sessions(30)
    stage.server.replies[sessions[3].id].append(says(refused(status)))
    end = await stage.apply(stage.plan(), width=1)
    assert stage.server.requests == [s.id for s in sessions[:4]]
    assert end.report.halted == refused(status).message
    assert end.report.fault is not None
    assert end.report.fault.exit_code == code
    assert len(end.ids(Outcome.NOT_SENT)) == 26
    assert {o.reason for o in end.report.outcomes if o.outcome is Outcome.NOT_SENT} == {
        end.report.halted
    }


NOT_UNDERSTOOD = [refused(400), refused(405), refused(422)]
PAGE, NAMED = NotQiscus("a web page", status=405), NamedTokenInvalid("invalid token", status=401)
NINE = [refused(400)] * (IN_A_ROW - 1)
ANOTHER = [None, refused(404), refused(409), refused(503), Unreadable("HTML", status=200)]


@pytest.mark.parametrize(
    ("answers", "trips"),
    [
        *(([one] * IN_A_ROW, True) for one in (*NOT_UNDERSTOOD, PAGE, NAMED)),
        ([*NOT_UNDERSTOOD * 3, PAGE], True),
        (NINE, False),
        ([*NINE, lost(), timed_out(), PAGE], True),  # no answer is neither of the row nor its end
        *(([*NINE, between, *NINE], False) for between in ANOTHER),
    ],
)
def test_ten_answers_in_a_row_that_the_call_is_not_understood_trip_the_breaker(
    answers: list[QiscusTuiError | None], trips: bool
):
    tripped: list[QiscusTuiError] = []
    breaker = Breaker(tripped.append)
    for answer in answers:
        breaker.record(answer)
    assert tripped == ([answers[-1]] if trips else [])


async def test_ten_sessions_in_a_row_given_up_stop_the_bulk(stage: Stage):
    stage.sessions(30)
    stage.server.always = says(timed_out())
    end = await stage.apply(stage.plan(), width=1)
    assert len(set(stage.server.requests)) == IN_A_ROW
    assert end.report.halted == "No answer within 20 s"
    assert end.report.fault is not None
    assert end.report.fault.exit_code == 5
    assert len(end.ids(Outcome.NOT_SENT)) == 20


async def test_a_session_that_went_well_between_begins_that_row_anew(stage: Stage):
    sessions = stage.sessions(25)
    for index, session in enumerate(sessions):
        if index % 10 != 9:
            stage.server.replies[session.id].extend([says(lost())] * 5)
    end = await stage.apply(stage.plan(), width=1)
    assert end.report.halted is None


async def test_where_no_connection_can_be_had_nothing_is_sent_and_it_is_told(stage: Stage):
    stage.sessions(30)
    stage.server.no_sender = ConfigError("The proxy cannot be used")
    for verified in (True, False):
        stage.trials.verified = verified
        end = await stage.apply(stage.plan())
        assert stage.server.requests == []
        assert len(end.ids(Outcome.NOT_SENT)) == 30
        assert end.report.halted == "The proxy cannot be used"


# The width


@pytest.mark.parametrize(("width", "most"), [(5, 5), (64, 9), (0, 1), (-3, 1)])
async def test_no_more_are_under_way_than_the_width(stage: Stage, width: int, most: int):
    stage.sessions(9)
    stage.server.turns = 7
    end = await stage.apply(stage.plan(), width=width)
    assert (stage.server.most_under_way, end.report.words) == (most, "9 revoked")


def hear(width: Width, *errors: QiscusTuiError | None, era: int = 0) -> int:
    """The width after these answers."""
    for error in errors:
        width.record(error, era)
    return width.now


@pytest.mark.parametrize(
    ("answers", "width"),
    [([429], 8), ([503], 8), ([503] * 16, 8), ([500], 16), ([502], 16), ([504], 16)],
)
def test_one_overload_halves_the_width_once_and_no_other_fault_does(answers: list[int], width: int):
    assert hear(Width(16), *map(refused, answers)) == width


async def test_the_next_overload_halves_it_again_down_to_one():
    width, found = Width(16), list[int]()
    for _ in range(5):
        async with width.slot() as era:
            found.append(hear(width, refused(503), era=era))
    assert found == [8, 4, 2, 1, 1]


def test_it_grows_back_after_good_answers_and_not_beyond_what_was_asked():
    width = Width(4)
    hear(width, refused(503))
    for now in (2, 3):
        assert hear(width, *[None] * (GROW_AFTER - 1)) == now
        assert hear(width, None) == now + 1
    assert hear(width, *[None] * GROW_AFTER * 3) == 4


async def test_it_is_idle_once_no_slot_is_held():
    width = Width(4)
    idle = asyncio.ensure_future(width.idle())
    async with width.slot():
        async with width.slot():
            await asyncio.sleep(0)
        await settle()
        assert not idle.done()
    await idle


async def test_the_tries_after_an_overload_are_narrow_too(stage: Stage):
    stage.sessions(10)
    stage.server.turns = 5
    stage.server.next_replies.extend([says(refused(503))] * 10)
    widths: list[int] = []

    def notes(server: object, session: object) -> None:
        widths.append(stage.server.under_way)
        stage.server.end(stage.server.requests[-1])

    stage.server.always = notes
    await stage.apply(stage.plan(), width=10)
    assert stage.server.most_under_way == 10
    assert max(widths) <= 5
