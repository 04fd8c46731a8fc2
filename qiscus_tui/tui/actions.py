"""The one registry of actions: bindings, footer, palette and help are drawn from it.

What is not built yet is not in here, so it is nowhere offered.
"""

from collections.abc import Iterable

from textual.binding import Binding

from qiscus_tui.tui.action import Action, Group, Scope
from qiscus_tui.tui.context import Context, with_a_choice, with_a_list, with_a_row
from qiscus_tui.tui.widgets.one_line import ALWAYS

ACTIONS: tuple[Action, ...] = (
    Action(
        "move",
        ("up", "down", "pageup", "pagedown", "home", "end", "j", "k"),
        "↑ ↓ j k",
        "move",
        "",
        "Arrows, page up and down, home, end, or j and k move the cursor.",
        Group.MOVE,
        bound=False,
    ),
    Action(
        "toggle_mark",
        ("space",),
        "space",
        "mark",
        "Mark session",
        "Mark the session, or unmark it, and move down.",
        Group.MARK,
        footer=90,
        available=with_a_choice,
    ),
    Action(
        "open_detail",
        ("enter",),
        "enter",
        "detail",
        "Session detail",
        "Everything that is known of the session.",
        Group.FIND,
        footer=70,
        available=with_a_row,
    ),
    Action(
        "revoke",
        ("x",),
        "x",
        "revoke",
        "Revoke…",
        "Revoke the marked sessions, or the one under the cursor. Shows what goes, and asks.",
        Group.REVOKE,
        scopes=(Scope.SESSIONS, Scope.DETAIL),
        footer=95,
        available=lambda now: (
            now.may_change and not now.filter_error and (now.rows > 0 or now.marked > 0)
        ),
    ),
    Action(
        "filter",
        ("slash",),
        "/",
        "filter",
        "Filter",
        "Show only the sessions that match the words. Enter goes back to the table.",
        Group.FIND,
        footer=85,
        available=with_a_list,
    ),
    Action(
        "leave_filter",
        ("enter", "up", "down", "tab", "shift+tab"),
        "enter",
        "to the list",
        "",
        "In the filter: go back to the list; the filter stays.",
        Group.FIND,
        scopes=(Scope.FILTER,),
        footer=90,
        bound=False,
    ),
    Action(
        "clear_filter",
        ("escape",),
        "esc",
        "clear the filter",
        "",
        "In the filter: clear it, and go back to the list.",
        Group.FIND,
        scopes=(Scope.FILTER,),
        footer=80,
        bound=False,
    ),
    Action(
        "next_sort",
        ("s",),
        "s",
        "sort",
        "Sort by the next column",
        "Sort by the next column.",
        Group.FIND,
        footer=50,
        available=with_a_list,
    ),
    Action(
        "reverse_sort",
        ("S",),
        "S",
        "reverse",
        "Reverse the sort",
        "Turn the order round.",
        Group.FIND,
        available=with_a_list,
    ),
    Action(
        "overview",
        ("o",),
        "o",
        "overview",
        "Overview",
        "Tokens issued per day, expiries ahead, top clients and networks, as bars.",
        Group.FIND,
        footer=45,
        available=with_a_list,
    ),
    Action(
        "open_bar",
        ("enter",),
        "enter",
        "filter by this",
        "Filter the list by this bar",
        "In the overview: filter the list by the bar under the cursor.",
        Group.FIND,
        scopes=(Scope.OVERVIEW,),
        footer=95,
        available=with_a_list,
        bound=False,
    ),
    Action(
        "next_chart",
        ("tab", "right"),
        "tab",
        "next chart",
        "",
        "In the overview: go to the next chart (→ too).",
        Group.MOVE,
        scopes=(Scope.OVERVIEW,),
        footer=80,
        available=with_a_list,
    ),
    Action(
        "previous_chart",
        ("shift+tab", "left"),
        "shift+tab",
        "previous chart",
        "",
        "In the overview: go to the chart before (← too).",
        Group.MOVE,
        scopes=(Scope.OVERVIEW,),
    ),
    Action(
        "mark_shown",
        ("a",),
        "a",
        "mark all",
        "Mark all shown",
        "Mark every session shown; what the filter hides stays as it is.",
        Group.MARK,
        available=with_a_choice,
    ),
    Action(
        "invert_shown",
        ("i",),
        "i",
        "invert",
        "Invert marks of all shown",
        "Mark the sessions shown that are not marked, and unmark those that are.",
        Group.MARK,
        available=with_a_choice,
    ),
    Action(
        "unmark_all",
        ("u",),
        "u",
        "unmark all",
        "Unmark all",
        "Take every mark away, those of hidden sessions too.",
        Group.MARK,
        available=lambda now: now.marked > 0,
    ),
    Action(
        "reload",
        ("r",),
        "r",
        "reload",
        "Reload the list",
        "Read the list again. Cursor and marks stay on their sessions.",
        Group.ACCOUNT,
        scopes=(Scope.SESSIONS, Scope.OVERVIEW),
        footer=60,
        available=lambda now: not now.busy,
    ),
    Action(
        "refresh_token",
        ("R",),
        "R",
        "refresh token",
        "Refresh the short-lived token",
        "Get a new short-lived token for this program.",
        Group.ACCOUNT,
        footer=30,
        available=lambda now: now.may_change,
    ),
    Action(
        "revoke_all",
        ("X",),
        "X",
        "revoke all",
        "Revoke all…",
        "End every session of this user, this one too, and go on with a new token.",
        Group.REVOKE,
        footer=40,
        available=lambda now: now.may_change,
    ),
    Action(
        "accounts",
        ("A",),
        "A",
        "accounts",
        "Accounts…",
        "The accounts of this machine: switch, add, log out, forget.",
        Group.ACCOUNT,
        available=lambda now: not now.busy,
    ),
    Action(
        "audit",
        (),
        "",
        "audit",
        "Audit: what was revoked from here",
        "What was revoked from here, newest first (from the commands).",
        Group.ACCOUNT,
        bound=False,
    ),
    Action(
        "switch_account",
        ("enter",),
        "enter",
        "switch",
        "Switch to this account",
        "Among the accounts: show the sessions of the one under the cursor.",
        Group.ACCOUNT,
        scopes=(Scope.ACCOUNTS,),
        footer=95,
        bound=False,
    ),
    Action(
        "add_account",
        ("a",),
        "a",
        "add",
        "Add an account…",
        "Among the accounts: log in as somebody else, or on another server.",
        Group.ACCOUNT,
        scopes=(Scope.ACCOUNTS,),
        footer=90,
    ),
    Action(
        "log_out",
        ("l",),
        "l",
        "log out",
        "Log out…",
        "Among the accounts: end its token here, and forget it.",
        Group.ACCOUNT,
        scopes=(Scope.ACCOUNTS,),
        footer=85,
    ),
    Action(
        "forget_account",
        ("f",),
        "f",
        "forget",
        "Forget this account…",
        "Among the accounts: forget it; no server is asked.",
        Group.ACCOUNT,
        scopes=(Scope.ACCOUNTS,),
        footer=60,
    ),
    Action(
        "open_plan",
        ("enter",),
        "enter",
        "outcomes",
        "Outcomes of this plan",
        "In the audit: what became of each session of the plan.",
        Group.ACCOUNT,
        scopes=(Scope.AUDIT,),
        footer=90,
        bound=False,
    ),
    Action(
        "find_token",
        ("F",),
        "F",
        "find token",
        "Find the session of a token",
        "Paste a token that you found somewhere: the cursor goes to its session.",
        Group.FIND,
        available=with_a_list,
    ),
    Action(
        "export",
        ("e",),
        "e",
        "export",
        "Export what is shown…",
        "Write the sessions shown to a file, as CSV or JSON.",
        Group.FIND,
        available=with_a_choice,
    ),
    Action(
        "copy_id",
        ("c",),
        "c",
        "copy id",
        "Copy the session's id",
        "Send the session's id to the terminal's clipboard.",
        Group.FIND,
        scopes=(Scope.SESSIONS, Scope.DETAIL),
        available=with_a_row,
    ),
    Action(
        "copy_row",
        (),
        "",
        "copy row",
        "Copy the session's row",
        "Send the session's row to the clipboard: id, client, address, times (from the commands).",
        Group.FIND,
        scopes=(Scope.SESSIONS, Scope.DETAIL),
        available=with_a_row,
        bound=False,
    ),
    Action(
        "copy_fields",
        (),
        "",
        "copy fields",
        "Copy all fields",
        "In the detail: send all fields to the clipboard, a line each (from the commands).",
        Group.FIND,
        scopes=(Scope.DETAIL,),
        bound=False,
    ),
    Action(
        "back",
        ("escape",),
        "esc",
        "back",
        "",
        "Clear the filter, or go back.",
        Group.FIND,
        scopes=(
            Scope.SESSIONS,
            Scope.DETAIL,
            Scope.OVERVIEW,
            Scope.ACCOUNTS,
            Scope.AUDIT,
            Scope.PLAN,
        ),
    ),
    Action(
        "palette",
        ("colon",),
        ":",
        "commands",
        "",
        "Every command by name.",
        Group.PROGRAM,
        scopes=(Scope.APP,),
    ),
    Action(
        "help",
        ("question_mark",),
        "?",
        "help",
        "Help",
        "Keys, signs and words.",
        Group.PROGRAM,
        scopes=(Scope.APP,),
        footer=ALWAYS,
    ),
    Action(
        "quit",
        ("q", "ctrl+c"),
        "q",
        "quit",
        "Quit",
        "Leave the program; asks while a plan runs.",
        Group.PROGRAM,
        scopes=(Scope.APP,),
        footer=ALWAYS,
    ),
)


