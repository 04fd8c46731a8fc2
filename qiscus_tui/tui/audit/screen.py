"""What was revoked from this machine: the plans, newest first, and what became of each."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.text import safe, with_reason
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.history import GONE, AuditAccess, PastPlan, recorded_plans
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import BaseScreen, TooSmall
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.widgets.bars import bar_lines
from qiscus_tui.tui.widgets.cells import created_cell_short
from qiscus_tui.tui.widgets.drawn import Drawn
from qiscus_tui.tui.widgets.facts import Fact, FactsPanel
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.table import Column, Table

MOST_IDS = 3
"""Ids that are named of the sessions with the same outcome."""
IDS_A_LINE, MOST_LEFT = 4, 400
"""Ids that are named of sessions that are not gone, in a line and in all."""
MOST_GROUPS = 12
"""Groups that are named below the plans."""


PLAN_COLUMNS: tuple[Column[PastPlan], ...] = (
    Column("WHAT", lambda plan, _: plan.intent.kind.value, 12, 80),
    Column("SESSIONS", lambda plan, _: f"{len(plan.intent.ids):,}", 8, 60, is_number=True),
    Column("RESULT", lambda plan, _: safe(plan.words), 40, 90, least=24),
    Column("FROM", lambda plan, _: safe(plan.whence), 60, 70, least=24),
    Column("BY RULE", lambda plan, _: safe(plan.intent.rule or plan.intent.reason), 200, 65, 40),
    Column("ACCOUNT", lambda plan, _: safe(plan.account), 48, 50, least=20),
    Column("BY", lambda plan, _: who(plan), 40, 40, least=8),
)
"""Behind WHEN."""


class AuditScreen(BaseScreen[None]):
    """Every plan of the audit log, newest first; below them the one under the cursor."""

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
        now = workspace.clock.now()
        when: Column[PastPlan] = Column(
            "WHEN", lambda plan, _: created_cell_short(plan.intent.time, now), 12, gap=1, stays=True
        )
        self._table: Table[PastPlan] = Table((when, *PLAN_COLUMNS), id="plans")
        self._facts = FactsPanel(id="plan-facts")
        self._result = Drawn(id="plan-result")
        self._actions = ActionBar(id="audit-actions")

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield OneLine(
            Line(
                (
                    piece("qiscus-tui", Tone.STRONG, 20),
                    piece("what was revoked from here", Tone.PLAIN, ALWAYS, after="   "),
                    piece("a record, not evidence", Tone.MUTED, 10),
                ),
                (piece("esc back to the list", Tone.MUTED, 5),),
            )
        )
        yield Static(classes="rule")
        yield self._table
        yield Static(classes="rule", id="plan-rule")
        with Horizontal(id="plan"):
            yield self._facts
            yield self._result
        yield Static(classes="rule")
        yield self._actions

    def on_mount(self) -> None:
        """Read the log after the first drawing."""
        self._actions.show_commands(Scope.AUDIT, self.context)
        self._table.show_notice("Reading…")
        self.add_class("-empty")
        self.run_worker(self._read, group="audit")

    async def _read(self) -> None:
        try:
            self._plans, _ = await asyncio.to_thread(recorded_plans, self._workspace.local_files)
        except QiscusTuiError as error:
            self._table.show_notice(error.message, error.hint)
            return
        self._table.show_notice("Nothing was revoked from here.")
        self._table.styles.height = len(self._plans) + 1 if self._plans else "1fr"
        self.set_class(not self._plans, "-empty")
        self._table.show_rows(self._plans, 0)
        self._draw_chosen()
        self._actions.show_commands(Scope.AUDIT, self.context)

    @property
    def context(self) -> Context:
        return Context(rows=len(self._plans))

    @on(Table.Moved)
    def _draw_chosen(self) -> None:
        """Draw the plan under the cursor."""
        if self._plans:
            plan = self._plans[self._table.cursor_row]
            self._facts.show_facts(plan_facts(plan))
            self._result.show(partial(plan_result, plan))

    @on(Table.Opened)
    async def _opened(self) -> None:
        await self.run_command("open_plan")

    def action_open_plan(self) -> None:
        """Show the outcome of each session of the plan under the cursor."""
        self._open_plan(self._plans[self._table.cursor_row])


class PlanScreen(BaseScreen[None]):
    """One plan: who, when, by which rule, its outcomes, and where its sessions came from."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#outcomes"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.OVER_LIST)]
    SCOPE = Scope.OVER_LIST
    HOW_BACK = "esc goes back to it"

    def __init__(self, plan: PastPlan) -> None:
        super().__init__()
        self._plan = plan

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield OneLine(
            Line(
                (
                    piece(self._plan.title, Tone.STRONG, ALWAYS),
                    piece(self._plan.words, Tone.PLAIN, 50, after="   "),
                ),
                (piece("esc back to the plans", Tone.MUTED, 20),),
            )
        )
        yield Static(classes="rule")
        yield FactsPanel(id="plan-facts")
        yield Static(classes="rule")
        with VerticalScroll(id="outcomes"):
            yield Drawn(id="plan-result")
        yield Static(classes="rule")
        yield ActionBar(id="plan-actions")

    def on_mount(self) -> None:
        """Draw the plan: everything is known already."""
        self.query_one("#plan-actions", ActionBar).show_commands(Scope.OVER_LIST, self.context)
        self.query_one(FactsPanel).show_facts(plan_facts(self._plan))
        self.query_one("#plan-result", Drawn).show(partial(whole_result, self._plan))


