"""What would be revoked, what would not, and why: the only thing that `apply` takes."""

import enum
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from qiscus_tui.model.session import Current, Session
from qiscus_tui.query import Query
from qiscus_tui.service.sessions.session_list import SessionList

LARGE = 50
"""Sessions up to which a plain yes confirms a plan; above, their number is typed."""


NOT_LISTED = "not listed: it has ended, or is another user's or server's"
"""Why nothing is sent for a token that is not listed."""


class Exclusion(enum.Enum):
    """Why a session is left out of a plan."""

    CURRENT = "current: this program's own session"
    CURRENT_UNKNOWN = "may be the current session: which one is this program's own is unknown"
    PROTECTED = "protected"
    NOT_REVOCABLE = "can't be revoked: the server lists no token"
    SHARED_ID = "can't be revoked: more than one session has this id"
    HIDDEN = "hidden by the filter"


DOUBTS = frozenset({Exclusion.CURRENT_UNKNOWN, Exclusion.NOT_REVOCABLE, Exclusion.SHARED_ID})
"""Reasons that lie in what is unknown of the session, not in a choice of the user."""


@dataclass(frozen=True)
class Target:
    """A session to revoke, and why."""

    session: Session
    why: str


@dataclass(frozen=True)
class LeftOut:
    """A session that was selected and is not revoked."""

    session: Session
    exclusion: Exclusion
    named: bool
    """Whether it was selected by its own id."""
    label: str = ""
    """The known integration that protects it."""

    @property
    def reason(self) -> str:
        """Return the reason for the user."""
        if self.exclusion is Exclusion.PROTECTED:
            return f"protected: {self.label}"
        return self.exclusion.value


@dataclass(frozen=True)
class Selection:
    """What was selected: positions in the list, and how."""

    positions: Sequence[int]
    why: str
    named: bool = False
    hidden: frozenset[int] = frozenset()
    """Marked positions that the filter hides."""
    gone: tuple[str, ...] = ()
    """Full ids that were given and are not listed."""
    unlisted: tuple[str, ...] = ()
    """Ids of tokens that were given and are not listed."""
    rule: Query | None = None
    """The filter that chose them, where one did."""


@dataclass(frozen=True)
class Allowed:
    """What the user lets into a plan beyond the ordinary."""

    current: bool = False
    protected: bool = False
    hidden: bool = False


@dataclass(frozen=True, eq=False)
class RevocationPlan:
    """Shown, confirmed, applied."""

    listed: SessionList
    targets: tuple[Target, ...]
    left_out: tuple[LeftOut, ...]
    gone: tuple[str, ...]
    unlisted: tuple[str, ...]
    allowed: Allowed
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def is_large(self) -> bool:
        """Whether it must be confirmed by typing its number."""
        return len(self.targets) > LARGE

    @property
    def ends_current(self) -> bool:
        """Whether our own session is among the targets."""
        return any(target.session.current for target in self.targets)

    @property
    def may_end_current(self) -> bool:
        """Whether our own session may be among the targets without our knowing."""
        return bool(self.targets) and self.listed.current is Current.UNKNOWN

    @property
    def doubt(self) -> str | None:
        """Return why nothing is revoked, where that is because something is unknown."""
        doubts = [left for left in self.left_out if left.exclusion in DOUBTS]
        return doubts[0].reason if doubts and not self.targets else None


def make_plan(listed: SessionList, selection: Selection, allowed: Allowed) -> RevocationPlan:
    """Return the plan for a selection. Calls no server."""
    targets: list[Target] = []
    left_out: list[LeftOut] = []
    for position in dict.fromkeys(selection.positions):
        session = listed.sessions[position]
        exclusion = _exclusion(listed, position, selection, allowed)
        if exclusion is None:
            targets.append(Target(session, selection.why))
        else:
            known = listed.labels[position]
            label = known.label if known else ""
            left_out.append(LeftOut(session, exclusion, selection.named, label))
    gone = tuple(dict.fromkeys(selection.gone))
    unlisted = tuple(one for one in dict.fromkeys(selection.unlisted) if one not in gone)
    return RevocationPlan(listed, tuple(targets), tuple(left_out), gone, unlisted, allowed)


def _exclusion(
    listed: SessionList, position: int, selection: Selection, allowed: Allowed
) -> Exclusion | None:
    session, known = listed.sessions[position], listed.labels[position]
    if not session.revocable:
        return Exclusion.NOT_REVOCABLE
    if session.id in listed.shared_ids:
        return Exclusion.SHARED_ID
    if not allowed.current:
        if session.current:
            return Exclusion.CURRENT
        if listed.current is Current.UNKNOWN:
            return Exclusion.CURRENT_UNKNOWN
    if known is not None and known.protect and not allowed.protected:
        return Exclusion.PROTECTED
    if position in selection.hidden and not allowed.hidden:
        return Exclusion.HIDDEN
    return None
