"""What would be revoked, what would not, and why: the only thing that `apply` takes."""

import enum
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct, structs

from qiscus_tui.model.masking import MASK
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.session import Current, Session
from qiscus_tui.query import Moment, Query, select
from qiscus_tui.service.revocation.retention import Why, kept_by_rules
from qiscus_tui.service.sessions.groups import Members, members_by
from qiscus_tui.service.sessions.session_list import BY_ID, SessionList

WIDTH = 16
"""Requests in flight at once by default."""

LARGE = 50
"""Sessions up to which a plain yes confirms a plan; above, their number is typed."""

_FILTER_WORD = re.compile(r'[^\s":]+')
"""A word, or a value behind its key and colon; it may begin with the sign for not or exactly."""

NOT_LISTED = "not listed, and never seen in this account: another account may have it"
"""Why nothing is sent for what is not listed, and may be live elsewhere."""


NONE_LEFT_OUT: Mapping[int, str] = MappingProxyType({})

OWN_ENDS = "This program's own session ends too; its next use makes a new token."
OWN_UNKNOWN = (
    "Can't tell which session is this program's own: any of these may be it. "
    "If it ends, the next use makes a new token."
)


@dataclass(frozen=True)
class ChosenBy:
    """A filter that chose sessions."""

    query: Query
    ids: frozenset[str] | None = None
    """Those that it chose, where others were chosen otherwise; None for all of them."""

    def chose(self, session_id: str) -> bool:
        """Return whether it chose this one."""
        return self.ids is None or session_id in self.ids


@dataclass(frozen=True)
class Selection:
    """What was selected: positions in the list, and how."""

    positions: Sequence[int]
    named: bool = False
    of_marks: bool = False
    """Whether they were marked."""
    hidden: frozenset[int] = frozenset()
    """Marked positions that the filter hides."""
    only: frozenset[str] | None = None
    """The ids that may be revoked; None for all that are selected."""
    gone: tuple[str, ...] = ()
    """Full ids that were given, are not listed, and are known to be of this account."""
    unlisted: tuple[str, ...] = ()
    """Ids, or tokens by their ids, that were given and are not listed: maybe another account's."""
    rule: Query | None = None
    """The filter that chose them, where one did."""
    marked_by: tuple[ChosenBy, ...] = ()
    """Filters about time by which some of them were marked."""
    source: str = ""
    """The plan file that they come from."""
    filter_text: str | None = None
    """The filter that matches exactly these, empty for all; None where none is known."""
    doubt: str = ""
    """Why nothing was selected, where that is because something is unknown."""

    @property
    def filters(self) -> tuple[ChosenBy, ...]:
        """Return the filters that chose the sessions."""
        return self.marked_by if self.rule is None else (ChosenBy(self.rule), *self.marked_by)


@dataclass(frozen=True)
class Allowed:
    """What the user lets into a plan beyond the ordinary."""

    current: bool = False
    protected: bool = False
    hidden: bool = False
    empty: bool = False
    """Whether rules may end the last session of a group."""


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
    RULE = "kept"
    """A retention rule keeps it, and nothing else leaves it out."""


DOUBTS = frozenset({Exclusion.CURRENT_UNKNOWN, Exclusion.NOT_REVOCABLE, Exclusion.SHARED_ID})
"""Reasons that lie in what is unknown of the session, not in a choice of the user."""


class Doubt(NamedTuple):
    """Why nothing is revoked, where that is because something is unknown."""

    words: str
    hint: str = ""


class LeftOut(Struct, frozen=True, gc=False):
    """A session that was selected and is not revoked."""

    session: Session
    exclusion: Exclusion
    reason: str
    """The same, for the user."""
    why: Why | None = None
    """Why a retention rule keeps it; None where none does."""

    @property
    def is_judged(self) -> bool:
        """Return whether a rule keeps it by what is known of it."""
        return self.why is not None and self.why.is_judged


class PlanGroup(Members, frozen=True, kw_only=True):
    """A group of the selection, and how many of it are revoked."""

    targets: int

    @property
    def kept(self) -> int:
        """Return how many stay, whatever the reason."""
        return self.count - self.targets


