"""What the screens over the list have in common: the footer acts, and escape leaves."""

from textual import on

from qiscus_tui.tui import actions
from qiscus_tui.tui.action import Scope
from qiscus_tui.tui.screens.sized import SizedScreen
from qiscus_tui.tui.widgets.action_bar import ActionBar


class StackedScreen(SizedScreen[None]):
    """A screen over another one: its actions by the footer too, and left again."""

    def action_back(self) -> None:
        """Back to what is behind."""
        if self.is_in_front:
            self.dismiss()

    @on(ActionBar.Pressed)
    async def _pressed(self, pressed: ActionBar.Pressed) -> None:
        pressed.stop()
        action = actions.named(pressed.name)
        if action is not None:
            where = "app" if Scope.APP in action.scopes else "screen"
            await self.app.run_action(f"{where}.{pressed.name}", self)
