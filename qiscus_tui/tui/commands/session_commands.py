"""The commands that find, export and copy sessions, and the way back to the list."""

from functools import partial

from qiscus_tui.tui.commands.command import LIST, Command, Group, Scope
from qiscus_tui.tui.commands.context import (
    needs_all,
    needs_all_any_row,
    needs_all_row,
    needs_all_shown,
    needs_row,
    needs_way_back,
)

_DETAIL = (Scope.DETAIL,)
_SESSION = (Scope.SESSIONS, Scope.DETAIL)
_in_detail = partial(Command, scopes=_DETAIL)

SESSION_COMMANDS = (
    _in_detail(
        name="next_session",
        keys=("j",),
        shown_as="j k",
        label="next, previous",
        title="Next session",
        help="In the detail: show the session below in the list.",
        group=Group.MOVE,
        footer=92,
    ),
    _in_detail(
        name="previous_session",
        keys=("k",),
        title="Previous session",
        help="In the detail: show the session above in the list.",
        group=Group.MOVE,
    ),
    _in_detail(
        name="scroll_detail",
        keys=("up", "down", "pageup", "pagedown", "home", "end"),
        shown_as="↑ ↓",
        help="In the detail: arrows, page up and down, home and end scroll.",
        group=Group.MOVE,
        bound=False,
    ),
    _in_detail(
        name="filter_group",
        keys=("enter", "f"),
        shown_as="f",
        label="filter by its group",
        title="Filter the list by its group",
        help="In the detail: filter the list by client and network of the session (enter too).",
        group=Group.FIND,
        footer=80,
    ),
    Command(
        name="find_token",
        keys=("F",),
        label="find token",
        title="Find the session of a token",
        help="Paste a token that you found somewhere: the cursor goes to its session.",
        group=Group.FIND,
        footer=14,
        unavailable=needs_all,
    ),
    Command(
        name="export",
        keys=("e",),
        label="export",
        title="Export what is shown…",
        help="Write the sessions shown to a file, as CSV or JSON.",
        group=Group.FIND,
        footer=11,
        unavailable=needs_all_shown,
    ),
    Command(
        name="label",
        keys=("l",),
        label="label",
        title="Name this integration…",
        help="Name the integration under the cursor: its client and network; protect it or not.",
        group=Group.MARK,
        footer=13,
        unavailable=needs_all_any_row,
        on_app=True,
    ),
    Command(
        name="copy_id",
        keys=("c",),
        label="copy id",
        title="Copy the session's id",
        help="Send the session's id to the terminal's clipboard.",
        group=Group.FIND,
        scopes=_SESSION,
        footer=20,
        footer_scopes=_DETAIL,
        unavailable=needs_row,
    ),
    Command(
        name="copy_row",
        title="Copy the session's row",
        help="Send the session's row to the clipboard: id, client, address, times.",
        group=Group.FIND,
        scopes=_SESSION,
        unavailable=needs_all_row,
    ),
    _in_detail(
        name="copy_fields",
        title="Copy all fields",
        help="In the detail: send all fields to the clipboard, a line each.",
        group=Group.FIND,
    ),
    Command(
        name="back",
        keys=("escape",),
        label="back",
        help="Clear the filter, or go back.",
        group=Group.FIND,
        scopes=(
            *LIST,
            Scope.DETAIL,
            Scope.OVERVIEW,
            Scope.ACCOUNTS,
            Scope.AUDIT,
            Scope.PLAN,
            Scope.LOGIN,
        ),
        footer=50,
        footer_scopes=(Scope.DETAIL, Scope.LOGIN),
        unavailable=needs_way_back,
    ),
)
