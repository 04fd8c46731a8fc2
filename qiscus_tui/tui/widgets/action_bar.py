"""The footer: as many of the actions as the width takes, the dearest to the last."""

from collections.abc import Iterable, Sequence

from textual import events
from textual.message import Message

from qiscus_tui.tui.action import Action
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Piece, Tone


class ActionBar(OneLine):
    """One line of keys and words: `space mark  enter detail  x revoke`."""

    _actions: tuple[Action, ...] = ()

    class Pressed(Message):
        """An action was clicked; run `action_<name>`."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def show_actions(self, actions: Iterable[Action]) -> None:
        """Show these, in this order. Choose them by `actions.in_footer`."""
        self._actions = tuple(actions)
        self._fit_in()

    def on_resize(self) -> None:
        """Stand closer, or not any more."""
        self._fit_in()

    def _fit_in(self) -> None:
        """Before one is left out, the least important stand a cell closer, if that will do."""
        line = action_line(self._actions)
        over = line.width - self.size.width
        if 0 < over < sum(action.footer < ALWAYS for action in self._actions):
            line = action_line(self._actions, closer=over)
        self.show_line(line)

    def on_click(self, event: events.Click) -> None:
        """Ask for the action that was clicked."""
        event.stop()
        part = self.piece_at(event.x)
        if part is not None and part.name:
            self.post_message(self.Pressed(part.name))


def action_line(actions: Sequence[Action], closer: int = 0) -> Line:
    """The footer's line; so many of the least important are closer to what stands before."""
    close = sorted(action.footer for action in actions)[:closer]
    return Line(
        tuple(
            Piece(
                ((action.key_shown, Tone.KEY), (f" {action.label}", Tone.MUTED)),
                action.footer,
                action.name,
                after=" " if action.footer in close else "  ",
            )
            for action in actions
        )
    )
