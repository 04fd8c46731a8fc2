"""What all screens share: their least size, the footer, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic

from textual import events, on
from textual.geometry import Size
from textual.screen import Screen, ScreenResultType

from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece

if TYPE_CHECKING:
    from textual import getters
    from textual.app import App

LEAST_WIDTH = 60
LEAST_HEIGHT = 15
SHORT = 20
"""Lines under which blank ones are left out."""


class TooSmall(OneLine):
    """`60x15 is needed, this is 58x12`."""

    DEFAULT_CSS = "TooSmall { display: none; }"

    def tells_of(self, size: Size) -> bool:
        """Say what the terminal has, and what is needed; gives whether it is too small."""
        words = f"{LEAST_WIDTH}x{LEAST_HEIGHT} is needed, this is {size.width}x{size.height}"
        self.show_line(Line((piece(words, Tone.WARNING, ALWAYS),)))
        return size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT


class BaseScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen for 60x15 and more: `-short` where lines are scarce.

    Its `compose` yields a `TooSmall` first.
    """

    SCOPE: ClassVar[Scope | None] = None
    """Which commands the palette offers here; None: it does not open."""

    HOW_BACK: ClassVar[str] = ""
    """How the list is reached from here; empty where this is not a screen over the list."""

    SHOWS_LIST: ClassVar[bool] = False
    """Whether it shows the list of the sessions screen behind it, as that is read again."""

    if TYPE_CHECKING:
        app = getters.app(App[int])

    def action_begins(self) -> None:
        """Something is done here, by a key or a click."""

    @property
    def context(self) -> Context:
        """What decides which commands are available here now."""
        return Context()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Return whether a command is available, as the registry decides it."""
        return registry.why_unavailable(action, self.context) is None

    async def run_command(self, name: str) -> None:
        """Run a command as its key does, after a click or from the palette."""
        if self.is_in_front:
            await self.app.run_action(registry.action_of(name), self)

    @on(ActionBar.Pressed)
    async def _command_clicked(self, pressed: ActionBar.Pressed) -> None:
        pressed.stop()
        await self.run_command(pressed.name)

    def on_key(self, event: events.Key) -> None:
        """Say where a key of the list works."""
        if self.HOW_BACK and registry.is_for_the_list(event.key, self.SCOPE):
            words = f"That key works in the list: {self.HOW_BACK}."
            self.notify(words, severity="warning", markup=False)

    def action_back(self) -> None:
        """Return to the screen behind."""
        self.dismiss()

    @property
    def is_in_front(self) -> bool:
        """Whether this is the screen that gets the keys: no dialog is over it."""
        return self.app.screen is self

    @property
    def is_watched(self) -> bool:
        """Whether what this screen lists is in front: here, or in what shows the list of it."""
        front = self.app.screen
        return front is self or (isinstance(front, BaseScreen) and front.SHOWS_LIST)

    @property
    def is_current(self) -> bool:
        """Whether any of it can be seen. Textual asks this before it draws.

        To Textual a screen that is covered whole counts too, if it is the next one behind; each
        second of its countdowns would have all of the screen in front sent again.
        """
        if not super().is_current:
            return False
        front = self.app.screen
        return front is self or front.is_modal

    def on_resize(self, event: events.Resize) -> None:
        """Hide all but the line that says what is needed, or show all again."""
        self.set_class(self.query_one(TooSmall).tells_of(event.size), "-too-small")
        self.set_class(event.size.height < SHORT, "-short")

    def on_screen_suspend(self) -> None:
        """What was said in passing stands on the screen in front now, and not here as well."""
        for toasts in self.query("ToastRack"):
            toasts.display = False
