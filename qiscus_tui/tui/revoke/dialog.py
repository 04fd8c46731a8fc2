"""Revoke: shows the plan, asks, shows the run of it, and the verified result.

It has no rule of revocation: toggles change the choices, and the plan is made again.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from qiscus_tui.commands.command import Context, Phase, Scope
from qiscus_tui.errors import QiscusTuiError, StorageError, UsageError
from qiscus_tui.model.account import Storage
from qiscus_tui.model.clock import DAY
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.text import counted
from qiscus_tui.query import Moment
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.history import LOOK_THERE, reached_words
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import Allowed, RevocationPlan, Selection, make_plan
from qiscus_tui.service.revocation.plan_files import plan_command
from qiscus_tui.service.revocation.progress import Progress
from qiscus_tui.service.revocation.run import (
    Revocation,
    forget_own_if_ended,
    revocation_on,
    verified_calls_of,
)
from qiscus_tui.service.revocation.sending import Answered, Event
from qiscus_tui.service.sessions.groups import lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui import registry
from qiscus_tui.tui.dialogs.dialog import DialogButton, trouble
from qiscus_tui.tui.dialogs.question import Question, QuitDialog, ReasonLine, Toggle, TypedField
from qiscus_tui.tui.listed.work import AT_ONCE, ListWork
from qiscus_tui.tui.revoke import plan_text, run_text
from qiscus_tui.tui.revoke.choices import PlanChanges, PlanChoices, ShownPlan
from qiscus_tui.tui.revoke.run_text import REDRAW
from qiscus_tui.tui.terminal.clipboard import send
from qiscus_tui.tui.widgets.texts import Words

LONG = 10.0
"""Seconds after which the end of a run rings the bell: the user may be looking elsewhere."""

PLANNING = UsageError("The plan is being made", "It takes a moment.")
"""Why nothing can be confirmed meanwhile."""


RUNNING_HEIGHT = 14
"""Least lines of the box while a plan runs, all of which it keeps."""

Change = Callable[[PlanChoices], PlanChoices]

TOGGLES: dict[str, Sequence[str]] = {
    "rules": ("rules",),
    "keep_more": ("keep_more", "keep_fewer"),
    "next_used_within": ("next_used_within",),
    **{f"allow_{kind}": (f"allow_{kind}",) for kind in ("current", "protected", "hidden")},
}
"""The command that each toggle runs, in the order in which they stand, and those with a key."""


def _change(change: Change) -> "Callable[[RevokeDialog], None]":
    """Return the action that makes this change."""
    return lambda dialog: dialog.change(change)


class RevokeDialog(Question[Report]):
    """Dismissed with the report, or None where nothing was begun.

    `on_result` gets the report as soon as it is there: the list behind must not lag behind it.
    """

    DANGEROUS = True
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.REVOKE)]
    DEFAULT_CSS = f"""
    RevokeDialog {{
        & #box {{ width: {plan_text.BOX}; }}
        & #number-line {{ height: 1; }}
        & #number-words {{ width: auto; }}
        & #number {{ width: 14; margin-left: 1; }}
    }}
    """

    def __init__(
        self,
        connection: Connection,
        listed: SessionList,
        choices: PlanChoices,
        on_result: Callable[[Report], None] = lambda _: None,
        expiring: float = DAY,
    ) -> None:
        """`expiring`: as in `Moment`."""
        super().__init__(connection.clock)
        self._connection = connection
        self._listed = listed
        self._choices = choices
        self._chosen_first = choices.allowed, choices.retention
        """What another revoke of the same marks would begin with."""
        self._on_result = on_result
        self._expiring = expiring
        self._planning = ListWork(partial(self.run_worker, group="plan"))
        self._shown = ShownPlan(make_plan(listed, Selection(()), Allowed()))
        self._changes: PlanChanges = {}
        self._no_rules = lacking(listed, choices.retention.keys) or ""
        """Why no rule can be applied: the list has no data for the groups."""
        self._tries = False
        """Whether one session goes first, as a trial."""
        self._command: tuple[str, ...] | None = ()
        """The words of the command line that does the same; empty where it would be too long.
        None: a later run does not have the account."""
        self._toggles = {command: Toggle(command) for command in TOGGLES}
        self._number_words = Words(id="number-words")
        self._number = TypedField(self.guard, characters="0123456789", id="number")
        self._number_line = Horizontal(self._number_words, self._number, id="number-line")
        self._reason = ReasonLine(self.guard, is_required=connection.needs_reason)
        self._progress = Progress(0, connection.clock.monotonic)
        self._revocation: Revocation | None = None
        self._is_stopping = False
        self._ended: run_text.EndedPlan | None = None

    @property
    def _plan(self) -> RevocationPlan:
        return self._shown.plan

    @property
    def plan_runs(self) -> bool:
        """Whether a plan runs: leaving the program is confirmed then."""
        return self.phase is Phase.RUNNING

    @property
    def context(self) -> Context:
        refusal = self._shown.refusal
        return replace(
            super().context,
            refusal=refusal.message if refusal else "",
            empty=not self._plan.targets,
            left_out=frozenset(one.removeprefix("allow_") for one in self._changes),
            no_rules=self._no_rules,
            command=" ".join(self._command or ()),
        )

    def compose_questions(self) -> Iterable[Widget]:
        yield from self._toggles.values()
        yield self._number_line
        yield self._reason

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  n", id="cancel")
        yield DialogButton("Revoke  y", id="confirm", variant="danger")

    def opened(self) -> None:
        try:
            self._tries = not verified_calls_of(self._connection).is_verified()
        except StorageError:  # the run says so, and makes a trial
            self._tries = True
        self._make_plan()

    # Asking

    @property
    def _moment(self) -> Moment:
        return Moment(self._connection.server_now(), self._expiring)

    def _planned(self) -> ShownPlan:
        return self._choices.planned(self._connection, self._listed, self._moment)

    def _make_plan(self) -> None:
        """Make the plan of the choices, and ask for it."""
        count = len(self._choices.selection.positions)
        if count > AT_ONCE:
            self._shown = dataclasses.replace(self._shown, refusal=PLANNING)
            self.say("heading", "Making the plan…")
            self.name_buttons("Cancel  n")
            self.guard.disarm()
        self._planning.do(count, self._planned, self._show_plan)

    def _show_plan(self, shown: ShownPlan) -> None:
        self._shown, choices = shown, self._choices
        plan, count = shown.plan, len(shown.plan.targets)
        account, name = self._connection.account, self._connection.name
        self.say("heading", plan_text.heading(plan, account, name, choices.chosen))
        self.say("lead", plan_text.lead(shown))
        self._say_lines()
        # Rules say nothing of one session.
        can_rule = len(choices.selection.positions) > 1 and not self._no_rules
        self._changes = choices.changes(plan, can_rule=can_rule)
        for name, toggle in self._toggles.items():
            words, is_on = self._changes.get(name, ("", False))
            keys = " ".join(self.keys[keyed] for keyed in TOGGLES[name])
            toggle.show_state(words, on=is_on, key=f"{keys:<3}")
        asks = bool(count) and shown.refusal is None
        self._number_line.display = asks and plan.is_large
        if not self._asks_number or self._number.value != str(count):
            self._number.value = ""  # one that was typed stays if it is still right
        self._number_words.say(f"Type {count} and press Enter:")
        self._reason.display = asks and self._reason.is_required
        self.show_questions()
        words = "Revoke  enter" if plan.is_large else f"Revoke {count:,}  y"
        self.name_buttons("Cancel  n", words if asks else "")
        self.ask_again()

    def _say_lines(self) -> None:
        now, width = self._connection.server_now(), plan_text.text_width(self.size.width)
        if self._ended is not None:
            self.say("lines", run_text.result_lines(self._ended, self.keys["audit"], now, width))
            return
        self._command = self._command_line()
        lines = plan_text.plan_lines(
            self._shown, self._command, self.keys["copy_command"], now, width, tries=self._tries
        )
        self.say("lines", lines)
        self.warn("")

    def _command_line(self) -> tuple[str, ...] | None:
        """Return the words of the command line that does the same, and gives the same reason."""
        connection = self._connection
        is_demo = not connection.local_files.persistent
        if connection.storage is Storage.THIS_RUN and not is_demo:
            return None
        account = connection.name if connection.storage.stores_logins else ""
        own = KnownSecrets(connection.client.own_secrets)  # typed by mistake
        words = plan_command(self._plan, account, str(masked(self._reason.reason, own)))
        return (*words, "--demo") if words and is_demo else words

    @on(Input.Changed, "#reason")
    def _reason_changed(self) -> None:
        self._say_lines()

    def on_resize(self, event: events.Resize) -> None:
        """Draw plan or result for another width. (Textual calls the base's handlers too.)"""
        if self.phase is Phase.ASKING or self._ended is not None:
            self._say_lines()

    action_allow_current = _change(lambda now: now.toggled("current"))
    action_allow_protected = _change(lambda now: now.toggled("protected"))
    action_allow_hidden = _change(lambda now: now.toggled("hidden"))
    action_rules = _change(PlanChoices.rules_toggled)
    action_keep_more = _change(lambda now: now.more_newest(1))
    action_keep_fewer = _change(lambda now: now.more_newest(-1))
    action_next_used_within = _change(PlanChoices.next_used_within)

    def change(self, change: Change) -> None:
        """Change the choices, and make the plan again."""
        if self.guard.was_armed:
            self._choices = change(self._choices)
            self._make_plan()

    async def action_copy_command(self) -> None:
        """Send the command line that does the same to the terminal."""
        await send(self.app, self.context.command, "Command")

    @property
    def _asks_number(self) -> bool:
        return self.phase is Phase.ASKING and self._number_line.display

    def on_key(self, event: events.Key) -> None:
        """Type digits into the field, wherever the focus is."""
        if self._asks_number and not self._number.has_focus and self._number.type_key(event):
            event.stop()

    def on_paste(self, event: events.Paste) -> None:
        """Take a number, which confirms nothing. (Textual calls the base's handler too.)"""
        number = event.text.strip()
        if self._asks_number and number.isdecimal():
            self._number.value = number
            self._number.action_end()

    def warn(self, words: str) -> None:
        """Say it below what the note says about our own session."""
        self.say("note", plan_text.note(self._shown, self.keys, words))

    # Running

    async def confirmed(self) -> None:
        count = len(self._plan.targets)
        if self.phase is Phase.STOPPED:
            self._shown = await asyncio.to_thread(self._planned)
        elif self._plan.is_large and self._number.value != str(count):
            self.warn(f"That is not the number: type {count} to revoke them.")
            return
        elif why_not := self._reason.why_not():
            self.warn(why_not)
            return
        if not self._plan.targets:
            self.warn("Nothing more to revoke: the rest is gone, or kept.")
            self.offer_close()
            return
        self._show_running()
        redraw = self.set_interval(REDRAW, self._show_progress)
        try:
            reason = self._reason.reason
            self._revocation = await revocation_on(
                self._connection, self._plan, self._happened, reason=reason
            )
            if self._is_stopping:
                self._revocation.stop()
            report = await self._revocation.apply()
        except QiscusTuiError as error:
            self.phase = Phase.DONE
            self.query_one("#box").styles.height = "auto"
            self.say("heading", "Ended early" if self._progress.done else "Not revoked")
            self.say("lead")
            self.say_trouble(error)
            self.offer_close()
        else:
            await self._finished(report)
        finally:
            redraw.stop()
            if not self.plan_runs and isinstance(self.app.screen, QuitDialog):
                self.app.screen.plan_ended()

    def _show_running(self) -> None:
        self.phase, self._ended, self._is_stopping = Phase.RUNNING, None, False
        self._revocation = None
        self._progress = Progress(len(self._plan.targets), self._connection.clock.monotonic)
        self.query_one("#lines").add_class("-wrapped")
        self.say("heading", f"Revoking {counted(len(self._plan.targets), 'session')}")
        self.say("note")
        self.query_one("#questions").display = False
        self.name_buttons("Stop  n")
        # Enter, which has just confirmed, stops nothing.
        self.query_one("#cancel").can_focus = False
        self.set_focus(None)
        box = self.query_one("#box")
        box.styles.height = max(RUNNING_HEIGHT, box.outer_size.height)
        self._show_progress()

    def _happened(self, event: Event) -> None:
        self._progress.record(event)
        if not isinstance(event, Answered):  # those come faster than they are drawn
            self._show_progress()

    def _show_progress(self) -> None:
        if self._ended is not None:
            return  # the result is shown
        width = plan_text.text_width(self.size.width) + 1
        self.say("lead", run_text.progress_lead(self._progress, width))
        self.say("lines", run_text.progress_lines(self._progress))

    @property
    def _not_sent(self) -> int:
        return self._revocation.not_sent if self._revocation else len(self._plan.targets)

    async def _finished(self, report: Report) -> None:
        self._ended = run_text.EndedPlan(report)  # from now on nothing is cut short
        seconds, was_stopped = self._progress.seconds, self._is_stopping
        now = self._choices
        keys = now.retention.keys if self._shown.groups else ()
        self._ended = await asyncio.to_thread(
            run_text.ended_plan, report, keys, self._moment, seconds, was_stopped=was_stopped
        )
        notes = [Content.styled(report.warning or "", "bold $warning")]
        if report.audit_error is not None:
            notes.append(trouble(report.audit_error, self.keys))
        try:
            await forget_own_if_ended(self._connection, report)
        except QiscusTuiError as error:
            notes.append(trouble(error, self.keys))
        self._on_result(report)
        self.phase = Phase.DONE
        self.query_one("#box").styles.height = "auto"
        self.set_class(False, "-dangerous")
        self.say("heading", run_text.result_heading(self._ended))
        continues = ""
        if now.selection.of_marks:
            chosen_again = (now.allowed, now.retention) == self._chosen_first
            how = "continues" if chosen_again else "asks again, without these choices"
            continues = f"{self.keys['revoke']} {how}"
        self.say("lead", run_text.result_lead(self._ended, self.keys, continues))
        self._say_lines()
        self.say("note", plan_text.joined(notes))
        # The rest can be sent where the list was read since, and nothing else had ended.
        if self._ended.unsent and report.listed is not None and not report.others_ended:
            after_stop, self._listed = self._choices.after_stop, report.listed
            self._choices = await asyncio.to_thread(after_stop, report, report.listed)
            self.phase = Phase.STOPPED  # finishing is always safe; going on is armed
            self.offer_close("Finish here  n", "Go on  y")
        else:
            self.offer_close()
        if seconds > LONG:
            self.app.bell()

    # Ending

    def action_cancel(self) -> None:
        """Close; while a plan runs, stop sending at once."""
        if not self.plan_runs:
            self.close(self._ended and self._ended.report)
        elif self._not_sent == 0:
            self.say("note", "All are sent already: waiting for the answers.")
        else:
            self.stop()

    def stop(self) -> None:
        """Send nothing more; what was sent is waited for and checked, then the user is asked."""
        self._is_stopping = True
        if self._revocation is not None:
            self._revocation.stop()
        self.say("heading", f"Stopped: {self._not_sent:,} not sent")
        self.name_buttons("Stopping…")

    async def action_quit_during_run(self) -> None:
        """Stop sending, as `n` does; where nothing is left to stop, leave the program."""
        can_stop = self._not_sent and not self._is_stopping
        await self.run_command("cancel" if can_stop else "quit")

    action_finish = action_cancel  # Enter, wherever the focus is

    async def end_early(self) -> list[str]:
        """Send nothing more, and give answers their 2 s. Return how far the plan came."""
        if not await self.end_confirming() or self._revocation is None or self._ended is not None:
            return []
        words = reached_words(*self._revocation.reached)
        cut = f"The revoke plan {self._plan.id} was cut short: {words}"
        return [f"{cut}\n  {LOOK_THERE}: qiscus-tui sessions"]

    async def on_unmount(self) -> None:
        """End a run whose screen goes away."""
        await self.end_early()
