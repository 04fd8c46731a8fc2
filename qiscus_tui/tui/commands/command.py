"""What a command is: something the user can do, where, and what it is called.

The command `name` is run by the method `action_<name>` of the screen or dialog in front, or of the
app.
"""

import enum
from typing import Protocol, runtime_checkable

from msgspec import Struct

from qiscus_tui.tui.commands.context import Context, Need

_SIGNS = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "escape": "esc",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
}


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


class Command(Struct, frozen=True, kw_only=True):
    """Something the user can do."""

    name: str
    """Run by `action_<name>`."""
    keys: tuple[str, ...] = ()
    """Textual's names of the keys; none: only the palette has it."""
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
    """What must be so; the first that is not is the reason why it can't be used now."""
    takes_key: bool = False
    """Whether the action is given the key that was pressed."""
    on_app: bool = False
    """Whether the app runs it everywhere, because it opens a screen."""
    bound: bool = True
    """False: the widget that has the focus binds the keys itself."""

    @property
    def key_shown(self) -> str:
        """The key as footer, palette and help show it; empty where there is none."""
        return self.shown_as or next(map(sign_of, self.keys), "")

    def word(self, now: Context) -> str:
        """Return the word in the footer."""
        return self.label.format(now=now) or self.name.replace("_", " ")

    def importance(self, scope: Scope) -> int:
        """Return its importance in the footer of a scope; 0: it is not shown there."""
        return self.footer if not self.footer_scopes or scope in self.footer_scopes else 0

    def is_available(self, now: Context) -> bool:
        """Return whether it can be used now."""
        return all(need.is_met(now) for need in self.needs)

    def why_not(self, now: Context, key: object) -> str | None:
        """Return the reason why it can't be used now; None where it can.

        `key` has the keys of commands by their names, for sentences that name them.
        """
        return next((need.why_not(now, key) for need in self.needs if not need.is_met(now)), None)


def sign_of(key: str) -> str:
    """Return a key of Textual's name as it is typed and shown."""
    return _SIGNS.get(key, key)


@runtime_checkable
class HasContext(Protocol):
    """A screen or dialog that says what its commands depend on."""

    @property
    def context(self) -> Context:
        """What decides which commands are available now."""
        ...
