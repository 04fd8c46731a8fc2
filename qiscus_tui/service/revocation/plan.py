"""What would be revoked, what would not, and why: the only thing that `apply` takes."""

import enum
import re
import secrets
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cached_property

from msgspec import Struct

from qiscus_tui.model.masking import MASK
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.turns import one_step
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.retention import Kept, PlanGroup, Why, kept_by_rules
from qiscus_tui.service.revocation.selection import Allowed, ChosenBy, Selection
from qiscus_tui.service.sessions.groups import Group, grouped
from qiscus_tui.service.sessions.session_list import SessionList

LARGE = 50
"""Sessions up to which a plain yes confirms a plan; above, their number is typed."""

_FILTER_WORD = re.compile(r'[^\s":=-][^\s":=]*')

NOT_LISTED = "not listed, and never seen in this account: another account may have it"
"""Why nothing is sent for what is not listed, and may be live elsewhere."""


class Exclusion(enum.Enum):
    """Why a session is left out of a plan."""

    CURRENT = "current: this program's own session"
    CURRENT_UNKNOWN = "may be the current session: which one is this program's own is unknown"
    PROTECTED = "protected"
    NOT_REVOCABLE = "can't be revoked: the server lists no token"
    SHARED_ID = "can't be revoked: more than one session has this id"
    HIDDEN = "hidden by the filter"
    NOT_CHOSEN = "no longer chosen"
    """The filter or the rules of a plan file do not choose it any more."""


DOUBTS = frozenset({Exclusion.CURRENT_UNKNOWN, Exclusion.NOT_REVOCABLE, Exclusion.SHARED_ID})
"""Reasons that lie in what is unknown of the session, not in a choice of the user."""


class Target(Struct, frozen=True, gc=False):
    """A session to revoke, and why."""

    session: Session
    why: str


class LeftOut(Struct, frozen=True, gc=False):
    """A session that was selected and is not revoked."""

    session: Session
    exclusion: Exclusion
    named: bool
    """Whether it was selected by its own id."""
    label: str = ""
    """The known integration that protects it, or why it is no longer chosen."""
    kept: bool = False
    """Whether a retention rule keeps it anyway."""

    @property
    def reason(self) -> str:
        """Return the reason for the user."""
        if self.exclusion is Exclusion.PROTECTED:
            return f"protected: {self.label}"
        if self.exclusion is Exclusion.NOT_CHOSEN:
            return self.label
        return self.exclusion.value


