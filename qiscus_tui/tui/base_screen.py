"""What all screens share: their least size, the footer, and the way back."""

from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from textual import events, getters, on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen, ScreenResultType
from textual.timer import Timer
from textual.widgets import Static

from qiscus_tui.commands.command import Context, Scope
from qiscus_tui.tui import registry
from qiscus_tui.tui.terminal.app import TerminalApp, keymap_of
from qiscus_tui.tui.terminal.drawing import compare_layouts, draw_now
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Piece, Tone, piece

LEAST_WIDTH = 60
LEAST_HEIGHT = 15
ROOMY_HEIGHT = 24
"""Lines from which there are blank ones."""
WIDTHS = [(0, "-narrow"), (LEAST_WIDTH, "-wide")]
HEIGHTS = [(0, "-low"), (LEAST_HEIGHT, "-short"), (ROOMY_HEIGHT, "-high")]
"""`-short`: blank lines are left out."""

DRAWN_IN = 0.5
"""Seconds after which each widget has its part of a new size, and is drawn."""


def is_too_small(screen: Screen[Any]) -> bool:
    """Return whether the screen shows only what size it needs."""
    return screen.has_class("-narrow") or screen.has_class("-low")


class TooSmall(OneLine):
    """`60x15 is needed, this is 58x12`."""

    DEFAULT_CSS = "TooSmall { display: none; }"

    def show_size(self, size: Size) -> None:
        """Say what size the terminal has, and what is needed."""
        needed = piece(f"{LEAST_WIDTH}x{LEAST_HEIGHT} is needed", Tone.WARNING, ALWAYS)
        this = piece(f"this is {size.width}x{size.height}", Tone.WARNING, 50, after=", ")
        self.show_line(Line((needed, this)))


class ActionBar(OneLine):
    """One line of keys and words: `space mark  enter detail  x revoke`."""

    @dataclass
    class Pressed(Message):
        """A command was clicked."""

        name: str

    def show_commands(self, scope: Scope, context: Context) -> None:
        """Show what is available in this scope now."""
        pieces = (
            Piece(
                ((command.key_shown, Tone.KEY), (f" {command.word(context)}", Tone.MUTED)),
                command.footer,
                command.name,
                after="  ",
            )
            for command in registry.in_footer(scope, context, keymap_of(self))
        )
        self.show_line(Line(tuple(pieces)))

    def on_click(self, event: events.Click) -> None:
        """Report the command that was clicked."""
        event.stop()
        part = self.piece_at(event.x)
        if part is not None and part.name:
            self.post_message(self.Pressed(part.name))


class BaseScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen for 60x15 and more, with the keys of its scope and a footer that names them."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    SCOPE: ClassVar[Scope]
    """Which commands can be used here."""

    SHOWS_LIST: ClassVar[bool] = False
    """Whether it shows the list of the sessions screen behind it, as that is read again."""

    app = getters.app(TerminalApp)

    def __init_subclass__(cls, *given: Any, **more: Any) -> None:
        if "SCOPE" in cls.__dict__:
            cls.BINDINGS = [*registry.bindings(cls.SCOPE)]
        super().__init_subclass__(*given, **more)

    def __init__(self) -> None:
        super().__init__()
        self.action_bar = ActionBar(id="actions")
        compare_layouts(self)
        width, height = self.app.size  # Textual would style all again after the first frame
        for breakpoints, cells in ((WIDTHS, width), (HEIGHTS, height)):
            self.add_class(max(one for one in breakpoints if one[0] <= cells)[1], update=False)

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield from self.compose_body()
        yield Static(classes="rule")
        yield self.action_bar

    def compose_body(self) -> ComposeResult:
        """Yield what is over the footer."""
        yield from ()

    def show_commands(self) -> None:
        """Show in the footer what can be done now."""
        self.action_bar.show_commands(self.scope, self.context)

    def action_begins(self) -> None:
        """Something is done here, by a key or a click."""

    @property
    def scope(self) -> Scope:
        """Return which commands can be used here now."""
        return self.SCOPE

    @property
    def context(self) -> Context:
        """What decides which commands are available here now."""
        return Context()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Return whether a command is available, as the registry decides it."""
        return registry.is_available(action, self.context)

    async def run_command(self, name: str) -> None:
        """Run a command as its key does, after a click or from the palette."""
        if self.is_active:
            await self.app.run_action(registry.action_of(name), self)

    @on(ActionBar.Pressed)
    async def _command_clicked(self, pressed: ActionBar.Pressed) -> None:
        pressed.stop()
        await self.run_command(pressed.name)

    def action_back(self) -> None:
        """Return to the screen behind."""
        self.dismiss()

    @property
    def is_watched(self) -> bool:
        """Return whether what this screen lists is in front: here, or on a screen that shows it."""
        front = self.app.screen
        return front is self or (isinstance(front, BaseScreen) and front.SHOWS_LIST)

    @property
    def is_current(self) -> bool:
        """Return whether Textual is to draw it: in front; behind a dialog at a new size or age.

        Textual counts what is behind a dialog too: with each second of its countdowns it would
        draw the whole screen again. What changed behind is drawn when the screen is back.
        """
        return self.is_active or (self._drawn_behind is not None and super().is_current)

    def follow_clock(self) -> None:
        """Call `second` each second while this screen is watched, and when it is back."""
        self.set_interval(1, self._tick)

    def _tick(self) -> None:
        if self.is_watched:
            self.second()
        elif super().is_current and self.draw_age():
            self._draw_behind()

    def draw_age(self) -> bool:
        """Draw how old the list is: behind a dialog, too, it is true. Return whether it changed."""
        return False

    def second(self) -> None:
        """A second went by, or more of them: draw what changed."""
        self.draw()

    _drawn_behind: Timer | None = None
    """Runs while it is drawn behind a dialog: at a new size, or with another age of the list."""
    _resized_to: Size | None = None

    def on_resize(self, event: events.Resize) -> None:
        """Have it ready where the terminal is too small; be drawn behind a dialog for a moment."""
        if event.size == self._resized_to and self.is_active:
            event.prevent_default()  # Textual tells a new screen its size three times
            return
        self._resized_to = event.size
        self.query_one(TooSmall).show_size(event.size)
        if self._drawn_behind is not None:
            self._drawn_behind.stop()
            self._drawn_behind = None
        if not self.is_active:
            self._draw_behind()
            self.refresh()

    def _draw_behind(self) -> None:
        self._drawn_behind = self.set_timer(DRAWN_IN, self._stop_drawing_behind)

    def _stop_drawing_behind(self) -> None:
        self._drawn_behind = None

    _was_resumed = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Be right at once; keep the styles the first time: the widgets just got them."""
        event.refresh_styles = event.refresh_styles and self._was_resumed
        if self._was_resumed:
            self.second()
        else:
            self._was_resumed = True
            self.call_next(self.first_drawn)  # it is drawn while this event is handled

    def first_drawn(self) -> None:
        """React to the first frame; Textual's own callback after it waits for two more."""

    def on_screen_suspend(self) -> None:
        """Hide toasts here: the screen in front shows them now."""
        for toasts in self.query("ToastRack"):
            toasts.display = False

    _is_drawing_due = False

    def draw(self) -> None:
        """Draw what changed; nothing else is sent to the terminal."""
        self._is_drawing_due = False

    def draw_now(self) -> None:
        """Draw, and show it in this turn."""
        self.draw()
        draw_now(self)

    def draw_soon(self) -> None:
        """Draw once, however much changes before."""
        if not self._is_drawing_due:
            self._is_drawing_due = True
            self.call_later(self.draw)
