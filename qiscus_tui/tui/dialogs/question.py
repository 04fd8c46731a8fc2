"""A dialog that can confirm something: by a key that was meant, or a click, after a delay."""

import contextlib
from typing import ClassVar, TypeVar

from textual import events
from textual.binding import BindingType
from textual.worker import Worker, WorkerError

from qiscus_tui.model.clock import Clock
from qiscus_tui.tui.base.screen import is_too_small
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context, Phase
from qiscus_tui.tui.dialogs.dialog import Dialog
from qiscus_tui.tui.dialogs.guard import ARM_DELAY, Guard
from qiscus_tui.tui.dialogs.parts import Body, DialogButton, TypedField

Answer = TypeVar("Answer")

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
        self.query_one(Body).scroll_home(animate=False)
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

    def on_typed_field_paste_refused(self, message: TypedField.PasteRefused) -> None:
        """Say that a paste into the field was refused."""
        message.stop()
        self.guard.record_key()
        self.ask_again()
        self.warn("Not pasted: type it.")

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
