"""What the usual rules would do with a group: what they keep and why, what they revoke. Pure."""

from dataclasses import dataclass

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.retention_rules import Retention, RetentionRules
from qiscus_tui.model.session import Session
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.plan import Allowed, RevocationPlan, Selection, make_plan
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.service.sessions.session_list import SessionList

USUAL_RULES = RetentionRules(keep_newest=1, keep_used_within=DAY)
"""The newest of each group, and what was used within 24 hours."""


@dataclass(frozen=True, eq=False)
class PruneOutlook:
    """The plan that the usual rules make of a group."""

    plan: RevocationPlan

    @property
    def revoked(self) -> int:
        """Return how many of the group would be revoked."""
        return len(self.plan.targets)

    @property
    def kept(self) -> int:
        """Return how many would be kept."""
        return len(self.plan.kept) + len(self.plan.left_out)

    def why_kept(self, session: Session) -> str | None:
        """Return why this session of the group would be kept; None where it would be revoked."""
        for left in self.plan.left_out:
            if left.session is session:
                return left.reason
        return next((one.why.words for one in self.plan.kept if one.session is session), None)


def prune_outlook(listed: SessionList, group: Group, moment: Moment) -> PruneOutlook:
    """Return what the usual rules would do with a group."""
    selection = Selection(group.positions, "group")
    retention = Retention(group.keys, USUAL_RULES)
    return PruneOutlook(make_plan(listed, selection, Allowed(), retention, moment))
