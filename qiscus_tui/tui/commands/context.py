"""What decides whether a command is available, and the reasons why one is not."""

import enum
from collections.abc import Callable

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
    has_preview: bool = False
    """The session under the cursor is shown beside the list."""
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

    account_in_use: bool = False
    """The account under the cursor is the one whose sessions are behind."""
    account_kept: bool = False
    """The account under the cursor is stored on this machine."""
    account_fixed: str = ""
    """Why no other account can be used: the environment names one."""
    no_way_back: str = ""
    """Why this screen can't be left."""

    phase: Phase = Phase.ASKING
    running: bool = False
    """A plan runs, in this dialog or in the one behind it."""
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


NO_SESSION = "No session is shown."
ARRIVING = "The list is still arriving: this needs all of it."
BUSY = "Something is being changed already: wait for it to end."


def always(_: Context) -> str | None:
    """Available at any time."""
    return None


def needs_row(now: Context) -> str | None:
    """Needs a session under the cursor."""
    if now.grouped:
        return "This needs a session: enter shows those of the group."
    return None if now.rows else NO_SESSION


def needs_any_row(now: Context) -> str | None:
    """Needs a session or a group under the cursor."""
    return None if now.rows else NO_SESSION


def needs_whole_filter(now: Context) -> str | None:
    """Marks or revokes: not while the filter has an error."""
    if not now.filter_error:
        return None
    return (
        f"Nothing can be marked, revoked or exported: the filter has an error. "
        f"{now.filter_error}. / corrects it, escape clears it."
    )


def needs_shown(now: Context) -> str | None:
    """Needs sessions that are shown because the whole filter selects them."""
    return needs_whole_filter(now) or (None if now.rows else NO_SESSION)


def needs_list(now: Context) -> str | None:
    """Needs a list that is not empty; what comes in may still make it so."""
    return None if now.listed or now.loading else "The list is empty."


def needs_list_behind(now: Context) -> str | None:
    """Needs the list right behind the help."""
    return None if now.listed else "Examples run from the help of the list: ? there."


def needs_all(now: Context) -> str | None:
    """Needs a list that is not empty, to its end: its beginning may be shown already."""
    return ARRIVING if now.loading and now.listed else needs_list(now)


def needs_all_row(now: Context) -> str | None:
    """Needs a session under the cursor, and the whole list."""
    return needs_all(now) or needs_row(now)


def needs_all_any_row(now: Context) -> str | None:
    """Needs a session or a group under the cursor, and the whole list."""
    return needs_all(now) or needs_any_row(now)


def needs_all_shown(now: Context) -> str | None:
    """Needs sessions that the whole filter selects of the whole list."""
    return needs_all(now) or needs_shown(now)


def needs_shown_row(now: Context) -> str | None:
    """Needs a session under the cursor, in a list that the whole filter selects."""
    return needs_row(now) or needs_shown(now)


def needs_group(now: Context) -> str | None:
    """Needs a group that the whole filter leaves."""
    return needs_shown(now) if now.grouped else "The list is not shown as groups: g does that."


def needs_view(now: Context) -> str | None:
    """Needs a view of the configuration."""
    none = "There are no views: name one in config.toml as [view.NAME], with filter or group_by."
    return None if now.has_views else none


def needs_preview(now: Context) -> str | None:
    """Needs the session beside the list."""
    none = "There is no preview here: it needs 150 columns, and the plain list."
    return None if now.has_preview else none


def needs_mark(now: Context) -> str | None:
    """Needs a marked session, shown or hidden."""
    return None if now.marked else "No session is marked."


def needs_rest(now: Context) -> str | None:
    """Nothing else may be going on."""
    return BUSY if now.busy else None


def needs_server(now: Context) -> str | None:
    """Changes something on the server."""
    if now.readonly:
        return "This account is read-only: remove readonly from config.toml to allow changes."
    if now.ended:
        return "The session ended, so nothing can be changed: a new login is needed."
    if now.loading:
        how_far = "still arriving" if now.listed else "not loaded yet"
        return f"The list is {how_far}, so nothing can be changed."
    if now.stale:
        return "The list is stale, so nothing can be changed until it is read again (r)."
    return needs_rest(now)


