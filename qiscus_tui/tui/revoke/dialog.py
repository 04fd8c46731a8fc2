"""Revoke: shows the plan, asks, shows the run of it, and the verified result.

It has no rule of revocation: toggles change the choices, and the plan is made again.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec.structs import replace as with_changes
from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.text import counted
from qiscus_tui.model.turns import AT_ONCE
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import Allowed, RevocationPlan, Selection, make_plan
from qiscus_tui.service.revocation.run import forget_own_if_ended
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context, Phase
from qiscus_tui.tui.dialogs.dialog import DialogButton, trouble
from qiscus_tui.tui.dialogs.question import Question, Toggle
from qiscus_tui.tui.revoke import question_text, result_text
from qiscus_tui.tui.revoke.choices import MARKED, Change, PlanChoices
from qiscus_tui.tui.revoke.plan_making import PLANNING, PlanMaking
from qiscus_tui.tui.revoke.plan_questions import COMMANDS, PlanQuestions
from qiscus_tui.tui.revoke.plan_text import BOX, ShownPlan, text_width
from qiscus_tui.tui.revoke.progress import REDRAW, progress_lead, progress_lines
from qiscus_tui.tui.revoke.running import PlanRun
from qiscus_tui.tui.terminal.clipboard import send

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.tui.terminal.app import TerminalApp

LONG = 10.0
"""Seconds after which the end of a run rings the bell: the user may be looking elsewhere."""


def _change(change: Change) -> "Callable[[RevokeDialog], None]":
    """Return the action that makes this change."""
    return lambda dialog: dialog.change(change)


class RevokeDialog(Question[Report]):
    """Dismissed with the report, or None where nothing was begun.

    `on_result` gets the report as soon as it is there: the list behind must not lag behind it.
    """

    DANGEROUS = True
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.REVOKE)]
    DEFAULT_CSS = f"RevokeDialog #box {{ width: {BOX}; }}"

    def __init__(
        self,
        connection: "Connection",
        listed: SessionList,
        choices: PlanChoices | Selection,
        on_result: Callable[[Report], None] = lambda _: None,
        expiring: float = DAY,
    ) -> None:
        """`choices`: a selection alone has no rules; `expiring`: as in `Moment`."""
        super().__init__(connection.clock)
        self._on_result = on_result
        self._connection = connection
        self._making = PlanMaking(connection, listed, choices, expiring)
        self._shown = ShownPlan(make_plan(listed, Selection((), "not planned yet"), Allowed()))
        self._run = PlanRun(connection, self._shown.plan, self._show_progress)
        self._refusal: QiscusTuiError | None = None
        self._ended: result_text.EndedPlan | None = None
        self._tries = False  # whether one session goes first, as a trial
        self._questions = PlanQuestions(connection, self.guard, self._say_lines)

    @property
    def _plan(self) -> RevocationPlan:
        return self._shown.plan

    @property
    def plan_runs(self) -> bool:
        """Whether a plan runs: leaving the program is confirmed then."""
        return self.phase is Phase.RUNNING

    @property
    def context(self) -> Context:
        return with_changes(
            super().context,
            running=self.plan_runs,
            refusal=self._refusal.message if self._refusal else "",
            empty=not self._plan.targets,
            left_out=frozenset(
                kind for kind, words, _ in question_text.toggles(self._plan) if words
            ),
            no_rules=self._making.no_rules,
            command=" ".join(self._shown.command),
        )

    def compose_questions(self) -> Iterable[Widget]:
        yield self._questions

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Revoke  y", id="confirm", variant="danger")

    def opened(self) -> None:
        self._make_plan()
        self.run_worker(self._look_for_trial, group="trial")

    async def _look_for_trial(self) -> None:
        self._tries = await self._making.needs_trial()
        if self._tries and self.phase is Phase.ASKING:
            self._say_lines()

    def _make_plan(self) -> None:
        """Make the plan of the choices: a long one in a thread."""
        if self._making.size <= AT_ONCE:
            self._show_plan(self._making.planned())
        else:
            self._refusal = PLANNING
            self.say("heading", "Making the plan…")
            self.name_buttons("Cancel  n")
            self.guard.disarm()
            self.call_after_refresh(self.run_worker, self._plan_apart, group="plan", exclusive=True)

    async def _plan_apart(self) -> None:
        self._show_plan(await asyncio.to_thread(self._making.planned))

    def _show_plan(self, shown: ShownPlan) -> None:
        self._shown, self._refusal = shown, self._making.why_not(shown.plan)
        plan, chosen = shown.plan, self._making.choices.chosen
        count = len(plan.targets)
        self.say("heading", question_text.heading(plan, self._connection.account, chosen))
        self._say_lines()
        asks = bool(count) and self._refusal is None
        self._questions.show(self._making.choices, plan, asks=asks, ruled=self._making.is_ruled)
        self.show_questions()
        words = f"Revoke {count:,}" if plan.is_large else f"Revoke {count:,}  y"
        self.name_buttons("Cancel  n", words if asks else "")
        self.ask_again()

    def _say_lines(self) -> None:
        now, width = self._connection.server_now(), self.size.width
        if self._ended is not None:
            self.say("lines", result_text.result_lines(self._ended, now, width))
            return
        self._shown = self._making.with_command(self._shown, self._questions.reason)
        lead, lines = question_text.lead_and_lines(
            self._shown, self._refusal, now, self.size, tries=self._tries
        )
        self.say("lead", lead)
        self.say("lines", lines)
        self.say("note", question_text.note(self._plan, self._refusal))

    def on_resize(self, event: events.Resize) -> None:
        """Draw plan or result for another width. (Textual calls the base's handlers too.)"""
        if self.phase is Phase.ASKING or self._ended is not None:
            self._say_lines()

    action_allow_current = _change(lambda now: now.toggled("current"))
    action_allow_protected = _change(lambda now: now.toggled("protected"))
    action_allow_hidden = _change(lambda now: now.toggled("hidden"))
    action_rules = _change(lambda now: now.rules_toggled())
    action_keep_more = _change(lambda now: now.more_newest(1))
    action_keep_fewer = _change(lambda now: now.more_newest(-1))
    action_keep_created = _change(lambda now: now.created_toggled())
    action_next_used_within = _change(lambda now: now.next_used_within())

    def change(self, change: Change) -> None:
        """Change the choices, and make the plan again."""
        if self.guard.was_armed:
            self._making.choices = change(self._making.choices)
            self._make_plan()

    async def action_copy_command(self) -> None:
        """Send the command line that does the same to the terminal."""
        await send(cast("TerminalApp", self.app), self.context.command, "Command")

    async def on_toggle_toggled(self, message: Toggle.Toggled) -> None:
        """Change the plan."""
        message.stop()
        await self.run_command(COMMANDS[message.what])

    def on_key(self, event: events.Key) -> None:
        """Type digits into the field, wherever the focus is."""
        self._questions.type_key(event)

    def warn(self, words: str) -> None:
        """Say it below what the note says about our own session."""
        self.say("note", question_text.note(self._plan, self._refusal, words))

    # Running

    async def confirmed(self) -> None:
        if self.phase is Phase.STOPPED:
            self._shown = await asyncio.to_thread(self._making.planned)
        elif why_not := self._questions.why_not(self._plan):
            self.warn(why_not)
            return
        if not self._plan.targets:
            self.warn("Nothing more to revoke: the rest is gone, or kept.")
            self.offer_close()
            return
        self._begin()
        redraw = self.set_interval(REDRAW, self._show_progress)
        try:
            report = await self._run.apply()
        except QiscusTuiError as error:
            self.phase = Phase.DONE
            self.say("heading", "Ended early" if self._run.progress.done else "Not revoked")
            self.say("lead")
            self.say_trouble(error)
            self.offer_close()
        else:
            await self._finished(report)
        finally:
            redraw.stop()

    def _begin(self) -> None:
        self.phase, self._ended = Phase.RUNNING, None
        reason = self._questions.reason
        self._run = PlanRun(self._connection, self._plan, self._show_progress, reason)
        self.query_one("#lines").add_class("-wrapped")
        self.say("heading", f"Revoking {counted(len(self._plan.targets), 'session')}")
        self.say("note")
        self._questions.hide()
        self.show_questions()
        self.name_buttons("Stop  n")
        # Enter, which has just confirmed, stops nothing.
        self.query_one("#cancel").can_focus = False
        self.set_focus(None)
        self._show_progress()

    def _show_progress(self) -> None:
        self.say("lead", progress_lead(self._run.progress, text_width(self.size.width) + 1))
        self.say("lines", progress_lines(self._run.progress))

    async def _finished(self, report: Report) -> None:
        self._ended = await asyncio.to_thread(result_text.ended_plan, report, self._shown.groups)
        parts = [result_text.result_note(report)]
        try:
            await forget_own_if_ended(self._connection, report)
        except QiscusTuiError as error:
            parts.append(trouble(error))
        self._on_result(report)
        left, self.phase = self._run.left_after_stop, Phase.DONE
        self.set_class(False, "-dangerous")
        self.say("heading", result_text.result_heading(report, left))
        of_marks, seconds = self._making.choices.selection.why == MARKED, self._run.progress.seconds
        lead = result_text.result_lead(report, seconds, of_marks=of_marks, stopped=bool(left))
        self.say("lead", lead)
        self._say_lines()
        self.say("note", Content("\n").join([part for part in parts if part.plain]))
        if left and self._run.can_go_on:  # finishing is always safe; going on is armed
            self.phase = Phase.STOPPED
            self._making.go_on_after(report)
            self.offer_close("Finish here  n", "Go on  y")
        else:
            self.offer_close()
        if seconds > LONG:
            cast("App[object]", self.app).bell()

    # Ending

    def action_cancel(self) -> None:
        """Close; while a plan runs, stop sending at once."""
        if not self.plan_runs:
            self.close(self._run.report)
        elif self._run.not_sent == 0:
            self.say("note", "All are sent already: waiting for the answers.")
        else:
            self.stop()

    def stop(self) -> None:
        """Send nothing more; what was sent is waited for and checked, then the user is asked."""
        self._run.stop()
        self.say("heading", f"Stopped: {self._run.not_sent:,} not sent")
        self.name_buttons("Stopping…")

    async def action_quit_during_run(self) -> None:
        """Stop sending, as `n` does; where nothing is left to stop, leave the program."""
        can_stop = self._run.not_sent and not self._run.is_stopping
        await self.run_command("cancel" if can_stop else "quit")

    action_finish = action_cancel  # Enter, wherever the focus is

    async def end_early(self) -> list[str]:
        """Send nothing more, and give answers their 2 s. Return how far the plan came."""
        return self._run.cut_short if await self.end_confirming() else []

    async def on_unmount(self) -> None:
        """End a run whose screen goes away."""
        await self.end_early()