def who(plan: PastPlan) -> str:
    """Return `root (sudo by ann) from 203.0.113.9`."""
    intent = plan.intent
    words = safe(intent.os_user)
    if intent.sudo_user:
        words += f" (sudo by {safe(intent.sudo_user)})"
    return f"{words} from {safe(intent.ssh_client)}" if intent.ssh_client else words


def named_ids(ids: Sequence[str]) -> str:
    """Return the first ids, and how many there are more."""
    more = f" and {len(ids) - MOST_IDS:,} more" if len(ids) > MOST_IDS else ""
    return "  ".join(map(safe, ids[:MOST_IDS])) + more


def named_groups(plan: PastPlan, most: int | None = None) -> list[tuple[str, int]]:
    """Return where so many of its sessions came from, and how many are others."""
    named = [(safe(one.name), one.count) for one in plan.groups[:most]]
    rest = len(plan.intent.ids) - sum(count for _, count in named)
    return [*named, ("others", rest)] if named and rest > 0 else named


def plan_facts(plan: PastPlan) -> list[Fact]:
    """Return who, where and when, how the sessions were chosen, and why."""
    intent = plan.intent
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(intent.time))
    facts = (
        ("when", when),
        ("sessions", f"{len(intent.ids):,}"),
        *((("rule", safe(intent.rule)),) if intent.rule else ()),
        *((("reason", safe(intent.reason)),) if intent.reason else ()),
        ("by", f"{who(plan)} on {safe(intent.process.host)}"),
        ("account", safe(plan.account)),
        ("server", safe(intent.server)),
    )
    return [Fact(name, value) for name, value in facts]


def plan_result(plan: PastPlan, width: int, *, is_whole: bool = False) -> Content:
    """Return outcomes with their reasons and groups with their share, in `width` cells.

    `is_whole`: with every group, and ids of what is gone too.
    """
    if isinstance(plan.intent, AuditAccess):  # its row says how it ended
        ids = [Content(safe(one)) for one in plan.intent.ids]
        return Content("\n").join([Content.styled("TOKEN", "bold"), *ids])
    lines = [Content.styled("OUTCOMES", "bold")]
    for group in plan.outcomes_together:
        words = with_reason(safe(group.outcome), safe(group.reason))
        style = "" if group.outcome in GONE else "$warning"
        lines.append(Content.styled(f"{len(group.ids):>7,}  {words}", style))
        if is_whole or group.outcome not in GONE:
            lines.append(Content.styled(f"{'':9}{named_ids(group.ids)}", "$text-muted"))
    if not plan.outcomes_together:
        lines.append(Content.styled("none recorded", "$text-muted"))
    if groups := named_groups(plan, None if is_whole else MOST_GROUPS):
        heading = Content.styled("CLIENT AND NETWORK", "bold")
        lines += [Content(), heading, *bar_lines(groups, width)]
    return Content("\n").join(lines)


def whole_result(plan: PastPlan, width: int) -> Content:
    """Return the result with every group, and all ids of what is not gone, several a line."""
    result = plan_result(plan, width, is_whole=True)
    left = [group.ids for group in plan.outcomes_together if group.outcome not in GONE]
    if isinstance(plan.intent, AuditAccess) or all(len(ids) <= MOST_IDS for ids in left):
        return result
    ids = [safe(one) for group in left for one in group]
    lines = [
        "  ".join(ids[start : start + IDS_A_LINE])
        for start in range(0, min(len(ids), MOST_LEFT), IDS_A_LINE)
    ]
    if len(ids) > MOST_LEFT:
        lines.append(f"and {len(ids) - MOST_LEFT:,} more: qiscus-tui audit --json")
    heading = Content.styled(f"{len(ids):,} NOT RECORDED AS GONE", "bold")
    return Content("\n").join([result, Content(), heading, Content("\n".join(lines))])
