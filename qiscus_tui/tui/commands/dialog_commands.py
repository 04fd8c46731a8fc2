"""The commands of the dialogs."""

from functools import partial

from qiscus_tui.tui.commands.command import Command, Heading, Scope
from qiscus_tui.tui.commands.context import (
    CAN_CANCEL,
    COMMAND_LINE,
    LIST_BEHIND,
    QUESTION,
    RESULT,
    RULES,
    RUNNING,
    left_out,
)

_in_dialogs = partial(Command, heading=Heading.DIALOG)
_in_revoke = partial(Command, heading=Heading.DIALOG, scopes=(Scope.REVOKE,))
_scrolling = partial(Command, heading=Heading.MOVE, scopes=(Scope.DIALOG,))

DIALOG_COMMANDS = (
    _in_dialogs(
        name="confirm",
        keys=("y",),
        help="Confirm. Not in the first half second, and never by a paste or keys typed ahead.",
        scopes=(Scope.QUESTION,),
        needs=QUESTION,
    ),
    _in_dialogs(
        name="cancel",
        keys=("escape", "n"),
        shown_as="n esc",
        help="Cancel; while a plan runs, stop sending at once, then ask whether to go on.",
        scopes=(Scope.DIALOG,),
        needs=(CAN_CANCEL,),
    ),
    _in_revoke(
        name="allow_current",
        keys=("c",),
        help="In the revoke dialog: also this program's own session, or not.",
        needs=left_out("current"),
    ),
    _in_revoke(
        name="allow_protected",
        keys=("p",),
        help="In the revoke dialog: also protected sessions, or not.",
        needs=left_out("protected"),
    ),
    _in_revoke(
        name="allow_hidden",
        keys=("h",),
        help="In the revoke dialog: also sessions that the filter hides, or not.",
        needs=left_out("hidden"),
    ),
    _in_revoke(
        name="rules",
        keys=("r",),
        help="In the revoke dialog: keep the newest of each group and what was used, or not.",
        needs=RULES,
    ),
    _in_revoke(
        name="keep_more",
        keys=("plus",),
        help="In the revoke dialog: keep one more of the newest of each group.",
        needs=RULES,
    ),
    _in_revoke(
        name="keep_fewer",
        keys=("minus",),
        help="In the revoke dialog: keep one fewer of the newest of each group.",
        needs=RULES,
    ),
    _in_revoke(
        name="next_used_within",
        keys=("t",),
        help="In the revoke dialog: keep what was used within 1h, 24h, 7d, or not.",
        needs=RULES,
    ),
    _in_revoke(
        name="copy_command",
        keys=("equals_sign",),
        help="In the revoke dialog: copy the command line that does the same.",
        needs=COMMAND_LINE,
    ),
    _in_dialogs(
        name="finish",
        keys=("enter",),
        help="Close a dialog that is done.",
        scopes=(Scope.REVOKE, Scope.REVOKE_ALL),
        needs=(RESULT,),
    ),
    _in_revoke(
        name="quit_during_run",
        keys=("q",),
        help="While a plan runs: stop sending at once; again, leave the program; asks first.",
        needs=(RUNNING,),
    ),
    _in_dialogs(
        name="close",
        keys=("enter", "question_mark"),
        help="Close the help; esc shows all again where something is searched.",
        scopes=(Scope.HELP,),
    ),
    _in_dialogs(
        name="run_example",
        keys=("1", "2", "3", "4", "5", "6", "7", "8", "9"),
        shown_as="1 … 9",
        help="In the help of the list: filter the list by this example.",
        scopes=(Scope.HELP,),
        needs=(LIST_BEHIND,),
        takes_key=True,
    ),
    _scrolling(
        name="scroll_up",
        keys=("up", "k"),
        shown_as="↑ k",
        help="In dialogs: scroll up; page up and home go further.",
    ),
    _scrolling(
        name="scroll_down",
        keys=("down", "j"),
        shown_as="↓ j",
        help="In dialogs: scroll down; page down and end go further.",
    ),
)