@dataclass(frozen=True, eq=False)
class RevocationPlan:
    """Shown, confirmed, applied."""

    listed: SessionList
    selection: Selection
    allowed: Allowed
    retention: Retention | None
    moment: Moment
    """When the rules were applied."""
    targets: tuple[Target, ...]
    left_out: tuple[LeftOut, ...]
    kept: tuple[Kept, ...]
    """What only a retention rule keeps."""
    groups: tuple[PlanGroup, ...]
    """The groups of the retention, largest first; none without one."""
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def filters(self) -> tuple[ChosenBy, ...]:
        """Return the filters that chose the sessions."""
        rule, marked_by = self.selection.rule, self.selection.marked_by
        return marked_by if rule is None else (ChosenBy(rule), *marked_by)

    @property
    def chooses_again(self) -> bool:
        """Whether filters or rules chose: they choose again on the last list before sending."""
        return bool(self.filters) or self.retention is not None

    @property
    def depends_on_clock(self) -> bool:
        """Whether what chose the sessions may choose others a moment later."""
        by_rules = self.retention is not None and self.retention.rules.depends_on_clock
        return by_rules or any(one.query.depends_on_clock for one in self.filters)

    @property
    def gone(self) -> tuple[str, ...]:
        """Full ids that were given and are not listed."""
        return tuple(dict.fromkeys(self.selection.gone))

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Ids of tokens that were given and are not listed."""
        gone = self.gone
        return tuple(one for one in dict.fromkeys(self.selection.unlisted) if one not in gone)

    @property
    def rule(self) -> str:
        """Return by what rule the sessions were chosen; empty where they were picked one by one."""
        retention, text = self.retention, self.filter_text
        filter_words = f"filter {text}" if text else ""
        marks = (f"marked by {self._masked(one.query.text)}" for one in self.selection.marked_by)
        parts = (self.selection.source, filter_words, *marks, retention.words if retention else "")
        return "; ".join(part for part in parts if part)

    @property
    def filter_text(self) -> str:
        """Return the filter that chose the sessions; a token that was pasted into it is masked."""
        return self._masked(self.selection.rule.text if self.selection.rule else "")

    def _masked(self, text: str) -> str:
        is_token = self.listed.lists_token
        return _FILTER_WORD.sub(lambda word: MASK if is_token(word[0]) else word[0], text)

    @property
    def is_large(self) -> bool:
        """Whether it must be confirmed by typing its number."""
        return len(self.targets) > LARGE

    @cached_property
    def ends_current(self) -> bool:
        """Whether our own session is among the targets."""
        return any(target.session.current for target in self.targets)

    @property
    def may_end_current(self) -> bool:
        """Whether our own session may be among the targets without our knowing."""
        return bool(self.targets) and self.listed.current is Current.UNKNOWN

    @property
    def doubt(self) -> str | None:
        """Return why nothing is revoked, where that is because something is unknown.

        A session that a rule keeps is no doubt, unless none of them could be judged.
        """
        if self.targets:
            return None
        if self.selection.doubt:
            return self.selection.doubt
        for left in self.left_out:
            if left.exclusion in DOUBTS and not left.kept:
                return left.reason
        unjudged = next((kept for kept in self.kept if not kept.why.is_judged), None)
        if self.retention is None or unjudged is None:
            return None
        can_judge = self.retention.rules.can_judge
        judged = (kept.why.is_judged and can_judge(kept.session) for kept in self.kept)
        return None if any(judged) else unjudged.reason


def make_plan(
    listed: SessionList,
    selection: Selection,
    allowed: Allowed,
    retention: Retention | None = None,
    moment: Moment | None = None,
) -> RevocationPlan:
    """Return the plan for a selection. Calls no server.

    `moment` is when the rules apply: the reading of the list, unless given.
    """
    moment = moment or Moment(listed.read_at + listed.offset, 0.0)
    positions = list(dict.fromkeys(selection.positions))
    groups: tuple[Group, ...] = ()
    kept_by_rule: dict[int, Why] = {}
    if retention is not None:
        groups = grouped(listed, retention.keys, moment, positions)
        kept_by_rule = kept_by_rules(listed.sessions, groups, retention.rules, moment.server_now)
    targets: list[Target] = []
    left_out: list[LeftOut] = []
    kept: list[Kept] = []
    is_target = bytearray(len(listed))
    labels, unknown_own = listed.labels, listed.current is Current.UNKNOWN and not allowed.current
    any_may_be_special = bool(listed.shared_ids or selection.hidden or unknown_own)
    sessions, reason = listed.sessions, selection.why
    for position in positions:
        session = sessions[position]
        if not (
            any_may_be_special
            or session.revoke_with is None
            or session.current
            or labels[position] is not None
            or position in kept_by_rule
        ):  # most are ordinary, and there may be 100,000
            targets.append(Target(session, reason))
            is_target[position] = 1
            continue
        why = kept_by_rule.get(position)
        exclusion = _exclusion(listed, position, selection, allowed)
        if exclusion is not None:
            known = labels[position]
            label = known.label if known else ""
            is_kept = why is not None
            left_out.append(LeftOut(session, exclusion, selection.named, label, is_kept))
        elif why is not None:
            kept.append(Kept(session, why))
        else:
            targets.append(Target(session, reason))
            is_target[position] = 1
    return RevocationPlan(
        listed,
        selection,
        allowed,
        retention,
        moment,
        tuple(targets),
        tuple(left_out),
        tuple(kept),
        tuple(_plan_group(group, is_target) for group in groups),
    )


def plan_steps(
    listed: SessionList,
    selection: Selection,
    allowed: Allowed,
    retention: Retention | None = None,
    moment: Moment | None = None,
) -> Generator[None, None, RevocationPlan]:
    """As `make_plan`, for callers in turns."""
    return one_step(lambda: make_plan(listed, selection, allowed, retention, moment))


def _plan_group(group: Group, is_target: bytearray) -> PlanGroup:
    targets = sum(map(is_target.__getitem__, group.positions))
    return PlanGroup(group, len(group.positions) - targets, targets)


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
