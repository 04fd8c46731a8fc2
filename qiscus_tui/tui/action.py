"""What an action is: something the user can do, where, and how it is called.

An action `name` is run by the method `action_<name>` of its screen (of the app, for `Scope.APP`).
"""

import enum
from collections.abc import Callable

from msgspec import Struct

from qiscus_tui.tui.context import Context, always


class Scope(enum.Enum):
    """Where an action can be taken."""

    APP = "app"
    SESSIONS = "sessions"
    FILTER = "filter"
    """The field of the filter: what is typed there is no key of an action."""
    DETAIL = "detail"
    ACCOUNTS = "accounts"
    AUDIT = "audit"
    PLAN = "plan"
    OVERVIEW = "overview"


class Group(enum.Enum):
    """Headings of the help. The value is the heading."""

    MOVE = "Moving"
    MARK = "Marking"
    REVOKE = "Revoking"
    FIND = "Finding and sorting"
    ACCOUNT = "Session and account"
    PROGRAM = "Program"


class Action(Struct, frozen=True):
    """Something the user can do."""

    name: str
    """Run by `action_<name>`."""
    keys: tuple[str, ...]
    """Textual's names of the keys."""
    key_shown: str
    label: str
    """The word in the footer."""
    title: str
    """What the palette calls it."""
    help: str
    group: Group
    scopes: tuple[Scope, ...] = (Scope.SESSIONS,)
    footer: int = 0
    """Importance in the footer; 0 is not there, `ALWAYS` never gives way."""
    available: Callable[[Context], bool] = always
    bound: bool = True
    """False: the widget that has the focus binds the keys itself (they are listed for help)."""