@dataclass(frozen=True, eq=False)
class RevocationPlan:
    """Shown, confirmed, applied."""

    listed: SessionList
    selection: Selection
    allowed: Allowed
    retention: Retention | None
    moment: Moment
    """When the rules were applied."""
    targets: tuple[Session, ...]
    target_positions: Sequence[int]
    """Where they are in the list."""
    ends_current: bool
    """Whether our own session is among them."""
    left_out: tuple[LeftOut, ...]
    """What is left out whatever the rules."""
    kept: tuple[LeftOut, ...]
    """What only a retention rule keeps."""
    groups: tuple[PlanGroup, ...]
    """The groups of the retention, largest first; none without one."""
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def chooses_again(self) -> bool:
        """Whether filters or rules chose: they choose again on the last list before sending."""
        return bool(self.selection.filters) or self.retention is not None

    @property
    def depends_on_clock(self) -> bool:
        """Whether what chose the sessions may choose others a moment later."""
        by_rules = self.retention is not None and self.retention.rules.depends_on_clock
        return by_rules or any(one.query.depends_on_clock for one in self.selection.filters)

    @property
    def unlisted_reason(self) -> str:
        """Return why nothing is sent for ids that are not listed."""
        doubt = self.listed.absence_doubt
        return NOT_LISTED if doubt is None else f"not listed, but {doubt}"

    @property
    def rule(self) -> str:
        """Return by what rule the sessions were chosen; empty where they were picked one by one."""
        retention, text = self.retention, self.filter_text
        filter_words = f"filter {text}" if text else ""
        marks = (
            f"marked by {self.without_tokens(one.query.text)}" for one in self.selection.marked_by
        )
        parts = (self.selection.source, filter_words, *marks, retention.words if retention else "")
        return "; ".join(part for part in parts if part)

    @property
    def filter_text(self) -> str:
        """Return the filter that chose the sessions; a token that was pasted into it is masked."""
        return self.without_tokens(self.selection.rule.text if self.selection.rule else "")

    def without_tokens(self, text: str) -> str:
        """Return the text of a filter; a token of the list that was pasted into it is masked."""
        is_token = self.listed.lists_token

        def shown(found: re.Match[str]) -> str:
            word = found[0]
            return MASK if is_token(word) or is_token(word[1:]) else word

        return _FILTER_WORD.sub(shown, text)

    @property
    def is_large(self) -> bool:
        """Whether it must be confirmed by typing its number."""
        return len(self.targets) > LARGE

    @cached_property
    def revokes_by_id(self) -> bool:
        """Whether ids are sent, not tokens: they may be row numbers, which change."""
        return any(one.revoke_with != one.token for one in self.targets)

    @property
    def own_words(self) -> str:
        """Return what happens to our own session, or may; empty where it stays."""
        if self.ends_current:
            return OWN_ENDS
        return OWN_UNKNOWN if self.listed.current is Current.UNKNOWN else ""

    @property
    def doubt(self) -> Doubt | None:
        """Return why nothing is revoked, where that is because something is unknown.

        A session that a rule keeps is no doubt, unless none of them could be judged.
        """
        if self.targets:
            return None
        if self.selection.doubt:
            return Doubt(self.selection.doubt)
        for left in self.left_out:
            if left.exclusion in DOUBTS and left.why is None:
                hint = BY_ID if left.exclusion is Exclusion.NOT_REVOCABLE else ""
                return Doubt(left.reason.removeprefix("can't be revoked: "), hint)
        whys = (kept.why for kept in self.kept)
        unjudged = next((why for why in whys if why is not None and not why.is_judged), None)
        if self.retention is None or unjudged is None:
            return None
        can_judge = self.retention.rules.can_judge
        judged = (kept.is_judged and can_judge(kept.session) for kept in self.kept)
        return None if any(judged) else Doubt(unjudged.words, unjudged.hint)


