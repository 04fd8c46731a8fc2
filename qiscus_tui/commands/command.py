"""What a command is: something the user can do, where, what it is called, and why not now.

The command `name` is run by the method `action_<name>` of the screen or dialog in front, or of the
app.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct


class Phase(enum.Enum):
    """How far a dialog is that does something after a yes."""

    ASKING = "asking"
    RUNNING = "running"
    STOPPED = "stopped"
    """The user stopped it: asks whether to go on."""
    DONE = "done"


class Context(Struct, frozen=True, kw_only=True):
    """The state of the screen or dialog in front, as far as commands depend on it."""

    rows: int = 0
    """Rows shown: sessions, accounts or plans."""
    listed: int = 0
    """Sessions in the list."""
    grouped: bool = False
    """The list is shown as groups, so no session is under the cursor."""
    has_views: bool = False
    """The configuration has views of the list."""
    marked: int = 0
    in_range: bool = False
    """A range was begun, and not marked yet."""
    loading: bool = False
    """The first list was not read yet."""
    readonly: bool = False
    """The account may not change the server."""
    stale: bool = False
    """The server is away: what changes it is off."""
    ended: bool = False
    """The server no longer accepts our token."""
    busy: bool = False
    """Something is being changed."""
    filter_error: str = ""
    """Why the filter can't be read: what is shown is not what it selects."""

    @property
    def other_view(self) -> str:
        """Return the way in which the list is not shown now."""
        return "list" if self.grouped else "groups"

    account_fixed: str = ""
    """Why no other account can be used: the environment names one."""
    no_way_back: str = ""
    """Why this screen can't be left."""
    other_tab: str = "long-lived token"
    """The tab of the login form that is not shown."""

    phase: Phase = Phase.ASKING
    refusal: str = ""
    """Why a dialog asks nothing."""
    empty: bool = False
    """The plan of a dialog has no session in it."""
    can_cancel: bool = True
    no_rules: str = ""
    """Why no rule can say what stays of each group in a revoke dialog."""
    command: str = ""
    """The command line that does what a revoke dialog does."""
    left_out: frozenset[str] = frozenset()
    """What a revoke dialog can add to its plan: `current`, `protected`, `hidden`."""
    too_small: bool = False
    """The terminal is too small to show what is being confirmed."""


BUSY = "Something is being changed already: wait for it to end."


@dataclass(frozen=True)
class Need:
    """Something that a command needs, and what is said where it is missing."""

    is_met: Callable[[Context], object]
    reason: str
    """With fields of the context and keys of commands: `{now.filter_error}`, `{key[reload]}`."""


# Of a list.
ROW = Need(lambda now: now.rows, "No session is shown.")
"""A session or a group under the cursor."""
SESSION = Need(lambda now: not now.grouped, "This needs a session: enter shows those of the group.")
LISTED = Need(lambda now: now.listed or now.loading, "The list is empty.")
"""What comes in may still fill it."""
WHOLE_FILTER = Need(
    lambda now: not now.filter_error,
    "Nothing can be marked, revoked or exported: the filter has an error. {now.filter_error}. "
    "{key[filter]} corrects it, escape clears it.",
)
"""What is shown is what the filter selects."""
MARK = Need(lambda now: now.marked, "No session is marked.")
"""Shown or hidden."""
MARK_OR_ROW = Need(lambda now: now.marked or now.rows, ROW.reason)
NO_RANGE = Need(
    lambda now: not now.in_range, "A range is begun: {key[toggle_mark]} marks it, escape drops it."
)
VIEW = Need(
    lambda now: now.has_views,
    "There are no views: name one in config.toml as [view.NAME], with filter or group_by.",
)
LIST_BEHIND = Need(lambda now: now.listed, "Open the help from the list to run an example.")

# Of the server and of accounts.
IDLE = Need(lambda now: not now.busy, BUSY)
SERVER = (
    Need(
        lambda now: not now.readonly,
        "This account is read-only: remove readonly from config.toml to allow changes.",
    ),
    Need(
        lambda now: not now.ended,
        "The session ended, so nothing can be changed: a new login is needed.",
    ),
    Need(lambda now: not now.loading, "The list is not loaded yet, so nothing can be changed."),
    Need(
        lambda now: not now.stale,
        "The list is stale, so nothing can be changed until it is read again ({key[reload]}).",
    ),
    IDLE,
)
"""Something on the server can be changed."""
ACCOUNT = Need(lambda now: now.rows, "No account is listed.")
FREE_CHOICE = Need(lambda now: not now.account_fixed, "{now.account_fixed}")
"""The environment names no account."""
WAY_BACK = Need(lambda now: not now.no_way_back, "{now.no_way_back}")

