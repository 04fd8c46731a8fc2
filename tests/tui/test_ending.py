"""What is drawn while the app ends: a screen's widgets go before the screen does."""

from qiscus_tui.model.clock import DAY
from tests.clocks import ManualClock
from tests.tui.demo_app import at_sessions


async def test_a_screen_whose_widgets_are_gone_can_still_be_drawn(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        for keys in (("j", "enter"), ("o",), ("A",)):
            await running.press(*keys)
            screen = running.app.screen
            assert screen is not running.sessions
            await screen.remove_children()
            clock.advance(10 * DAY)
            running.sessions.reload()  # which the screen in front follows
            await running.settle()
            assert running.app.screen is screen
            screen.dismiss()
            await running.settle()
