"""The plan under the cursor of the audit, and the days on which sessions were revoked from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from qiscus_tui.model.text import safe, with_reason
from qiscus_tui.service.history import GONE, AuditAccess
from qiscus_tui.tui.audit.plan_facts import named_ids, plan_facts
from qiscus_tui.tui.widgets.bar_lines import bar_lines
from qiscus_tui.tui.widgets.facts import FactsPanel

if TYPE_CHECKING:
    from qiscus_tui.service.history import PastPlan

MOST_GROUPS = 12


def plan_result(plan: PastPlan, width: int) -> Content:
    """Return outcomes with their reasons and groups with their share, in `width` cells."""
    if isinstance(plan.intent, AuditAccess):  # its row says how it ended
        ids = [Content(safe(one)) for one in plan.intent.ids]
        return Content("\n").join([Content.styled("TOKEN", "bold"), *ids])
    lines = [Content.styled("OUTCOMES", "bold")]
    for group in plan.outcomes_together:
        words = with_reason(safe(group.outcome), safe(group.reason))
        style = "" if group.outcome in GONE else "$warning"
        lines.append(Content.styled(f"{len(group.ids):>7,}  {words}", style))
        if group.outcome not in GONE:
            lines.append(Content.styled(f"{'':9}{named_ids(group.ids)}", "$text-muted"))
    if not plan.outcomes_together:
        lines.append(Content.styled("none recorded", "$text-muted"))
    if plan.groups:
        counts = [(safe(one.name), one.count) for one in plan.groups[:MOST_GROUPS]]
        rest = len(plan.intent.ids) - sum(count for _, count in counts)
        others = [("others", rest)] if rest > 0 else []
        heading = Content.styled("CLIENT AND NETWORK", "bold")
        lines += [Content(), heading, *bar_lines([*counts, *others], width)]
    return Content("\n").join(lines)


class PlanPanel(Horizontal):
    """Facts at the left, the result at the right."""

    DEFAULT_CSS = """
    PlanPanel {
        height: 1fr;
        overflow: hidden;
        & FactsPanel { width: 1fr; margin: 0 2; }
        & Static { width: 1fr; height: auto; }
        & #plan-result { margin-right: 2; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._facts = FactsPanel(id="plan-facts")
        self._result = Static("", id="plan-result", markup=False)
        self._plan: PastPlan | None = None

    def compose(self) -> ComposeResult:
        yield self._facts
        yield self._result

    def show(self, plan: PastPlan) -> None:
        """Draw a plan."""
        self._plan = plan
        self._facts.show_facts(plan_facts(plan))
        self._draw()

    def on_resize(self) -> None:
        """Draw the bars as wide as there is room now."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if self._plan is not None:
            self._result.update(plan_result(self._plan, max(20, self._result.size.width)))
