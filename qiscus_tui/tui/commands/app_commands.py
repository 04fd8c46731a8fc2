"""The commands that work on every screen."""

from functools import partial

from qiscus_tui.tui.commands.command import Command, Group, Scope
from qiscus_tui.tui.widgets.one_line import ALWAYS

_everywhere = partial(Command, group=Group.PROGRAM, scopes=(Scope.APP,))

APP_COMMANDS = (
    _everywhere(
        name="palette",
        keys=("colon",),
        label="commands",
        help="Every command by name.",
    ),
    _everywhere(
        name="help",
        keys=("question_mark",),
        label="help",
        title="Help",
        help="Keys, signs and words.",
        footer=ALWAYS,
    ),
    _everywhere(
        name="theme",
        title="Theme: dark, light, or as the terminal is",
        help="Choose the colours; kept for the next run.",
        on_app=True,
    ),
    _everywhere(
        name="quit",
        keys=("q",),
        label="quit",
        title="Quit",
        help="Leave the program; asks while a plan runs.",
        footer=ALWAYS,
    ),
    Command(
        name="interrupt",
        keys=("ctrl+c",),
        label="quit",
        help="Leave the program from anywhere, with the exit code of an interrupt.",
        group=Group.PROGRAM,
        scopes=(Scope.LOGIN,),
        footer=ALWAYS,
        on_app=True,
        bound=False,
    ),
)
