"""A dialog that can confirm something: by a key that was meant, or a click, after a delay.

A slow line delivers keys late, and a paste may arrive as a burst of single keys. So nothing
confirms in the first half second after the question was drawn, nor directly before or after
other keys.
"""

import contextlib
from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerError

from qiscus_tui.commands.command import Context, Phase, Scope
from qiscus_tui.errors import UsageError
from qiscus_tui.model.clock import Clock
from qiscus_tui.service.account.audit_trail import typed_reason
from qiscus_tui.tui import registry
from qiscus_tui.tui.base_screen import is_too_small
from qiscus_tui.tui.dialogs.dialog import Dialog, DialogButton
from qiscus_tui.tui.widgets.fields import Field
from qiscus_tui.tui.widgets.texts import Words

Answer = TypeVar("Answer")

ARM_DELAY = 0.5
"""Seconds after the drawing in which nothing confirms."""

KEY_GAP = 0.1
"""Seconds without other keys before and after a key that was meant. No hand is faster twice in a
row; pasted keys are a hundredth of it apart."""


class Guard:
    """The guard of one question. It is disarmed until the question was drawn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drawn_at: float | None = None
        self._last = float("-inf")
        self._before_last = float("-inf")
        self._keys = 0
        self._was_armed = False

    def disarm(self) -> None:
        """Accept nothing: what is asked changes, and was not drawn yet."""
        self._was_armed = self.was_armed
        self._drawn_at = None

    def arm(self) -> None:
        """Accept a yes after the delay: the question is on the screen now."""
        self._drawn_at = self._clock.monotonic()

    def record_key(self) -> None:
        """Note a key, a click or a paste, whatever it was."""
        self._before_last, self._last = self._last, self._clock.monotonic()
        self._keys += 1

    @property
    def armed(self) -> bool:
        """Whether the delay is over: enough for a click."""
        return self._drawn_at is not None and self._clock.monotonic() - self._drawn_at >= ARM_DELAY

    @property
    def was_armed(self) -> bool:
        """Whether the very first delay is over: enough for what confirms nothing."""
        return self._was_armed or self.armed

    async def is_meant(self) -> bool:
        """Return whether the last key is a yes. Waits a moment for what may follow it."""
        if not self.armed or self._last - self._before_last < KEY_GAP:
            return False
        keys = self._keys
        await self._clock.sleep(KEY_GAP)
        return keys == self._keys and self.armed


class Toggle(Static, can_focus=True):
    """`[ ] c  also …`: a click, Enter or space runs the command that changes it."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "change", show=False)]

    def __init__(self, command: str) -> None:
        """`command`: of the dialog; its id is `change-<command>`."""
        super().__init__("", id=f"change-{command}", markup=False)
        self._command = command
        self.display = False

    def show_state(self, words: str, *, on: bool, key: str) -> None:
        """Show what it adds, and whether it does; without words, nothing."""
        self.display = bool(words)
        box = (f"[{'✓' if on else ' '}] ", "$warning" if on else "")
        self.update(Content.assemble(box, (f"{key}  ", "bold $primary"), words))

    async def action_change(self) -> None:
        """Run the command, if the dialog offers it now."""
        await self.run_action(f"screen.{self._command}")

    async def on_click(self, event: events.Click) -> None:
        """Run the command."""
        event.stop()
        await self.action_change()


class TypedField(Field):
    """A field of a question. The guard records its keys; those that it can't use it passes on."""

    def __init__(
        self,
        guard: Guard,
        *,
        id: str,
        characters: str = "",
        placeholder: str = "",
        takes_pastes: bool = False,
    ) -> None:
        """`characters`: what it accepts; empty: anything printable.

        Without `takes_pastes`, a paste is left to the dialog, which asks again.
        """
        super().__init__(id=id, placeholder=placeholder)
        self._guard = guard
        self._characters = characters
        self._takes_pastes = takes_pastes

    def type_key(self, event: events.Key) -> bool:
        """Type a key that was pressed elsewhere. Return False where it is not accepted."""
        if not self._accepts(event):
            return False
        self.focus()
        self.insert_text_at_cursor(event.character or "")
        return True

    def on_key(self, event: events.Key) -> None:
        """Drop keys that it does not accept, before Input's own handler.

        What is typed early is kept: it is Enter that confirms, and that comes later and alone.
        """
        if self._accepts(event):
            self._guard.record_key()
        elif event.is_printable:
            event.prevent_default()  # not stopped: `n` and `y` still mean what they mean

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave printable keys that it does not accept to the bindings."""
        return super().check_consume_key(key, character) and (
            not self._characters or (character or "") in self._characters
        )

    def on_paste(self, event: events.Paste) -> None:
        """Record a paste, before Field's own handler inserts it; or leave it to the dialog."""
        if self._takes_pastes:
            self._guard.record_key()
        else:
            event.prevent_default()

    def _accepts(self, event: events.Key) -> bool:
        return event.is_printable and self.check_consume_key(event.key, event.character)


