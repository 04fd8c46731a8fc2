"""The commands of the dialogs."""

from qiscus_tui.tui.commands.command import Command, Group, Scope
from qiscus_tui.tui.commands.context import (
    needs_cancel,
    needs_left_out,
    needs_question,
    needs_result,
    needs_run,
)

_ALL = (Scope.DIALOG,)
_REVOKE = (Scope.REVOKE,)

DIALOG_COMMANDS = (
    Command(
        name="confirm",
        keys=("y",),
        help="Confirm: not within half a second of the drawing, and never by a paste or a burst.",
        group=Group.DIALOG,
        scopes=(Scope.QUESTION,),
        unavailable=needs_question,
    ),
    Command(
        name="cancel",
        keys=("escape", "n"),
        shown_as="n esc",
        help="Cancel; while a plan runs, ask whether to stop it.",
        group=Group.DIALOG,
        scopes=_ALL,
        unavailable=needs_cancel,
    ),
    Command(
        name="allow_current",
        keys=("c",),
        help="In the revoke dialog: also this program's own session, or not.",
        group=Group.DIALOG,
        scopes=_REVOKE,
        unavailable=needs_left_out("current"),
    ),
    Command(
        name="allow_protected",
        keys=("p",),
        help="In the revoke dialog: also protected sessions, or not.",
        group=Group.DIALOG,
        scopes=_REVOKE,
        unavailable=needs_left_out("protected"),
    ),
    Command(
        name="allow_hidden",
        keys=("h",),
        help="In the revoke dialog: also sessions that the filter hides, or not.",
        group=Group.DIALOG,
        scopes=_REVOKE,
        unavailable=needs_left_out("hidden"),
    ),
    Command(
        name="finish",
        keys=("enter",),
        help="Close a dialog that is done.",
        group=Group.DIALOG,
        scopes=(Scope.REVOKE, Scope.REVOKE_ALL),
        unavailable=needs_result,
    ),
    Command(
        name="quit_during_run",
        keys=("q",),
        help="While a plan runs: leave the program; asks first.",
        group=Group.DIALOG,
        scopes=(Scope.REVOKE, Scope.STOP),
        unavailable=needs_run,
    ),
    Command(
        name="find",
        keys=("enter",),
        help="In the find dialog: look the token up.",
        group=Group.DIALOG,
        scopes=(Scope.FIND,),
        bound=False,
    ),
    Command(
        name="write",
        keys=("enter",),
        help="In the export dialog: write the file.",
        group=Group.DIALOG,
        scopes=(Scope.EXPORT,),
        bound=False,
    ),
    Command(
        name="save_label",
        keys=("enter",),
        help="In the dialog of a label: store it. Tab and space decide whether it is protected.",
        group=Group.DIALOG,
        scopes=(Scope.LABEL,),
        bound=False,
    ),
    Command(
        name="choose",
        keys=("enter",),
        help="In a choice: take the line under the cursor; its digit takes it at once.",
        group=Group.DIALOG,
        scopes=(Scope.CHOICE,),
        bound=False,
    ),
    Command(
        name="close",
        keys=("enter", "q", "question_mark"),
        help="Close the help.",
        group=Group.DIALOG,
        scopes=(Scope.HELP,),
    ),
    Command(
        name="scroll_up",
        keys=("up", "k"),
        shown_as="↑ k",
        help="In dialogs: scroll up; page up and home go further.",
        group=Group.MOVE,
        scopes=_ALL,
    ),
    Command(
        name="scroll_down",
        keys=("down", "j"),
        shown_as="↓ j",
        help="In dialogs: scroll down; page down and end go further.",
        group=Group.MOVE,
        scopes=_ALL,
    ),
)
