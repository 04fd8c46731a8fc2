"""A dialog that can confirm something: by a meant key, or a click, after its dead time."""

from typing import ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button
from textual.worker import Worker

from qiscus_tui.model.clock import Clock
from qiscus_tui.tui.dialogs.dialog import Dialog
from qiscus_tui.tui.dialogs.guard import DEAD, Guard
from qiscus_tui.tui.dialogs.parts import TypedField

Answer = TypeVar("Answer")

ONE_BURST = "Ignored: keys arrived in a burst. Press again."
"""A quick hand must not think that its yes was heard."""


class Question(Dialog[Answer]):
    """`y`, or Enter or a click on the button `confirm`, calls `confirmed`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Confirm", show=False)]

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.guard = Guard(clock)
        self.confirming: Worker[None] | None = None
        """What follows the yes, or waits to see whether it was meant."""

    @property
    def plan_runs(self) -> bool:
        """Whether leaving the program now would cut something short: ask first."""
        return False

    # What a subclass says.

    def may_confirm(self) -> bool:
        """Whether there is something to confirm now."""
        raise NotImplementedError

    async def confirmed(self) -> None:
        """Somebody said yes, and meant it. Runs in a worker."""
        raise NotImplementedError

    # When a yes counts.

    def ask_anew(self) -> None:
        """What is asked is drawn anew: the dead time begins with that drawing."""
        self.guard.sleep()
        self._show_asleep()
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.guard.drawn()
        self.set_timer(DEAD, self._show_asleep)

    def _show_asleep(self) -> None:
        for button in self.query("#confirm"):
            button.set_class(not self.guard.awake, "-asleep")

    def on_screen_resume(self) -> None:
        """It is on top (again)."""
        self.ask_anew()

    def on_resize(self, event: events.Resize) -> None:
        """It is drawn elsewhere now, or was not to be read. (The base has its own part in this.)"""
        self.ask_anew()

    def on_key(self, event: events.Key) -> None:
        """Every key that no field kept."""
        self.guard.heard()

    def on_paste(self, event: events.Paste) -> None:
        """A paste is never an answer, and the keys around it are none either."""
        event.stop()
        self.guard.heard()
        self.ask_anew()

    def on_mouse_down(self) -> None:
        """A click is judged by what came before it, as a key is."""
        self.guard.heard()

    def on_typed_field_paste_refused(self, message: TypedField.PasteRefused) -> None:
        """Somebody pasted into the field."""
        message.stop()
        self.guard.heard()
        self.ask_anew()
        self.say_again("Not pasted: type it.")

    def say_again(self, words: str) -> None:
        """Why it was not confirmed, and what to do."""
        self.say("note", Content.styled(words, "bold $warning"))

    def action_confirm(self) -> None:
        """A key that may mean yes."""
        if self._may_confirm_here():
            self.confirming = self.run_worker(
                self._confirm_if_meant(), group="confirm", exclusive=True
            )

    async def _confirm_if_meant(self) -> None:
        was_awake = self.guard.awake
        meant = await self.guard.is_meant()
        if not self._may_confirm_here() or not self.is_current:
            return
        if meant:
            await self.confirmed()
        elif was_awake:
            self.notify(ONE_BURST, severity="warning", markup=False)

    def _may_confirm_here(self) -> bool:
        """Nothing is confirmed on a terminal too small to show what."""
        return self.may_confirm() and not self.has_class("-too-small")

    def on_input_submitted(self) -> None:
        """Enter in a field. (The key itself was heard as it bubbled.)"""
        self.action_confirm()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Enter or a click on a button."""
        event.stop()
        if event.button.id == "confirm":
            self.action_confirm()
