"""Revoke: shows the plan, asks, shows the run of it, and the verified result.

It has no rule of revocation: toggles change what is `Allowed`, and the plan is made again.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec.structs import replace as with_changes
from textual import events, work
from textual.app import App
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.worker import WorkerError

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.service.revocation.clock_check import check_clocks
from qiscus_tui.service.revocation.on_connection import forget_own_if_ended
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context, Phase
from qiscus_tui.tui.dialogs.dialog import trouble
from qiscus_tui.tui.dialogs.parts import Body, DialogButton, Toggle, TypedField, Words
from qiscus_tui.tui.dialogs.plan_text import plan_lines, sessions_word
from qiscus_tui.tui.dialogs.progress import (
    progress_lead,
    progress_lines,
    result_lead,
    result_lines,
    result_note,
)
from qiscus_tui.tui.dialogs.question import Question
from qiscus_tui.tui.dialogs.question_text import question_lead, question_note, toggles
from qiscus_tui.tui.dialogs.running import PlanRun
from qiscus_tui.tui.dialogs.stop import StopDialog

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection

REDRAW = 0.1
"""Seconds between two drawings of the progress."""

LONG = 10.0
"""Seconds after which the end of a run rings the bell: the user may be looking elsewhere."""

MARKED = "marked"
"""Why sessions are in a plan: they were marked."""

KINDS = ("current", "protected", "hidden")
"""What a plan leaves out unless it is allowed."""


class RevokeDialog(Question[Report]):
    """Dismissed with the report, or None where nothing was begun.

    `on_result` gets the report as soon as it is there: the list behind must not lag behind it.
    """

    TITLE_TEXT = "Revoke"
    DANGEROUS = True

    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.REVOKE)]

    DEFAULT_CSS = """
    RevokeDialog {
        & #number-line { height: 1; layout: horizontal; }
        & #number-words { width: auto; }
        & #number { width: 14; margin-left: 1; }
    }
    """

    def __init__(
        self,
        connection: "Connection",
        listed: SessionList,
        selection: Selection,
        on_result: Callable[[Report], None] = lambda _: None,
    ) -> None:
        super().__init__(connection.clock)
        self._on_result = on_result
        self._connection = connection
        self._listed = listed
        self._selection = selection
        self._plan = make_plan(listed, selection, Allowed())
        self._run = PlanRun(connection, self._plan, self._show_progress)
        self._refusal: QiscusTuiError | None = None

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
            left_out=frozenset(kind for kind, words, _ in toggles(self._plan) if words),
        )

    # What it is made of

    def compose_questions(self) -> Iterable[Widget]:
        for kind in KINDS:
            yield Toggle(kind)
        line = Widget(
            Words(id="number-words"),
            TypedField(self.guard, characters="0123456789", id="number"),
            id="number-line",
        )
        yield line

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Revoke  y", id="confirm", variant="danger")

    def opened(self) -> None:
        try:
            self._connection.must_be_writable()
            check_clocks(self._listed, self._selection.rule)
        except QiscusTuiError as error:
            self._refusal = error
        self._show_plan()

    # Asking

    def _show_plan(self) -> None:
        plan, count = self._plan, len(self._plan.targets)
        self.say("heading", f"Revoke {sessions_word(count)}" if count else "Nothing to revoke")
        self.say("lead", question_lead(plan, self._connection.account, self._refusal))
        self.say("lines", plan_lines(plan, self._connection.server_now()))
        for kind, words, on in toggles(plan):
            self._toggle(kind).show_state(words, on=on)
        asks = bool(count) and self._refusal is None
        self.query_one("#number-line").display = asks and plan.is_large
        self.show_questions()
        self.query_one("#number-words", Words).say(f"Type {count} and press Enter:")
        confirm = self.query_one("#confirm", DialogButton)
        confirm.display = asks
        confirm.rename(f"Revoke {count:,}" if plan.is_large else f"Revoke {count:,}  y")
        self.say("note", question_note(plan, self._refusal))
        self.ask_again()

    def _toggle(self, kind: str) -> Toggle:
        return self.query_one(f"#allow-{kind}", Toggle)

    def action_allow_current(self) -> None:
        """Add this program's own session, or leave it out again."""
        self._allow(replace(self._plan.allowed, current=not self._plan.allowed.current))

    def action_allow_protected(self) -> None:
        """Add protected sessions, or leave them out again."""
        self._allow(replace(self._plan.allowed, protected=not self._plan.allowed.protected))

    def action_allow_hidden(self) -> None:
        """Add hidden sessions, or leave them out again."""
        self._allow(replace(self._plan.allowed, hidden=not self._plan.allowed.hidden))

    def _allow(self, allowed: Allowed) -> None:
        if self.guard.was_armed:
            self._plan = make_plan(self._listed, self._selection, allowed)
            self.query_one(TypedField).value = ""
            self._show_plan()

    async def on_toggle_toggled(self, message: Toggle.Toggled) -> None:
        """Change what is left out."""
        message.stop()
        await self.run_command(f"allow_{message.what}")

    def on_key(self, event: events.Key) -> None:
        """Type digits into the field, wherever the focus is."""
        field = self.query_one(TypedField)
        asked = self.query_one("#number-line").display
        if asked and self.focused is not field and field.type_key(event):
            event.stop()

    def warn(self, words: str) -> None:
        """Say it below what the note says about our own session."""
        warned = question_note(self._plan, self._refusal)
        again = Content.styled(words, "bold $warning")
        parts = [part for part in (warned, again) if part.plain]
        self.say("note", Content("\n").join(parts))

    # Running

    async def confirmed(self) -> None:
        plan = self._plan
        if plan.is_large and self.query_one(TypedField).value != str(len(plan.targets)):
            self.warn(f"That is not the number: type {len(plan.targets)} to revoke them.")
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
            self._offer_close()
        else:
            if report is not None:
                await self._finished(report)
        finally:
            redraw.stop()

    def _begin(self) -> None:
        self.phase = Phase.RUNNING
        self._run = PlanRun(self._connection, self._plan, self._show_progress)
        self.query_one("#lines").add_class("-wrapped")
        self.say("heading", f"Revoking {sessions_word(len(self._plan.targets))}")
        self.say("note")
        for kind in KINDS:
            self._toggle(kind).show_state("", on=False)
        self.query_one("#number-line").display = False
        self.show_questions()
        self.query_one("#confirm").display = False
        stop = self.query_one("#cancel", DialogButton)
        stop.rename("Stop…  n")
        stop.can_focus = False  # Enter, which has just confirmed, stops nothing
        self.set_focus(None)
        self._show_progress()

    def _show_progress(self) -> None:
        self.say("lead", progress_lead(self._run.progress, self.query_one("#heading").size.width))
        self.say("lines", progress_lines(self._run.progress))

    async def _finished(self, report: Report) -> None:
        parts = [result_note(report)]
        try:
            await forget_own_if_ended(self._connection, report)
        except QiscusTuiError as error:
            parts.append(trouble(error))
        self._on_result(report)
        self.phase = Phase.DONE
        self.set_class(False, "-dangerous")
        self.say("heading", "Revoked" if report.is_whole else "Not all revoked")
        of_marks, seconds = self._selection.why == MARKED, self._run.progress.seconds
        self.say("lead", result_lead(report, seconds, of_marks=of_marks))
        self.say("lines", result_lines(report))
        self.say("note", Content("\n").join([part for part in parts if part.plain]))
        self._offer_close()
        if seconds > LONG:
            cast("App[object]", self.app).bell()

    def _offer_close(self) -> None:
        self.query_one(Body).scroll_home(animate=False)
        close = self.query_one("#cancel", DialogButton)
        close.rename("Close  enter")
        close.can_focus = True
        close.focus()

    # Ending

    def action_cancel(self) -> None:
        """Close; while a plan runs, ask whether to stop it."""
        if not self.plan_runs:
            self.close(self._run.report)
        elif self._run.not_sent == 0:
            self.say("note", "All are sent already: waiting for the answers.")
        elif not self._run.is_stopping:
            self._ask_to_stop()

    @work(group="dialog")
    async def _ask_to_stop(self) -> None:
        question = StopDialog(self._connection.clock, self._not_sent)
        stops = await cast("App[object]", self.app).push_screen_wait(question)
        if stops and self.plan_runs:
            self._run.stop()
            self.query_one("#cancel", DialogButton).rename("Stopping…")

    def _not_sent(self) -> int | None:
        """How many sessions wait to be sent; None where nothing runs."""
        return self._run.not_sent if self.plan_runs else None

    def action_finish(self) -> None:
        """Close what is done, wherever the focus is."""
        self.close(self._run.report)

    async def end_early(self) -> list[str]:
        """Send nothing more, and give answers their 2 s. Return how far the plan came."""
        if self.confirming is None or self.confirming.is_finished:
            return []
        self.confirming.cancel()
        with contextlib.suppress(WorkerError):
            await self.confirming.wait()
        return self._run.cut_short

    async def on_unmount(self) -> None:
        """End a run whose screen goes away."""
        await self.end_early()
