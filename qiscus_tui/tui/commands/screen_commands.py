"""The commands of the other screens: detail, overview, accounts, audit, login."""

from functools import partial

from qiscus_tui.tui.commands.command import Command, Heading, Scope
from qiscus_tui.tui.commands.context import (
    ACCOUNT,
    FREE_CHOICE,
    IDLE,
    KEPT_ACCOUNT,
    OTHER_ACCOUNT,
    PLAN,
    ROW,
)

_in_detail = partial(Command, scopes=(Scope.DETAIL,))
_in_overview = partial(Command, scopes=(Scope.OVERVIEW,), needs=(ROW,))
_in_accounts = partial(Command, heading=Heading.ACCOUNT, scopes=(Scope.ACCOUNTS,))
_in_login = partial(Command, heading=Heading.LOGIN, scopes=(Scope.LOGIN,))

SCREEN_COMMANDS = (
    _in_overview(
        name="open_bar",
        keys=("enter",),
        label="add to the filter",
        title="Filter the list by this bar too",
        help="In the overview: add the bar under the cursor to the filter of the list.",
        heading=Heading.FIND,
        footer=95,
        bound=False,
    ),
    _in_overview(
        name="next_chart",
        keys=("tab", "right"),
        help="In the overview: go to the next chart (→ too).",
        heading=Heading.MOVE,
        footer=80,
    ),
    _in_overview(
        name="previous_chart",
        keys=("shift+tab", "left"),
        help="In the overview: go to the previous chart (← too).",
        heading=Heading.MOVE,
    ),
    _in_accounts(
        name="switch_account",
        keys=("enter",),
        label="switch",
        title="Switch to this account",
        help="Among the accounts: show the sessions of the one under the cursor.",
        footer=95,
        needs=(OTHER_ACCOUNT, IDLE, ACCOUNT, FREE_CHOICE),
        bound=False,
    ),
    _in_accounts(
        name="add_account",
        keys=("a",),
        label="add",
        title="Add an account…",
        help="Among the accounts: log in as another user, or on another server.",
        footer=90,
        needs=(IDLE, FREE_CHOICE),
    ),
    _in_accounts(
        name="log_out",
        keys=("l",),
        title="Log out…",
        help="Among the accounts: end its token, and forget it on this machine.",
        footer=85,
        needs=(IDLE, ACCOUNT, FREE_CHOICE),
    ),
    _in_accounts(
        name="forget_account",
        keys=("f",),
        label="forget",
        title="Forget this account…",
        help="Among the accounts: forget it; its tokens are not ended.",
        footer=60,
        needs=(IDLE, ACCOUNT, KEPT_ACCOUNT),
    ),
    Command(
        name="open_plan",
        keys=("enter",),
        label="outcomes",
        title="Outcomes of this plan",
        help="In the audit: show the outcome of each session of the plan.",
        heading=Heading.ACCOUNT,
        scopes=(Scope.AUDIT,),
        footer=90,
        needs=(PLAN,),
        bound=False,
    ),
    _in_login(
        name="log_in",
        keys=("enter",),
        help="Log in with what was entered.",
        footer=90,
    ),
    _in_login(
        name="next_field",
        keys=("tab",),
        help="Go to the next field; shift+tab goes back.",
        footer=60,
        bound=False,
    ),
    _in_login(
        name="other_tab",
        keys=("ctrl+t",),
        label="{now.other_tab}",
        help="Switch between email and password, and a long-lived token.",
        footer=70,
    ),
    _in_detail(
        name="next_session",
        keys=("j",),
        shown_as="j k",
        label="next, previous",
        title="Next session",
        help="In the detail: show the session below in the list.",
        heading=Heading.MOVE,
        footer=92,
    ),
    _in_detail(
        name="previous_session",
        keys=("k",),
        title="Previous session",
        help="In the detail: show the session above in the list.",
        heading=Heading.MOVE,
    ),
    _in_detail(
        name="scroll_detail",
        keys=("up", "down", "pageup", "pagedown", "home", "end"),
        shown_as="↑ ↓",
        help="In the detail: arrows, page up and down, home and end scroll.",
        heading=Heading.MOVE,
        bound=False,
    ),
    _in_detail(
        name="filter_group",
        keys=("enter", "f"),
        shown_as="f",
        label="filter by its group",
        title="Filter the list by its group",
        help="In the detail: filter the list by client and network of the session (enter too).",
        heading=Heading.FIND,
        footer=80,
    ),
    _in_detail(
        name="copy_fields",
        title="Copy all fields",
        help="In the detail: send all fields to the clipboard, a line each.",
        heading=Heading.FIND,
    ),
)
