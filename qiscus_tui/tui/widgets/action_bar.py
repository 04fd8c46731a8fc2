"""The footer: as many of the actions as the width takes, the dearest to the last."""

from collections.abc import Iterable

from textual import events
from textual.message import Message

from qiscus_tui.tui.actions import Action
from qiscus_tui.tui.widgets.one_line import Line, OneLine, Piece, Tone


class ActionBar(OneLine):
    """One line of keys and words: `space mark  enter detail  x revoke`."""

    class Pressed(Message):
        """An action was clicked; run `action_<name>`."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def show_actions(self, actions: Iterable[Action]) -> None:
        """Show these, in this order. Choose them by `actions.in_footer`."""
        self.show_line(action_line(actions))

    def on_click(self, event: events.Click) -> None:
        """Ask for the action that was clicked."""
        event.stop()
        part = self.piece_at(event.x)
        if part is not None and part.name:
            self.post_message(self.Pressed(part.name))


def action_line(actions: Iterable[Action]) -> Line:
    """The footer's line."""
    return Line(
        tuple(
            Piece(
                ((action.key_shown, Tone.KEY), (f" {action.label}", Tone.MUTED)),
                action.footer,
                action.name,
                after="  ",
            )
            for action in actions
        )
    )