def of(scope: Scope) -> tuple[Action, ...]:
    """The actions of one scope, without the app's."""
    return tuple(action for action in ACTIONS if scope in action.scopes)


def bindings(scope: Scope) -> list[Binding]:
    """For a screen's or the app's `BINDINGS`."""
    return [
        Binding(",".join(action.keys), action.name, action.label, show=False, id=action.name)
        for action in of(scope)
        if action.bound
    ]


def named(name: str) -> Action | None:
    """The action of this name, None where the registry has none."""
    return next((action for action in ACTIONS if action.name == name), None)


def is_for_the_list(key: str, scope: Scope | None) -> bool:
    """Whether the key means something in the list of sessions, and nothing in this scope."""
    here = {
        key for action in ACTIONS if {scope, Scope.APP} & {*action.scopes} for key in action.keys
    }
    return key not in here and any(
        key in action.keys for action in of(Scope.SESSIONS) if action.bound
    )


def in_footer(scope: Scope, context: Context) -> tuple[Action, ...]:
    """What the footer of a screen offers now, the app's own last."""
    app = () if scope is Scope.FILTER else of(Scope.APP)
    return tuple(
        action for action in (*of(scope), *app) if action.footer and action.available(context)
    )


def in_palette(scope: Scope, context: Context) -> tuple[Action, ...]:
    """What the palette offers on a screen now."""
    return tuple(
        action
        for action in (*of(scope), *of(Scope.APP))
        if action.title and action.available(context)
    )


def by_group(actions: Iterable[Action] = ACTIONS) -> dict[Group, tuple[Action, ...]]:
    """For the help: actions under their headings, available or not."""
    kept = tuple(actions)
    grouped = {group: tuple(action for action in kept if action.group is group) for group in Group}
    return {group: members for group, members in grouped.items() if members}