def needs_target(now: Context) -> str | None:
    """Revokes the marked sessions, or the one under the cursor."""
    if now.in_range:
        return "A range is begun: space marks it, escape drops it."
    if now.marked and not now.filter_error:
        return needs_server(now)
    return needs_shown(now) or needs_server(now)


def needs_all_ended(now: Context) -> str | None:
    """Revokes every session, shown or not."""
    return needs_whole_filter(now) or needs_server(now)


def needs_prunable(now: Context) -> str | None:
    """Revokes some of what is shown."""
    return needs_shown(now) or needs_server(now)


def needs_account(now: Context) -> str | None:
    """Needs an account under the cursor, and nothing else going on."""
    return needs_rest(now) or (None if now.rows else "No account is listed.")


def needs_free_choice(now: Context) -> str | None:
    """Uses another account than the environment's."""
    return needs_rest(now) or now.account_fixed or None


def needs_choosable_account(now: Context) -> str | None:
    """Needs an account under the cursor that the environment does not rule out."""
    return needs_account(now) or now.account_fixed or None


def needs_other_account(now: Context) -> str | None:
    """Needs an account under the cursor that is not in use."""
    in_use = "This account is in use: esc goes back to its sessions."
    return in_use if now.account_in_use else needs_choosable_account(now)


def needs_kept_account(now: Context) -> str | None:
    """Needs an account under the cursor that is stored here."""
    not_kept = "This account is not stored here, so there is nothing to forget."
    return needs_account(now) or (None if now.account_kept else not_kept)


def needs_plan(now: Context) -> str | None:
    """Needs a plan of the audit log under the cursor."""
    return None if now.rows else "No plan is listed."


def needs_way_back(now: Context) -> str | None:
    """Needs a screen behind this one that can be shown now."""
    return now.no_way_back or None


def needs_question(now: Context) -> str | None:
    """Needs something to confirm, on a terminal that shows it."""
    match now.phase:
        case Phase.RUNNING:
            return "This is confirmed already: wait for it to end."
        case Phase.DONE:
            return "This is done: Enter closes it."
        case _ if now.too_small:
            return "The terminal is too small to confirm anything."
        case Phase.STOPPED:
            return None
        case Phase.ASKING:
            return now.refusal or ("There is nothing to revoke." if now.empty else None)


def needs_run(now: Context) -> str | None:
    """Needs a plan that runs."""
    return None if now.running else "No plan is running: esc closes this."


def needs_result(now: Context) -> str | None:
    """Needs a plan that ran to its end."""
    return None if now.phase in {Phase.STOPPED, Phase.DONE} else "This is not done yet."


def needs_cancel(now: Context) -> str | None:
    """Can't be used between the server and the storage of what it answers."""
    return None if now.can_cancel else "This can't be stopped now: wait for the server's answer."


def needs_unsent_plan(now: Context) -> str | None:
    """Needs a plan that can still be changed."""
    if now.phase is Phase.STOPPED:
        return "A part of the plan was sent: it can't be changed."
    return None if now.phase is Phase.ASKING else needs_question(now)


def needs_left_out(what: str) -> Callable[[Context], str | None]:
    """Return a check that the plan leaves out sessions of this kind."""

    def check(now: Context) -> str | None:
        if why_not := needs_unsent_plan(now) or now.refusal:
            return why_not
        return None if what in now.left_out else f"No {what} session is left out."

    return check


def needs_rules(now: Context) -> str | None:
    """Needs a plan to which rules can be applied; one that was refused for its rules too."""
    return needs_unsent_plan(now) or now.no_rules or None


def needs_command(now: Context) -> str | None:
    """Needs a plan that a command line can make."""
    no_command = None if now.command else "No command line does the same."
    return needs_unsent_plan(now) or no_command
