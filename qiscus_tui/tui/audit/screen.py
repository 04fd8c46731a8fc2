"""What was revoked from this machine: the plans, newest first, and what became of each."""

import asyncio
import textwrap
import time
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from qiscus_tui.commands.command import Context, Scope
from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.text import counted, safe, with_reason
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.history import (
    GONE,
    AuditAccess,
    PastPlan,
    recorded_plans,
)
from qiscus_tui.tui.base_screen import BaseScreen
from qiscus_tui.tui.widgets.cells import created_cell_short, fit_middle
from qiscus_tui.tui.widgets.fields import Field
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.table import Column, Table
from qiscus_tui.tui.widgets.texts import Drawn, Fact, FactsPanel

MOST_IDS = 10
"""Ids that are named of the sessions with the same outcome."""
MOST_GROUPS = 12
"""Groups that are named of a plan."""

ACCOUNT: Column[PastPlan] = Column(
    "ACCOUNT", lambda plan, cells: fit_middle(safe(plan.account), cells), 32, 85, least=20
)
"""Only where there are several."""
PLAN_COLUMNS: tuple[Column[PastPlan], ...] = (
    Column("WHAT", lambda plan, _: plan.intent.kind.value, 12, 80),
    Column("SESSIONS", lambda plan, _: f"{len(plan.intent.ids):,}", 8, 60, is_number=True),
    Column("RESULT", lambda plan, _: safe(plan.words), 40, 90, least=24),
    ACCOUNT,
    Column("FROM", lambda plan, _: safe(plan.whence), 60, 70, least=24),
    Column("CHOSEN BY", lambda plan, _: safe(plan.intent.rule or plan.intent.reason), 200, 65, 40),
    Column("DONE BY", lambda plan, _: plan.who, 40, 40, least=8),
)
"""Behind WHEN."""


