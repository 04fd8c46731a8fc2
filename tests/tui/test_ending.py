"""What is drawn while the app ends: a screen's widgets go before the screen does."""

import pytest

from qiscus_tui.model.clock import DAY
from tests.clocks import ManualClock
from tests.tui.demo_app import at_sessions


@pytest.mark.parametrize("keys", [("j", "enter"), ("o",), ("A",)])
async def test_a_screen_whose_widgets_are_gone_can_still_be_drawn(
    clock: ManualClock, keys: tuple[str, ...]
) -> None:
    async with at_sessions(clock) as running:
        await running.press(*keys)
        screen = running.app.screen
        await screen.remove_children()
        clock.advance(40 * DAY)
        running.sessions.reload()  # which the screen in front follows
        await running.settle()
        assert running.app.screen is screen
