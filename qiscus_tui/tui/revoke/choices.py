"""What a revoke dialog was asked for, and the plan that it makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from msgspec import structs

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.clock import DAY, HOUR, as_typed
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.retention_rules import Retention, RetentionRules
from qiscus_tui.model.session import Current
from qiscus_tui.query import Moment, all_of
from qiscus_tui.service.revocation.outcomes import Report, not_sent_by
from qiscus_tui.service.revocation.plan import (
    Allowed,
    Exclusion,
    RevocationPlan,
    Selection,
    make_plan,
)
from qiscus_tui.service.revocation.plan_groups import emptied_words
from qiscus_tui.service.revocation.retention import USUAL_RULES, check_clocks, check_rules
from qiscus_tui.service.sessions.groups import Group, grouped
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.view import keys_words

if TYPE_CHECKING:  # loads httpx, for which the first frame of the list does not wait
    from qiscus_tui.service.account.connection import Connection

EACH = 12
"""Most sessions that are shown one by one; more are grouped."""

USED_WITHIN = (HOUR, 24 * HOUR, 7 * DAY, None)
"""What `t` goes through; None: that rule is off."""
NO_RULES = RetentionRules()
WITHOUT_RULES = Retention(USUAL_KEYS, NO_RULES)

PlanChanges = dict[str, tuple[str, bool]]
"""What can be changed of a plan, by its command: its words, and whether it is on."""


@dataclass(frozen=True)
class ShownPlan:
    """A plan, and what is shown of it besides."""

    plan: RevocationPlan
    groups: Sequence[Group] = ()
    """The groups of the targets; none where they are shown one by one."""
    emptied: str = ""
    """Which groups the rules leave with no session; empty for none."""
    refusal: QiscusTuiError | None = None
    """Why it can't be confirmed; None where it can."""


@dataclass(frozen=True)
class PlanChoices:
    """The choices of which a plan is made. Most methods return the choices after a change."""

    selection: Selection
    allowed: Allowed = field(default_factory=Allowed)
    retention: Retention = WITHOUT_RULES
    """How sessions are grouped, and what stays of each group."""
    chosen: str = ""
    """What the plan is made of, in words: the dialog's first line."""

    def planned(self, connection: Connection, listed: SessionList, moment: Moment) -> ShownPlan:
        """Make the plan. Calls no server; on a long list it takes a moment."""
        rules = self.retention.rules
        retention = self.retention if rules.given else None
        plan = make_plan(listed, self.selection, self.allowed, retention, moment)
        groups: Sequence[Group] = ()
        if rules.given or len(plan.targets) > EACH:
            groups = grouped(listed, self.retention.keys, moment, plan.target_positions)
        shown = ShownPlan(plan, groups, emptied_words(plan))
        try:
            connection.must_be_writable()
            check_rules(listed.sessions, rules)
            check_clocks(
                listed, all_of([one.query for one in plan.selection.filters]), plan.retention
            )
        except QiscusTuiError as error:
            return replace(shown, refusal=error)
        return shown

    def changes(self, plan: RevocationPlan, *, can_rule: bool) -> PlanChanges:
        """Return what can be changed of the plan. `can_rule`: rules can be applied."""
        rules = self.retention.rules
        newest, used = rules.keep_newest, rules.keep_used_within
        found: PlanChanges = {}
        if rules.given:
            number, time = newest or "off", "off" if used is None else as_typed(used)
            words = f"keep the newest [{number}] of each {keys_words(self.retention.keys)}"
            found["keep_more"] = words, newest is not None
            found["next_used_within"] = f"keep what was used within [{time}]", used is not None
        elif can_rule:
            found["rules"] = "keep the newest of each group, and what was used within 24h", False
        own = Exclusion.CURRENT, "also this program's own session; its next use makes a new token"
        if plan.listed.current is Current.UNKNOWN:
            words = "also though one may be this program's own session"
            own = Exclusion.CURRENT_UNKNOWN, words
        left_out = {left.exclusion for left in plan.left_out}
        for kind, (exclusion, words) in (
            ("current", own),
            ("protected", (Exclusion.PROTECTED, "also protected ones")),
            ("hidden", (Exclusion.HIDDEN, "also hidden by the filter")),
        ):
            is_in = getattr(self.allowed, kind)
            if is_in or exclusion in left_out:
                found[f"allow_{kind}"] = words, is_in
        return found

    def after_stop(self, report: Report, listed: SessionList) -> PlanChoices:
        """Choose what the run did not send, of the list that was read after it."""
        before, moved = report.plan.listed, dict[int, int]()
        for at in self.selection.positions:
            session = before.sessions[at]
            now_at = listed.positions.get(session.id)
            if now_at is not None and listed.sessions[now_at].is_same_as(session):
                moved[at] = now_at
        hidden = frozenset(moved[at] for at in self.selection.hidden if at in moved)
        positions, only = [*moved.values()], not_sent_by(report)
        selection = replace(self.selection, positions=positions, hidden=hidden, only=only)
        return replace(self, selection=selection)

    def toggled(self, kind: str) -> PlanChoices:
        """Let `current`, `protected` or `hidden` sessions in, or leave them out again."""
        changed = {kind: not getattr(self.allowed, kind)}
        return replace(self, allowed=replace(self.allowed, **changed))

    def rules_toggled(self) -> PlanChoices:
        """Take the usual rules, or none."""
        return self._ruled(NO_RULES if self.retention.rules.given else USUAL_RULES)

    def more_newest(self, more: int) -> PlanChoices:
        """Keep so many more of the newest of each group; below 1 that rule is off."""
        newest = (self.retention.rules.keep_newest or 0) + more
        kept = newest if newest > 0 else None
        return self._ruled(structs.replace(self.retention.rules, keep_newest=kept))

    def next_used_within(self) -> PlanChoices:
        """Keep what was used within the next of the times."""
        now = self.retention.rules.keep_used_within
        at = USED_WITHIN.index(now) + 1 if now in USED_WITHIN else 0
        then = USED_WITHIN[at % len(USED_WITHIN)]
        return self._ruled(structs.replace(self.retention.rules, keep_used_within=then))

    def _ruled(self, rules: RetentionRules) -> PlanChoices:
        """Return the choices with these rules, which are no policy's any more."""
        return replace(self, retention=Retention(self.retention.keys, rules))


def marked_words(count: int) -> str:
    """Return what a plan of marked sessions is made of."""
    return "Your marked session" if count == 1 else f"Your {count:,} marked sessions"


def hidden_words(count: int, instead: str) -> str:
    """Return what a plan is made of where the filter hides all `count` marks: `instead`."""
    are = "is" if count == 1 else "are"
    words = f"{marked_words(count)} {are} hidden by the filter"
    return f"{words}. {instead}" if instead else words
