"""The footer: as many of the commands as the width takes, the most important to the last."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import events
from textual.message import Message

from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Command, Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.terminal.app import keymap_of
from qiscus_tui.tui.widgets.one_line import Line, OneLine, Piece, Tone


class ActionBar(OneLine):
    """One line of keys and words: `space mark  enter detail  x revoke`."""

    @dataclass
    class Pressed(Message):
        """A command was clicked."""

        name: str

    def show_commands(self, scope: Scope, context: Context) -> None:
        """Show what is available in this scope now."""
        commands = registry.in_footer(scope, context, keymap_of(self))
        self.show_line(command_line(commands, context))

    def on_click(self, event: events.Click) -> None:
        """Report the command that was clicked."""
        event.stop()
        part = self.piece_at(event.x)
        if part is not None and part.name:
            self.post_message(self.Pressed(part.name))


def command_line(commands: Iterable[Command], context: Context) -> Line:
    """Return the footer's line."""
    return Line(
        tuple(
            Piece(
                ((command.key_shown, Tone.KEY), (f" {command.word(context)}", Tone.MUTED)),
                command.footer,
                command.name,
                after="  ",
            )
            for command in commands
        )
    )
