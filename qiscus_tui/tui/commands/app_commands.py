"""The commands of the program: on every screen, and what concerns the account as a whole."""

from functools import partial

from qiscus_tui.tui.commands.command import LIST, Command, Heading, Scope
from qiscus_tui.tui.commands.context import IDLE, SERVER, WHOLE_FILTER
from qiscus_tui.tui.widgets.one_line import ALWAYS

_of_the_account = partial(Command, heading=Heading.ACCOUNT)
_everywhere = partial(Command, heading=Heading.PROGRAM, scopes=(Scope.APP,))

APP_COMMANDS = (
    _of_the_account(
        name="reload",
        keys=("r",),
        title="Reload the list",
        help="Read the list again. Cursor and marks stay on their sessions.",
        scopes=(*LIST, Scope.DETAIL, Scope.OVERVIEW),
        footer=40,
        needs=(IDLE,),
        on_app=True,
    ),
    _of_the_account(
        name="refresh_token",
        keys=("R",),
        title="Refresh the short-lived token",
        help="Get a new short-lived token for this program.",
        needs=SERVER,
        on_app=True,
    ),
    Command(
        name="revoke_all",
        keys=("X",),
        title="Revoke all…",
        help="End every session of this user, including this one, and go on with a new token.",
        heading=Heading.REVOKE,
        needs=(WHOLE_FILTER, *SERVER),
        on_app=True,
    ),
    _of_the_account(
        name="accounts",
        keys=("A",),
        title="Accounts…",
        help="The accounts of this machine: switch, add, log out, forget.",
        footer=9,
        needs=(IDLE,),
        on_app=True,
    ),
    _of_the_account(
        name="audit",
        keys=("L",),
        title="Audit: what was revoked from here",
        help="What was revoked from here, newest first.",
        footer=13,
        on_app=True,
    ),
    _everywhere(
        name="palette",
        keys=("colon",),
        label="commands",
        help="Every command by name.",
    ),
    _everywhere(
        name="help",
        keys=("question_mark",),
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
        title="Quit",
        help="Leave the program; asks while a plan runs.",
        footer=ALWAYS,
    ),
    Command(
        name="interrupt",
        keys=("ctrl+c",),
        label="quit",
        help="Leave the program from anywhere, with the exit code of an interrupt.",
        heading=Heading.PROGRAM,
        scopes=(Scope.LOGIN,),
        footer=ALWAYS,
        on_app=True,
        bound=False,
    ),
)
