"""What the screens over the list have in common: the footer acts, and escape leaves."""

from typing import ClassVar

from textual import events, on

from qiscus_tui.tui import actions
from qiscus_tui.tui.action import Scope
from qiscus_tui.tui.base.screen import BaseScreen
from qiscus_tui.tui.widgets.action_bar import ActionBar


class StackedScreen(BaseScreen[None]):
    """A screen over another one: its actions by the footer too, and left again."""

    HOW_BACK: ClassVar[str] = "esc goes back to it"
    """How the list is reached from here."""

    def on_key(self, event: events.Key) -> None:
        """A key of the list says where it works."""
        if actions.is_for_the_list(event.key, self.SCOPE):
            words = f"That key works in the list: {self.HOW_BACK}."
            self.notify(words, severity="warning", markup=False)

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
