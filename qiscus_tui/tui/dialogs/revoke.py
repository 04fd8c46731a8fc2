"""Revoke: shows the plan, asks, follows the run, and tells the verified result.

No rule of revocation stands here: toggles change what is `Allowed`, and the plan is made anew.
"""

import contextlib
import enum
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.worker import WorkerError

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.service.history import SEE_THE_LIST, reached_words
from qiscus_tui.service.revocation.clock_check import check_clocks
from qiscus_tui.service.revocation.events import Answered, Finished
from qiscus_tui.service.revocation.on_connection import forget_own_if_ended, revocation_on
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.asking_words import asking_lead, asking_note, toggles
from qiscus_tui.tui.dialogs.dialog import trouble
from qiscus_tui.tui.dialogs.parts import Body, DialogButton, Toggle, TypedField, Words
from qiscus_tui.tui.dialogs.plan_words import plan_lines, sessions_word
from qiscus_tui.tui.dialogs.progress_words import (
    Progress,
    progress_lead,
    progress_lines,
    result_lead,
    result_lines,
    result_note,
)
from qiscus_tui.tui.dialogs.question import Question
from qiscus_tui.tui.dialogs.stop import StopDialog

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection
    from qiscus_tui.service.revocation.run import Revocation

REDRAW = 0.1
"""Seconds between two drawings of the progress."""

LONG = 10.0
"""Seconds after which the end of a run rings the bell: somebody may look elsewhere by then."""

MARKED = "marked"
"""Why sessions are in a plan: they were marked."""


class Phase(enum.Enum):
    """Where the dialog stands."""

    ASKING = "asking"
    RUNNING = "running"
    DONE = "done"


