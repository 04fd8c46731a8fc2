"""When a yes counts."""

import pytest

from qiscus_tui.tui.dialogs.guard import APART, DEAD, Guard
from tests.clocks import ManualClock


@pytest.fixture
def guard(clock: ManualClock) -> Guard:
    made = Guard(clock)
    made.drawn()
    return made


async def meant(guard: Guard) -> bool:
    guard.heard()
    return await guard.is_meant()


async def test_nothing_is_meant_before_it_is_drawn(clock: ManualClock) -> None:
    guard = Guard(clock)
    clock.advance(60)
    assert not await meant(guard)


async def test_nothing_is_meant_in_the_first_half_second(clock: ManualClock, guard: Guard) -> None:
    clock.advance(DEAD - 0.01)
    assert not await meant(guard)


async def test_a_single_key_after_it_is_meant(clock: ManualClock, guard: Guard) -> None:
    clock.advance(DEAD)
    assert guard.awake
    assert await meant(guard)


async def test_a_key_right_behind_another_is_not_meant(clock: ManualClock, guard: Guard) -> None:
    clock.advance(1)
    guard.heard()
    clock.advance(APART / 2)
    assert not await meant(guard)


async def test_a_key_right_before_another_is_not_meant() -> None:
    class Followed(ManualClock):
        async def sleep(self, seconds: float) -> None:
            guard.heard()
            await super().sleep(seconds)

    clock = Followed()
    guard = Guard(clock)
    guard.drawn()
    clock.advance(1)
    assert not await meant(guard)


async def test_a_question_that_changes_is_dead_again(clock: ManualClock, guard: Guard) -> None:
    clock.advance(5)
    guard.sleep()
    assert not await meant(guard)
    guard.drawn()
    assert not await meant(guard)
    clock.advance(DEAD)
    assert await meant(guard)
