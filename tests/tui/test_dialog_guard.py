"""When a yes counts."""

import pytest

from qiscus_tui.tui.dialogs.question import ARM_DELAY, KEY_GAP, Guard
from tests.clocks import ManualClock


@pytest.fixture
def guard(clock: ManualClock) -> Guard:
    made = Guard(clock)
    made.arm()
    return made


async def meant(guard: Guard) -> bool:
    guard.record_key()
    return await guard.is_meant()


async def test_nothing_is_meant_before_it_is_drawn(clock: ManualClock) -> None:
    guard = Guard(clock)
    clock.advance(60)
    assert not await meant(guard)


async def test_nothing_is_meant_in_the_first_half_second(clock: ManualClock, guard: Guard) -> None:
    clock.advance(ARM_DELAY - 0.01)
    assert not await meant(guard)


async def test_a_single_key_after_it_is_meant(clock: ManualClock, guard: Guard) -> None:
    clock.advance(ARM_DELAY)
    assert guard.armed
    assert await meant(guard)


async def test_a_key_right_behind_another_is_not_meant(clock: ManualClock, guard: Guard) -> None:
    clock.advance(1)
    guard.record_key()
    clock.advance(KEY_GAP / 2)
    assert not await meant(guard)


async def test_a_key_right_before_another_is_not_meant() -> None:
    class Followed(ManualClock):
        async def sleep(self, seconds: float) -> None:
            guard.record_key()
            await super().sleep(seconds)

    clock = Followed()
    guard = Guard(clock)
    guard.arm()
    clock.advance(1)
    assert not await meant(guard)


async def test_a_question_that_changes_right_behind_a_key_makes_it_no_yes() -> None:
    class Changed(ManualClock):
        async def sleep(self, seconds: float) -> None:
            guard.disarm()
            await super().sleep(seconds)

    clock = Changed()
    guard = Guard(clock)
    guard.arm()
    clock.advance(1)
    assert not await meant(guard)


async def test_a_question_that_changes_is_dead_again(clock: ManualClock, guard: Guard) -> None:
    clock.advance(5)
    guard.disarm()
    assert not await meant(guard)
    guard.arm()
    assert not await meant(guard)
    clock.advance(ARM_DELAY)
    assert await meant(guard)