class AuditScreen(BaseScreen[None]):
    """Every plan of the audit log, newest first; below them the one under the cursor."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#plans"
    SCOPE = Scope.AUDIT

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._all: list[PastPlan] = []
        self._plans: list[PastPlan] = []
        """Those that the filter leaves."""
        now = workspace.clock.now()
        self._when: Column[PastPlan] = Column(
            "WHEN", lambda plan, _: created_cell_short(plan.intent.time, now), 12, gap=1, stays=True
        )
        self._title = OneLine()
        self._filter_line = Horizontal(id="plan-filter-line")
        self._filter = Field(id="plan-filter", placeholder="words of a plan: a client, a rule, ...")
        self._table: Table[PastPlan] = Table((self._when, *PLAN_COLUMNS), id="plans")
        self._facts = FactsPanel(id="plan-facts")
        self._result = Drawn(id="plan-result")

    def compose_body(self) -> ComposeResult:
        yield self._title
        with self._filter_line:
            yield Static("/", id="plan-filter-sign")
            yield self._filter
        yield Static(classes="rule")
        yield self._table
        yield Static(classes="rule", id="plan-rule")
        with Horizontal(id="plan"):
            yield self._facts
            yield self._result

    def on_mount(self) -> None:
        """Read the log after the first drawing."""
        self._filter_line.display = False
        self._table.show_notice("Reading…")
        self._show()
        self.run_worker(self._read, group="audit")

    async def _read(self) -> None:
        try:
            self._all, _ = await asyncio.to_thread(recorded_plans, self._workspace.local_files)
        except QiscusTuiError as error:
            self._table.show_notice(error.message, error.hint)
            return
        are_several = len({plan.account for plan in self._all}) > 1
        columns = [one for one in PLAN_COLUMNS if one is not ACCOUNT or are_several]
        self._table.columns = (self._when, *columns)
        self._table.show_notice("Nothing was revoked from here.")
        self._show()

    @on(Field.Changed)
    def _filter_changed(self) -> None:
        self._table.show_notice("No plan has these words.", "esc shows all.")
        self._show()

    def _show(self) -> None:
        """Show the plans that have all words of the filter."""
        words = self._filter.value.casefold().split()
        self._plans = [one for one in self._all if all(map(text_of(one).__contains__, words))]
        shown, total = len(self._plans), len(self._all)
        many = f"{shown:,} of {total:,}" if words else counted(total, "record")
        self._title.show_line(
            Line(
                (
                    piece("qiscus-tui", Tone.STRONG, 20),
                    piece("what was done from this machine", Tone.PLAIN, ALWAYS, after="   "),
                    piece(many, Tone.MUTED, 10),
                ),
                (piece("esc back to the list", Tone.MUTED, 5),),
            )
        )
        self._table.styles.height = shown + 1 if shown else "1fr"
        self.set_class(not shown, "-empty")
        self._table.show_rows(self._plans, 0)
        self._draw_chosen()
        self.show_commands()

    @property
    def context(self) -> Context:
        return Context(rows=len(self._plans))

    @on(Table.Moved)
    def _draw_chosen(self) -> None:
        """Draw the plan under the cursor."""
        if self._plans:
            plan = self._plans[self._table.cursor_row]
            self._facts.show_facts(plan_facts(plan))
            self._result.display = not isinstance(plan.intent, AuditAccess)  # its row says it all
            self._result.show(partial(plan_result, plan))

    def action_filter_plans(self) -> None:
        """Type words; the plans that have all of them are shown."""
        self._filter_line.display = True
        self._filter.focus()

    @on(Field.Submitted)
    def _leave_filter(self) -> None:
        self._filter_line.display = bool(self._filter.value)
        self._table.focus()

    def action_back(self) -> None:
        """Show all plans again; where all are shown, return to the list."""
        if not self._filter_line.display:
            super().action_back()
        self._filter.value = ""
        self._leave_filter()


def text_of(plan: PastPlan) -> str:
    """Return all that is shown of a plan, to look for words in it."""
    groups = " ".join(group.name for group in plan.groups)
    facts = " ".join(fact.text for fact in plan_facts(plan))
    return f"{plan.words} {groups} {facts}".casefold()


def plan_facts(plan: PastPlan) -> list[Fact]:
    """Return who, where and when, how the sessions were chosen, and why."""
    intent = plan.intent
    found = {
        "What": plan.title,
        "When": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(intent.time)),
        "Sessions": f"{len(intent.ids):,}",
        "Rule": safe(intent.rule),
        "Reason": safe(intent.reason),
        "By": f"{plan.who} on {safe(intent.process.host)}",
        "Account": safe(plan.account),
        "Server": safe(intent.server),
    }
    return [Fact(name, text) for name, text in found.items() if text]


def plan_result(plan: PastPlan, width: int) -> Content:
    """Return its outcomes with their reasons, and where its sessions came from."""
    lines = [Content.styled("OUTCOMES", "bold")]
    for group in plan.outcomes_together:
        is_gone = group.outcome in GONE
        words = with_reason(safe(group.outcome), safe(group.reason))
        lines.append(_counted(len(group.ids), words, "" if is_gone else "$warning"))
        if not is_gone:
            named = [safe(one) for one in group.ids[:MOST_IDS]]
            if (more := len(group.ids) - MOST_IDS) > 0:
                named.append(f"and\N{NO-BREAK SPACE}{more:,}\N{NO-BREAK SPACE}more")
            lines += [
                Content.styled(f"{'':9}{line}", "$text-muted")
                for line in textwrap.wrap("  ".join(named), max(20, width - 9))
            ]
    if not plan.outcomes_together:
        lines.append(Content.styled("none recorded", "$text-muted"))
    if groups := plan.groups[:MOST_GROUPS]:
        lines += [Content(), Content.styled("CLIENT AND NETWORK", "bold")]
        lines += [_counted(one.count, safe(one.name)) for one in groups]
        if rest := len(plan.intent.ids) - sum(one.count for one in groups):
            lines.append(_counted(rest, "from elsewhere", "$text-muted"))
    return Content("\n").join(lines)


def _counted(count: int, words: str, style: str = "") -> Content:
    return Content.styled(f"{count:>7,}  {words}", style)