def make_plan(
    listed: SessionList,
    selection: Selection,
    allowed: Allowed,
    retention: Retention | None = None,
    moment: Moment | None = None,
    not_chosen: Mapping[int, str] = NONE_LEFT_OUT,
) -> RevocationPlan:
    """Return the plan for a selection. Calls no server.

    `moment` is when the rules apply: the reading of the list, unless given. `not_chosen`: why what
    chose some of these positions does not choose them any more.
    """
    moment = moment or Moment(listed.read_at + listed.offset, 0.0)
    positions = list(dict.fromkeys(selection.positions))
    groups: Sequence[Members] = ()
    kept_by_rule: dict[int, Why] = {}
    if retention is not None:
        groups = members_by(listed, retention.keys, positions)
        kept_by_rule = kept_by_rules(listed, groups, retention.rules, moment.server_now)
    targets: dict[int, Session] = {}
    left_out: list[LeftOut] = []
    kept: list[LeftOut] = []
    only, excluded = selection.only, _excluded(listed, positions, selection, allowed)
    for position in positions:
        session, why = listed.sessions[position], kept_by_rule.get(position)
        exclusion = excluded.get(position)
        if exclusion is not None:
            known, reason = listed.labels[position], exclusion.value
            if exclusion is Exclusion.PROTECTED and known is not None:
                reason = f"protected: {known.label}"
            left_out.append(LeftOut(session, exclusion, reason, why))
        elif position in not_chosen:
            left_out.append(LeftOut(session, Exclusion.NOT_CHOSEN, not_chosen[position]))
        elif why is not None:
            kept.append(LeftOut(session, Exclusion.RULE, f"kept: {why.words}", why))
        elif only is None or session.id in only:
            targets[position] = session
    return RevocationPlan(
        listed,
        selection,
        allowed,
        retention,
        moment,
        tuple(targets.values()),
        [*targets],
        any(target.current for target in targets.values()),
        tuple(left_out),
        tuple(kept),
        tuple(
            PlanGroup(
                **structs.asdict(group),
                targets=sum(position in targets for position in group.positions),
            )
            for group in groups
        ),
    )


def by_reason(left_out: Iterable[LeftOut]) -> dict[str, list[LeftOut]]:
    """Return what is not revoked by its reason, as it is said of several."""
    found: defaultdict[str, list[LeftOut]] = defaultdict(list)
    for left in left_out:
        found[left.reason.removeprefix("current: ")].append(left)
    return found


def _excluded(
    listed: SessionList, positions: Sequence[int], selection: Selection, allowed: Allowed
) -> dict[int, Exclusion]:
    """Return by position why some of what is selected is left out, whatever the rules."""
    sessions, labels, excluded = listed.sessions, listed.labels, dict[int, Exclusion]()
    if not allowed.hidden:
        excluded |= dict.fromkeys(selection.hidden, Exclusion.HIDDEN)
    if not allowed.protected:
        protected = (at for at in positions if (known := labels[at]) is not None and known.protect)
        excluded |= dict.fromkeys(protected, Exclusion.PROTECTED)
    if not allowed.current:
        if listed.current is Current.UNKNOWN:
            excluded |= dict.fromkeys(positions, Exclusion.CURRENT_UNKNOWN)
        current = (at for at in positions if sessions[at].current)
        excluded |= dict.fromkeys(current, Exclusion.CURRENT)
    if shared_ids := listed.shared_ids:
        shared = (at for at in positions if sessions[at].id in shared_ids)
        excluded |= dict.fromkeys(shared, Exclusion.SHARED_ID)
    not_revocable = (at for at in positions if not sessions[at].revocable)
    return excluded | dict.fromkeys(not_revocable, Exclusion.NOT_REVOCABLE)


def not_chosen_now(
    filters: Iterable[ChosenBy],
    retention: Retention | None,
    listed: SessionList,
    members: Sequence[int],
    moment: Moment,
    since: float,
) -> dict[int, str]:
    """Return by position why filters and rules do not choose some of these sessions now.

    `since`: when they chose them, by the server's clock. Nothing else is ever chosen.
    """
    not_chosen: dict[int, str] = {}
    for one in filters:
        matching = {*select(one.query.of_the_list, listed, moment, members)}
        for position in members:
            session = listed.sessions[position]
            if one.chose(session.id) and position not in matching:
                is_used = (session.last_used_at or 0.0) >= since
                used = ": used since the plan was made" if is_used else ""
                not_chosen[position] = f"no longer matches the filter{used}"
    if retention is not None:
        left = [position for position in members if position not in not_chosen]
        groups = members_by(listed, retention.keys, left)
        kept = kept_by_rules(listed, groups, retention.rules, moment.server_now)
        not_chosen |= {one: f"kept now: {why.words}" for one, why in kept.items()}
    return not_chosen