class ReasonLine(Horizontal):
    """`Reason (for the audit log):` and its field, where the configuration requires a reason.

    Its keys are text; the guard records them, so that an Enter among them confirms nothing.
    """

    DEFAULT_CSS = """
    ReasonLine {
        height: 1;
        & Words { width: auto; }
        & #reason { width: 1fr; margin-left: 1; padding: 0 1; }
    }
    """

    def __init__(self, guard: Guard, *, is_required: bool) -> None:
        super().__init__(id="reason-line")
        self.display = self.is_required = is_required
        hint = "required; such as: leaked, ticket 4711"
        self._field = TypedField(guard, id="reason", placeholder=hint, takes_pastes=True)

    def compose(self) -> ComposeResult:
        yield Words("Reason (for the audit log):")
        yield self._field

    @property
    def reason(self) -> str:
        """Return what was typed, on one line; empty where none is required."""
        return " ".join(self._field.value.split())

    def why_not(self) -> str:
        """Return why nothing is sent with this reason, and go to the field; else nothing."""
        if self.is_required:
            try:
                typed_reason(self._field.value)
            except UsageError as error:
                self._field.focus()
                return f"{error.message}: nothing was sent. {error.hint}"
        return ""


BURST_IGNORED = "Ignored: keys arrived in a burst. Press again."


class Question(Dialog[Answer]):
    """`y`, or Enter or a click on the button `confirm`, runs `confirmed`."""

    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.QUESTION)]

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.guard = Guard(clock)
        self.confirming: Worker[None] | None = None
        """Does what was confirmed, or waits to see whether it was meant."""
        self.phase = Phase.ASKING

    @property
    def context(self) -> Context:
        return Context(phase=self.phase, too_small=is_too_small(self))

    async def confirmed(self) -> None:
        """Do what was confirmed, in a worker."""
        raise NotImplementedError

    def name_buttons(self, cancel: str, confirm: str = "") -> None:
        """Say what the two buttons do; without words there is nothing to confirm."""
        self.query_one("#cancel", DialogButton).rename(cancel)
        button = self.query_one("#confirm", DialogButton)
        button.display = bool(confirm)
        button.rename(confirm)

    def offer_close(self, close: str = "Close  enter", confirm: str = "") -> None:
        """Show the end, from its top; Enter closes."""
        self.name_buttons(close, confirm)
        self.query_one("#box").scroll_home(animate=False)
        button = self.query_one("#cancel")
        button.can_focus = button.display = True
        button.focus()
        self.ask_again()

    # When a yes counts.

    def ask_again(self) -> None:
        """Ask again: nothing confirms until this is drawn and the delay is over."""
        self.guard.disarm()
        self._show_armed()
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.guard.arm()
        self.set_timer(ARM_DELAY, self._show_armed)

    def _show_armed(self) -> None:
        for button in self.query("#confirm"):
            button.set_class(not self.guard.armed, "-disarmed")

    def on_screen_resume(self) -> None:
        """Ask again: it is on top now."""
        self.ask_again()

    def on_resize(self, event: events.Resize) -> None:
        """Ask again: it was drawn elsewhere. (Textual calls the base's handler too.)"""
        self.ask_again()

    def on_key(self, event: events.Key) -> None:
        """Record every key that no field kept."""
        self.guard.record_key()

    def on_paste(self, event: events.Paste) -> None:
        """Refuse a paste as an answer, and the keys around it too."""
        event.stop()
        self.guard.record_key()
        self.ask_again()

    def on_mouse_down(self) -> None:
        """Record a click: it is judged by what came before it, as a key is."""
        self.guard.record_key()

    def action_confirm(self) -> None:
        """Confirm, if the key turns out to be meant."""
        self.confirming = self.run_worker(self._confirm_if_meant, group="confirm", exclusive=True)

    async def _confirm_if_meant(self) -> None:
        was_armed = self.guard.armed
        meant = await self.guard.is_meant()
        if not self.check_action("confirm", ()) or not self.is_active:
            return
        if meant:
            await self.confirmed()
        elif was_armed:
            self.notify(BURST_IGNORED, severity="warning", markup=False)

    async def end_confirming(self) -> bool:
        """End what was confirmed and is not done yet. Return whether there was anything."""
        if self.confirming is None or self.confirming.is_finished:
            return False
        self.confirming.cancel()
        with contextlib.suppress(WorkerError):
            await self.confirming.wait()
        return True

    async def on_input_submitted(self) -> None:
        """Confirm by Enter in a field. (The key itself was recorded as it bubbled.)"""
        await self.run_command("confirm")


class QuitDialog(Question[bool]):
    """Dismissed with True to leave the program."""

    TITLE_TEXT = "Quit while sessions are being revoked?"

    DEFAULT_CSS = "QuitDialog #box { width: 66; }"  # the run is seen around it

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Stay  n", id="cancel")
        yield DialogButton("Quit  y", id="confirm", variant="danger")

    def opened(self) -> None:
        self.say(
            "lead",
            "Nothing more is sent, and answers under way get 2 seconds. What was sent may "
            "remain unverified; the next start names the plan that was cut short.",
        )

    def plan_ended(self) -> None:
        """Ask no more about a plan that runs: it has ended meanwhile."""
        self.say("heading", "Quit?")
        self.say("lead", "The plan has ended meanwhile. Its result is shown behind this question.")

    async def confirmed(self) -> None:
        self.close(True)