# Of a dialog.
NOT_RUNNING = Need(
    lambda now: now.phase is not Phase.RUNNING, "This is confirmed already: wait for it to end."
)
NOT_DONE = Need(lambda now: now.phase is not Phase.DONE, "This is done: Enter closes it.")
QUESTION = (
    NOT_RUNNING,
    NOT_DONE,
    Need(lambda now: not now.too_small, "The terminal is too small to confirm anything."),
    Need(lambda now: now.phase is not Phase.ASKING or not now.refusal, "{now.refusal}"),
    Need(lambda now: now.phase is not Phase.ASKING or not now.empty, "There is nothing to revoke."),
)
"""Something to confirm, on a terminal that shows it."""
RUNNING = Need(lambda now: now.phase is Phase.RUNNING, "No plan is running: esc closes this.")
RESULT = Need(
    lambda now: now.phase in {Phase.STOPPED, Phase.DONE},
    "This is not done yet.",
)
CAN_CANCEL = Need(
    lambda now: now.can_cancel, "This can't be stopped now: wait for the server's answer."
)
UNSENT_PLAN = (
    Need(
        lambda now: now.phase is not Phase.STOPPED,
        "A part of the plan was sent: it can't be changed.",
    ),
    NOT_RUNNING,
    NOT_DONE,
)
"""A plan that can still be changed."""
RULES = (*UNSENT_PLAN, Need(lambda now: not now.no_rules, "{now.no_rules}"))
"""A plan to which rules can be applied; one that was refused for its rules too."""
COMMAND_LINE = (
    *UNSENT_PLAN,
    Need(lambda now: now.command, "No command line does the same."),
)


def left_out(what: str) -> tuple[Need, ...]:
    """Return what is needed to add sessions of this kind to a plan: it leaves some out."""
    return (
        *UNSENT_PLAN,
        Need(lambda now: not now.refusal, "{now.refusal}"),
        Need(lambda now: what in now.left_out, f"No {what} session is left out."),
    )


class Scope(enum.Enum):
    """Where a command can be used."""

    APP = "app"
    SESSIONS = "sessions"
    GROUPS = "groups"
    """The list as groups, in place of the sessions."""
    FILTER = "filter"
    """The field of the filter: what is typed there is not a key of a command."""
    DETAIL = "detail"
    OVERVIEW = "overview"
    ACCOUNTS = "accounts"
    AUDIT = "audit"
    LOGIN = "login"
    DIALOG = "dialog"
    """Every dialog."""
    QUESTION = "question"
    """Dialogs that confirm something."""
    REVOKE = "revoke"
    REVOKE_ALL = "revoke all"
    HELP = "help"


LIST = (Scope.SESSIONS, Scope.GROUPS)
"""The list, as sessions or as groups."""


class Heading(enum.Enum):
    """Headings of the help."""

    MOVE = "Moving"
    MARK = "Marking"
    REVOKE = "Revoking"
    FIND = "Finding and sorting"
    ACCOUNT = "Session and account"
    PROGRAM = "Program"
    LOGIN = "Login"
    DIALOG = "Dialogs"


ALWAYS = 1000
"""Importance of what is never left out of a line."""


class Command(Struct, frozen=True, kw_only=True):
    """Something the user can do."""

    name: str
    """Run by `action_<name>`."""
    keys: tuple[str, ...] = ()
    """As they are typed, or by name; none: only the palette has it."""
    shown_as: str = ""
    """The keys in footer and help, where that is not simply the first one."""
    label: str = ""
    """The word in the footer; empty: its name. With fields of the context: `{now.other_tab}`."""
    title: str = ""
    """The name in the palette; empty: it is not offered there."""
    help: str
    heading: Heading
    scopes: tuple[Scope, ...] = LIST
    footer: int = 0
    """Importance in the footer; 0: not shown there, `ALWAYS`: never left out."""
    footer_scopes: tuple[Scope, ...] = ()
    """The scopes whose footer shows it; empty: all of its scopes."""
    needs: tuple[Need, ...] = ()
    """What must be so that it can be used."""
    takes_key: bool = False
    """Whether the action is given the key that was pressed."""
    on_app: bool = False
    """Whether the app runs it everywhere, because it opens a screen."""
    bound: bool = True
    """False: the widget that has the focus binds the keys itself."""

    @property
    def key_shown(self) -> str:
        """The key as footer, palette and help show it; empty where there is none."""
        return self.shown_as or next(iter(self.keys), "")

    def word(self, now: Context) -> str:
        """Return the word in the footer."""
        return self.label.format(now=now) or self.name.replace("_", " ")

    def importance(self, scope: Scope) -> int:
        """Return its importance in the footer of a scope; 0: it is not shown there."""
        return self.footer if not self.footer_scopes or scope in self.footer_scopes else 0

    def missing(self, now: Context) -> Need | None:
        """Return the first of its needs that is not met now; None where it can be used."""
        return next((need for need in self.needs if not need.is_met(now)), None)
