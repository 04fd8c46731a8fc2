"""Revoking in the app, where the server's clock is not ours."""

from qiscus_tui.model.durations import DAY
from tests.clocks import ManualClock
from tests.sandbox import demo_state
from tests.sandbox.calls import Call
from tests.tui.demo_app import at_login

DIFFERENCE = "The server's clock is 3.5 days ahead of this machine's"
BY_AGE = ("slash", *"age", "colon", "greater_than_sign", *"7d", "enter")


async def test_what_was_marked_by_age_is_refused_where_the_clocks_differ_by_days(
    clock: ManualClock,
) -> None:
    state = demo_state(ManualClock(clock.now() + 3.5 * DAY), sessions=40)
    async with at_login(clock, state=state) as running:
        await running.press("enter")
        await running.press(*BY_AGE)
        await running.press("a", "escape")
        await running.press("x")
        assert DIFFERENCE in running.words()
        assert "--allow-clock-offset" in running.words()
        clock.advance(1)
        await running.press("y")
        assert running.app.screen is not running.sessions
        assert state.calls[Call.REVOKE] == 0
        await running.press("escape", "u", "x")
        assert DIFFERENCE in running.words()
        assert "--allow-clock-offset" not in running.words()
        clock.advance(1)
        await running.press("y")
        assert state.calls[Call.REVOKE] == 1


async def test_what_was_marked_by_age_is_not_refused_where_the_clocks_agree(
    clock: ManualClock,
) -> None:
    async with at_login(clock) as running:
        await running.press("enter")
        await running.press(*BY_AGE)
        await running.press("a", "x")
        assert "What uses these tokens stops working" in running.words()
        assert "clock" not in running.words()
