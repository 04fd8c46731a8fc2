"""The footer: as many of the commands as the width takes, the most important to the last."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip

from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.added_keys import with_added_keys
from qiscus_tui.tui.commands.command import Command, Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Piece, Tone

EXTRA = 20
"""Commands of less importance are shown only where no other has to move closer for them."""


class ActionBar(OneLine):
    """One line of keys and words: `space mark  enter detail  x revoke`."""

    _commands: tuple[Command, ...] = ()

    @dataclass
    class Pressed(Message):
        """A command was clicked."""

        name: str

    _fitted_to: int | None = None
    """The width for which the line is."""

    def show_commands(self, scope: Scope, context: Context) -> None:
        """Show what is available in this scope now."""
        commands = with_added_keys(registry.in_footer(scope, context), self)
        if commands != self._commands:
            self._commands = commands
            self.show_line(self._fitted())

    def render_line(self, y: int) -> Strip:
        if self._fitted_to != self.size.width:
            self._line = self._fitted()
        return super().render_line(y)

    def _fitted(self) -> Line:
        """Leave out what does not fit; before that, the least important move a cell closer."""
        self._fitted_to = width = self.size.width
        shown = list(self._commands) if width else []
        while True:
            line = command_line(shown)
            over, movable = line.width - width, [one for one in shown if not _stays(one)]
            if over <= 0 or not movable:
                return line
            least = min(movable, key=lambda command: command.footer)
            if over < len(movable) and least.footer >= EXTRA:
                return command_line(shown, closer=over)
            shown.remove(least)

    def on_click(self, event: events.Click) -> None:
        """Report the command that was clicked."""
        event.stop()
        part = self.piece_at(event.x)
        if part is not None and part.name:
            self.post_message(self.Pressed(part.name))


def _stays(command: Command) -> bool:
    return command.footer >= ALWAYS


def command_line(commands: Sequence[Command], closer: int = 0) -> Line:
    """Return the footer's line; so many of the least important move a cell closer."""
    close = sorted(command.footer for command in commands)[:closer]
    return Line(
        tuple(
            Piece(
                ((command.key_shown, Tone.KEY), (f" {command.label}", Tone.MUTED)),
                command.footer,
                command.name,
                after=" " if command.footer in close else "  ",
            )
            for command in commands
        )
    )
