"""What the screens over the list have in common: escape leaves them."""

from typing import ClassVar

from textual import events

from qiscus_tui.tui.base.screen import BaseScreen
from qiscus_tui.tui.commands import registry


class StackedScreen(BaseScreen[None]):
    """A screen over another one."""

    HOW_BACK: ClassVar[str] = "esc goes back to it"
    """How the list is reached from here."""

    def on_key(self, event: events.Key) -> None:
        """A key of the list says where it works."""
        if registry.is_for_the_list(event.key, self.SCOPE):
            words = f"That key works in the list: {self.HOW_BACK}."
            self.notify(words, severity="warning", markup=False)

    def action_back(self) -> None:
        """Back to what is behind."""
        self.dismiss()
