"""Cancelling a run, and the terminal going away in the middle of one."""

import asyncio
import contextlib

import pytest

from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.revocation.sending import Answered, Event, Halted
from qiscus_tui.service.sessions.session_list import SessionList
from tests.clocks import ManualClock
from tests.service.scripted import (
    Ending,
    Reply,
    ScriptedServer,
    Stage,
    does_nothing,
    lost,
    refused,
    says,
    until,
    works,
)


async def stop_at(stage: Stage, answers: int, width: int = 16) -> Ending:
    """Apply a plan for all, and cancel after so many answers."""
    events: list[Event] = []

    def on_event(event: Event) -> None:
        events.append(event)
        if isinstance(event, Answered) and event.done == answers:
            run.stop()

    run = stage.run(stage.plan(), width, on_event)
    return Ending(events, await run.apply())


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_after_cancelling_nothing_more_is_sent_and_the_rest_is_not_sent(stage: Stage):
    stage.sessions(100)
    end = await stop_at(stage, answers=20, width=4)
    sent = set(stage.server.requests)
    assert 20 <= len(sent) <= 28
    assert end.ids(Outcome.REVOKED) == sent
    assert len(end.ids(Outcome.NOT_SENT)) == 100 - len(sent)
    assert (end.report.halted, end.report.exit_code) == ("cancelled", 3)
    assert end.report.fault is None


async def test_what_was_under_way_when_cancelled_is_verified_not_guessed(stage: Stage):
    stage.sessions(10)
    stage.server.turns = 20
    stage.server.always = does_nothing
    run = stage.run(stage.plan(), width=4)
    ended = asyncio.create_task(run.apply())
    await until(lambda: stage.server.under_way == 4)
    run.stop()
    assert (await ended).words == "4 failed · 6 not sent"


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


async def test_cancelled_before_it_began_it_sends_nothing(stage: Stage):
    stage.sessions(5)
    run = stage.run(stage.plan())
    run.stop()
    assert (await run.apply()).words == "5 not sent"
    assert stage.server.log == ["intent", "outcomes"]


async def test_the_first_reason_to_stop_stays(stage: Stage):
    stage.sessions(5)
    events: list[Event] = []
    run = stage.run(stage.plan(), on_event=events.append)
    run.stop("first")
    run.stop("second")
    assert (await run.apply()).halted == "first"
    assert [event for event in events if isinstance(event, Halted)] == [Halted("first")]


# The terminal goes away: the run is cancelled


class StandingClock(ManualClock):
    """Sleeping ends only when woken."""

    def __init__(self) -> None:
        super().__init__()
        self.sleepers: list[tuple[float, asyncio.Event]] = []
        self.is_awake = False

    async def sleep(self, seconds: float) -> None:
        if self.is_awake:
            await super().sleep(seconds)
            return
        woken = asyncio.Event()
        self.sleepers.append((seconds, woken))
        await woken.wait()

    def wake(self) -> None:
        """Let every sleep end, also those to come."""
        self.is_awake = True
        for _, woken in self.sleepers:
            woken.set()


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
        self.clock.wake()
        with contextlib.suppress(asyncio.CancelledError):
            await self.listening


async def test_when_closed_answers_under_way_get_two_seconds(stage: Stage):
    async with Closing(stage) as closing:
        assert [seconds for seconds, _ in closing.clock.sleepers] == [2.0]
        assert stage.server.under_way == 4
        assert not closing.listening.done()
        closing.clock.wake()
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
