"""The commands that work on every screen."""

from qiscus_tui.tui.commands.command import Command, Group, Scope
from qiscus_tui.tui.widgets.one_line import ALWAYS

_APP = (Scope.APP,)

APP_COMMANDS = (
    Command(
        name="palette",
        keys=("colon",),
        label="commands",
        help="Every command by name.",
        group=Group.PROGRAM,
        scopes=_APP,
    ),
    Command(
        name="help",
        keys=("question_mark",),
        label="help",
        title="Help",
        help="Keys, signs and words.",
        group=Group.PROGRAM,
        scopes=_APP,
        footer=ALWAYS,
    ),
    Command(
        name="theme",
        title="Theme: dark, light, or as the terminal is",
        help="Choose the colours; kept for the next run.",
        group=Group.PROGRAM,
        scopes=_APP,
        on_app=True,
    ),
    Command(
        name="quit",
        keys=("q",),
        label="quit",
        title="Quit",
        help="Leave the program; asks while a plan runs.",
        group=Group.PROGRAM,
        scopes=_APP,
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