class RevokeDialog(Question[Report]):
    """Dismissed with the report, or None where nothing was begun.

    `told` hears of the report as soon as it is there: the list behind must not lag behind it.
    """

    TITLE_TEXT = "Revoke"
    DANGEROUS = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "allow('c')", show=False),
        Binding("p", "allow('p')", show=False),
        Binding("h", "allow('h')", show=False),
        Binding("enter", "finish", show=False),
        Binding("q", "quit_program", show=False),
    ]

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
        told: Callable[[Report], None] = lambda _: None,
    ) -> None:
        super().__init__(connection.clock)
        self._told = told
        self._connection = connection
        self._listed = listed
        self._selection = selection
        self._phase = Phase.ASKING
        self._plan = make_plan(listed, selection, Allowed())
        self._refusal: QiscusTuiError | None = None
        self._run: Revocation | None = None
        self._stopping = False
        self._progress = Progress(0, connection.clock.monotonic)
        self._report: Report | None = None

    @property
    def plan_runs(self) -> bool:
        """Whether a plan runs: leaving the program should be asked for."""
        return self._phase is Phase.RUNNING

    # What it is made of

    def compose_questions(self) -> Iterable[Widget]:
        for key in "cph":
            yield Toggle(key, id=f"allow-{key}")
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
        self.say("lead", asking_lead(plan, self._connection.account, self._refusal))
        self.say("lines", plan_lines(plan, self._connection.server_now()))
        for key, words, on in toggles(plan):
            self._toggle(key).show_state(words, on=on)
        self.query_one("#number-line").display = self.may_confirm() and plan.is_large
        self.show_questions()
        self.query_one("#number-words", Words).say(f"Type {count} and press Enter:")
        confirm = self.query_one("#confirm", DialogButton)
        confirm.display = self.may_confirm()
        confirm.rename(f"Revoke {count:,}" if plan.is_large else f"Revoke {count:,}  y")
        self.say("note", asking_note(plan, self._refusal))
        self.ask_anew()

    def _toggle(self, key: str) -> Toggle:
        return self.query_one(f"#allow-{key}", Toggle)

    def action_allow(self, key: str) -> None:
        """Let something in that stays out, or out again; the plan is made anew."""
        offered = self._phase is Phase.ASKING and self._refusal is None
        if not offered or not self._toggle(key).display or not self.guard.was_awake:
            return
        allowed = self._plan.allowed
        match key:
            case "c":
                allowed = replace(allowed, current=not allowed.current)
            case "p":
                allowed = replace(allowed, protected=not allowed.protected)
            case _:
                allowed = replace(allowed, hidden=not allowed.hidden)
        self._plan = make_plan(self._listed, self._selection, allowed)
        self.query_one(TypedField).value = ""
        self._show_plan()

    def on_toggle_toggled(self, message: Toggle.Toggled) -> None:
        """A toggle was clicked, or Enter pressed on it."""
        message.stop()
        self.action_allow(message.key)

    def on_key(self, event: events.Key) -> None:
        """Digits go to the field wherever the focus is."""
        field = self.query_one(TypedField)
        asked = self.query_one("#number-line").display
        if asked and self.focused is not field and field.type_key(event):
            event.stop()

    def say_again(self, words: str) -> None:
        """What is said of our own session stays in sight."""
        warned = asking_note(self._plan, self._refusal)
        again = Content.styled(words, "bold $warning")
        parts = [part for part in (warned, again) if part.plain]
        self.say("note", Content("\n").join(parts))

    def may_confirm(self) -> bool:
        return self._phase is Phase.ASKING and self._refusal is None and bool(self._plan.targets)

    # Running

    async def confirmed(self) -> None:
        plan = self._plan
        if plan.is_large and self.query_one(TypedField).value != str(len(plan.targets)):
            self.say_again(f"That is not the number: type {len(plan.targets)} to revoke them.")
            return
        self._begin()
        try:
            self._run = await revocation_on(self._connection, plan)
            if self._stopping:
                self._run.stop()
            await self._follow(self._run)
        except QiscusTuiError as error:
            self._phase = Phase.DONE
            self.say("heading", "Not revoked" if not self._progress.done else "Ended early")
            self.say("lead")
            self.say_trouble(error)
            self._offer_close()

    def _begin(self) -> None:
        self._phase = Phase.RUNNING
        self._progress = Progress(len(self._plan.targets), self._connection.clock.monotonic)
        self.query_one("#lines").add_class("-wrapped")
        self.say("heading", f"Revoking {sessions_word(len(self._plan.targets))}")
        self.say("note")
        for key in "cph":
            self._toggle(key).show_state("", on=False)
        self.query_one("#number-line").display = False
        self.show_questions()
        self.query_one("#confirm").display = False
        stop = self.query_one("#cancel", DialogButton)
        stop.rename("Stop…  n")
        stop.can_focus = False  # Enter, which has just confirmed, stops nothing
        self.set_focus(None)
        self._show_progress()

    async def _follow(self, run: "Revocation") -> None:
        redraw = self.set_interval(REDRAW, self._show_progress)
        try:
            async with contextlib.aclosing(run.apply()) as told:
                async for event in told:
                    self._progress.record(event)
                    if isinstance(event, Finished):
                        self._report = event.report
                    elif not isinstance(event, Answered):
                        self._show_progress()
        finally:
            redraw.stop()
        if self._report is not None:
            await self._finished(self._report)

    def _show_progress(self) -> None:
        self.say("lead", progress_lead(self._progress, self.query_one("#heading").size.width))
        self.say("lines", progress_lines(self._progress))

    async def _finished(self, report: Report) -> None:
        parts = [result_note(report)]
        try:
            await forget_own_if_ended(self._connection, report)
        except QiscusTuiError as error:
            parts.append(trouble(error))
        self._told(report)
        self._phase = Phase.DONE
        self.set_class(False, "-dangerous")
        self.say("heading", "Revoked" if report.is_whole else "Not all revoked")
        of_marks, seconds = self._selection.why == MARKED, self._progress.seconds
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
        """Leave; while a plan runs, ask whether to stop it."""
        if self._phase is not Phase.RUNNING:
            self.close(self._report)
        elif self._not_sent() == 0:
            self.say("note", "All are sent already: waiting for the answers.")
        elif not self._stopping:
            question = StopDialog(self._connection.clock, self._not_sent)
            cast("App[object]", self.app).push_screen(question, self._stop_answered)

    def _not_sent(self) -> int | None:
        """How many sessions wait to be sent; None where nothing runs."""
        if self._phase is not Phase.RUNNING:
            return None
        return len(self._plan.targets) if self._run is None else self._run.not_sent

    def _stop_answered(self, stops: bool | None) -> None:
        if not stops or self._phase is not Phase.RUNNING:
            return
        self._stopping = True
        self.query_one("#cancel", DialogButton).rename("Stopping…")
        if self._run is not None:
            self._run.stop()

    def action_finish(self) -> None:
        """Enter, wherever the focus is, closes what is done."""
        if self._phase is Phase.DONE:
            self.close(self._report)

    async def action_quit_program(self) -> None:
        """While a plan runs, leaving the program can be asked for from here."""
        if self.plan_runs:
            await cast("App[object]", self.app).run_action("app.quit")

    async def end_early(self) -> list[str]:
        """Send nothing more, and give answers their 2 s. Returns how far the plan came."""
        if self.confirming is None or self.confirming.is_finished:
            return []
        self.confirming.cancel()
        with contextlib.suppress(WorkerError):
            await self.confirming.wait()
        if self._run is None or self._report is not None:
            return []
        words = reached_words(*self._run.reached)
        return [f"The revoke plan {self._plan.id} was cut short: {words}\n  {SEE_THE_LIST}"]

    async def on_unmount(self) -> None:
        """The screen goes away under a run."""
        await self.end_early()
