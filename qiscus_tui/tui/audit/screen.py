"""What was revoked from this machine: the plans, newest first, and what became of each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.text import safe
from qiscus_tui.service.history import GONE
from qiscus_tui.tui.audit.plan_facts import MOST_IDS, named_ids, plan_facts, who
from qiscus_tui.tui.audit.plan_panel import PlanPanel
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import BaseScreen, TooSmall
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.sessions.group_columns import bar_text
from qiscus_tui.tui.widgets.cells import created_cell_short, share_text
from qiscus_tui.tui.widgets.facts import FactsPanel
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.text_table import TextColumn, TextRow, TextTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiscus_tui.service.account.workspace import Workspace
    from qiscus_tui.service.history import PastPlan

PLAN_COLUMNS = (
    TextColumn("WHEN", 12, 99),
    TextColumn("WHAT", 12, 80),
    TextColumn("SESSIONS", 9, 60),
    TextColumn("RESULT", 40, 90, least=24),
    TextColumn("FROM", 60, 70, least=20, good=36),
    TextColumn("BY RULE", 200, 65, least=14, good=40),
    TextColumn("ACCOUNT", 48, 50, least=20),
    TextColumn("BY", 40, 40, least=8),
)
IDS_A_ROW = 4
MOST_LEFT = 400
"""Ids that are named of sessions that are not gone."""
BAR_CELLS = 30
"""Cells of the longest bar of a plan's groups."""
PART_COLUMNS = (
    TextColumn("SESSIONS", 9, 99),
    TextColumn("OUTCOME", 60, 90, least=12),
    TextColumn("REASON AND IDS", 300, 80, least=10),
)


class AuditScreen(BaseScreen[None]):
    """Every plan of the audit log, newest first."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#plans"
    SCOPE = Scope.AUDIT
    HOW_BACK = "esc goes back to it"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.AUDIT)]

    def __init__(self, workspace: Workspace, open_plan: Callable[[PastPlan], None]) -> None:
        super().__init__()
        self._workspace = workspace
        self._open_plan = open_plan
        self._plans: list[PastPlan] = []
        self._table = TextTable(PLAN_COLUMNS, id="plans")
        self._panel = PlanPanel(id="plan")
        self._actions = ActionBar(id="audit-actions")

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield OneLine(id="audit-title")
        yield Static(classes="rule")
        yield self._table
        yield Static(classes="rule", id="plan-rule")
        yield self._panel
        yield Static(classes="rule")
        yield self._actions

    def on_mount(self) -> None:
        """Read the log after the first drawing."""
        self.query_one("#audit-title", OneLine).show_line(
            Line(
                (
                    piece("qiscus-tui", Tone.STRONG, 20),
                    piece("what was revoked from here", Tone.PLAIN, ALWAYS, after="   "),
                    piece("a record, not evidence", Tone.MUTED, 10),
                ),
                (piece("esc back to the list", Tone.MUTED, 5),),
            )
        )
        self._actions.show_commands(Scope.AUDIT, self.context)
        self._table.show_notice("Reading…")
        self.add_class("-empty")
        self.run_worker(self._read, group="audit")

    async def _read(self) -> None:
        rows = self._table
        try:
            self._plans = await asyncio.to_thread(_plans, self._workspace)
        except QiscusTuiError as error:
            rows.show_notice(error.message, error.hint)
            return
        rows.show_notice("Nothing was revoked from here.")
        now = self._workspace.clock.now()
        rows.styles.height = len(self._plans) + 1 if self._plans else "1fr"
        self.set_class(not self._plans, "-empty")
        rows.show_rows([_plan_row(plan, now) for plan in self._plans])
        self._draw_chosen()
        self._actions.show_commands(Scope.AUDIT, self.context)

    @property
    def context(self) -> Context:
        return Context(rows=len(self._plans))

    @on(TextTable.Moved)
    def _draw_chosen(self) -> None:
        """Draw the plan under the cursor."""
        if self._plans:
            self._panel.show(self._plans[self._table.cursor_row])

    @on(TextTable.Opened)
    async def _opened(self) -> None:
        await self.run_command("open_plan")

    def action_open_plan(self) -> None:
        """Show the outcome of each session of the plan under the cursor."""
        self._open_plan(self._plans[self._table.cursor_row])


class PlanScreen(BaseScreen[None]):
    """One plan: who, when, by which rule, its outcomes, and where its sessions came from."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#outcomes"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.PLAN)]
    SCOPE = Scope.PLAN
    HOW_BACK = "esc goes back to it"

    def __init__(self, plan: PastPlan) -> None:
        super().__init__()
        self._plan = plan

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield OneLine(id="plan-title")
        yield Static(classes="rule")
        yield FactsPanel(id="plan-facts")
        yield Static(classes="rule")
        yield TextTable(PART_COLUMNS, id="outcomes")
        yield Static(classes="rule")
        yield ActionBar(id="plan-actions")

    def on_mount(self) -> None:
        """Draw the plan: everything is known already."""
        self.query_one("#plan-title", OneLine).show_line(
            Line(
                (
                    piece(self._plan.title, Tone.STRONG, ALWAYS),
                    piece(self._plan.words, Tone.PLAIN, 50, after="   "),
                ),
                (piece("esc back to the plans", Tone.MUTED, 20),),
            )
        )
        self.query_one("#plan-actions", ActionBar).show_commands(Scope.PLAN, self.context)
        self.query_one(FactsPanel).show_facts(plan_facts(self._plan))
        rows = self.query_one(TextTable)
        rows.show_notice("It named no session.")
        plan = self._plan
        rows.show_rows([*outcome_rows(plan), *group_rows(plan), *left_rows(plan)])


def _plans(workspace: Workspace) -> list[PastPlan]:
    from qiscus_tui.service.history import recorded_plans

    return recorded_plans(workspace.local_files)[0]


def _plan_row(plan: PastPlan, now: float) -> TextRow:
    intent = plan.intent
    return TextRow(
        (
            created_cell_short(intent.time, now),
            intent.kind.value,
            f"{len(intent.ids):>8,}",
            safe(plan.words),
            safe(plan.whence),
            safe(intent.rule or intent.reason),
            safe(plan.account),
            who(plan),
        )
    )


def outcome_rows(plan: PastPlan) -> list[TextRow]:
    """Return the outcomes, a row for each reason; those of sessions that are not gone first."""
    return [
        TextRow(
            (
                f"{len(group.ids):>8,}",
                safe(group.outcome).replace("_", " "),
                ": ".join(filter(None, (safe(group.reason), named_ids(group.ids)))),
            ),
            is_muted=group.outcome in GONE,
        )
        for group in plan.outcomes_together
    ]


def _share_words(share: float, largest: float) -> str:
    return f"{share_text(share)}  {bar_text(share, largest, BAR_CELLS)}"


def group_rows(plan: PastPlan) -> list[TextRow]:
    """Return where the sessions came from, under a heading; nothing where it is not recorded."""
    if not plan.groups:
        return []
    named = [(safe(one.name), one.count) for one in plan.groups]
    rest = len(plan.intent.ids) - sum(count for _, count in named)
    counts = [*named, ("others", rest)] if rest > 0 else named
    most, total = max(count for _, count in counts), max(1, len(plan.intent.ids))
    rows = [
        TextRow((f"{count:>8,}", name, _share_words(count / total, most / total)))
        for name, count in counts
    ]
    return [TextRow(("", "", "")), TextRow(("", "CLIENT AND NETWORK", ""), is_muted=True), *rows]


def left_rows(plan: PastPlan) -> list[TextRow]:
    """Return all ids of what is not gone, several a row, where its outcomes name only some."""
    together = [group for group in plan.outcomes_together if group.outcome not in GONE]
    if all(len(group.ids) <= MOST_IDS for group in together):
        return []
    ids = [safe(one) for group in together for one in group.ids]
    rows = [
        TextRow(("", "", "  ".join(ids[start : start + IDS_A_ROW])))
        for start in range(0, min(len(ids), MOST_LEFT), IDS_A_ROW)
    ]
    if len(ids) > MOST_LEFT:
        rows.append(
            TextRow(("", "", f"and {len(ids) - MOST_LEFT:,} more: qiscus-tui audit --json"))
        )
    heading = TextRow((f"{len(ids):>8,}", "NOT RECORDED AS GONE", ""), is_muted=True)
    return [TextRow(("", "", "")), heading, *rows]
