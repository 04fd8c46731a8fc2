"""The base of all dialogs: a box with a heading, a body that scrolls, and buttons."""

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input

from qiscus_tui.commands.command import Context, Scope
from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.tui import registry
from qiscus_tui.tui.base_screen import HEIGHTS, WIDTHS, TooSmall
from qiscus_tui.tui.terminal.app import TerminalApp, keymap_of
from qiscus_tui.tui.widgets.texts import Words

Answer = TypeVar("Answer")


class DialogButton(Button):
    """A button of one line, with its key in its words."""

    def __init__(self, label: str, *, id: str, variant: str = "default") -> None:
        super().__init__(Content(label), id=id, compact=True, classes=f"-{variant}-tone")
        self.active_effect_duration = 0

    def rename(self, label: str) -> None:
        """Change its label."""
        self.label = Content(label)
        self.refresh(layout=True)


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """`n` and `escape` cancel; arrows and pages scroll the body; Cancel has the focus."""

    app = getters.app(TerminalApp)

    AUTO_FOCUS = "#cancel"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    TITLE_TEXT: ClassVar[str] = ""
    DANGEROUS: ClassVar[bool] = False
    """Whether it can end something for good: its border says so by colour, its words anyway."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *registry.bindings(Scope.DIALOG),
        Binding("pageup", "page_body(-1)", "Page up", show=False),
        Binding("pagedown", "page_body(1)", "Page down", show=False),
        Binding("home", "body_end(-1)", "Top", show=False),
        Binding("end", "body_end(1)", "Bottom", show=False),
        Binding("left", "app.focus_previous", "Back", show=False),
        Binding("right", "app.focus_next", "On", show=False),
    ]

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: transparent;
        layers: default over;

        & TooSmall { layer: over; dock: top; height: 100%; }
        &.-narrow TooSmall, &.-low TooSmall { display: block; }

        & #box {
            width: 80; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 2; background: $surface; border: round $border-blurred;
            scrollbar-size-vertical: 1; overflow-x: hidden;
            scrollbar-background: $surface; scrollbar-background-hover: $surface;
            scrollbar-background-active: $surface;
        }
        &.-dangerous #box { border: round $error; }
        & #heading { dock: top; height: auto; text-style: bold; background: $surface; }
        & #lead { height: auto; }
        & #lines { height: auto; margin-top: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #lines.-wrapped { text-wrap: wrap; }
        & #note { height: auto; margin-bottom: 1; }
        & #questions { height: auto; margin-bottom: 1; }
        & #foot { height: auto; background: $surface; }
        &.-high #foot { padding-top: 1; }
        &.-high.-has-lines #foot { dock: bottom; margin-bottom: 1; }
        & #buttons { dock: bottom; height: 1; align-horizontal: right; background: $surface; }
        & Toggle { height: auto; }
        & Toggle:focus { text-style: reverse; }
        & Input, & Input:focus {
            height: 1; border: none; padding: 0 1; background: $panel; color: $foreground;
        }
        & Button {
            width: auto; min-width: 8; height: 1; margin-left: 2; line-pad: 1;
            background: $panel; color: $foreground; text-style: none;
            &:hover { background: $panel; }
            &:focus { background-tint: transparent; text-style: bold reverse; }
            &.-danger-tone { color: $error; text-style: bold; }
            &.-danger-tone:focus { text-style: bold reverse; }
            &.-disarmed { color: $text-muted; text-style: none; }
        }
        &.-short {
            & #lines { margin-top: 0; }
            & #note, & #questions { margin-bottom: 0; }
        }
    }
    """

    def compose(self) -> ComposeResult:
        yield TooSmall()
        with VerticalScroll(id="box", can_focus=False):
            yield Words(self.TITLE_TEXT, id="heading")
            yield Words(id="lead")
            yield Words(id="lines")
            with Vertical(id="foot"):
                yield Words(id="note")
                with Vertical(id="questions"):
                    yield from self.compose_questions()
            with Horizontal(id="buttons"):
                yield from self.compose_buttons()

    def compose_questions(self) -> Iterable[Widget]:
        """Yield the toggles and fields over the buttons."""
        return ()

    def compose_buttons(self) -> Iterable[Widget]:
        """Yield the buttons, Cancel first."""
        yield DialogButton("Cancel  n", id="cancel")

    def on_mount(self) -> None:
        """Begin with empty parts."""
        self.set_class(self.DANGEROUS, "-dangerous")
        for where in ("lead", "lines", "note"):
            self.say(where)
        self.show_questions()
        self.opened()

    def opened(self) -> None:
        """Fill the parts, which are mounted now."""

    def on_resize(self, event: events.Resize) -> None:
        """Say what size is needed, where the terminal is too small."""
        self.query_one(TooSmall).show_size(event.size)

    def say(self, where: str, text: str | Content = "") -> None:
        """Show words in a part: `heading`, `lead`, `lines` or `note`; not where it is closed."""
        for words in self.query(f"#{where}").results(Words):
            words.say(text)
            if where == "lines":  # only what is not docked makes the box high
                self.set_class(words.display, "-has-lines")

    def show_questions(self) -> None:
        """Show the part for questions, if it has any."""
        questions = self.query_one("#questions")
        questions.display = any(child.display for child in questions.children)

    def warn(self, words: str) -> None:
        """Say in the note why something was not done, and what to do."""
        self.say("note", Content.styled(words, "bold $warning"))

    @on(Input.Changed)
    def _text_changed(self, event: Input.Changed) -> None:
        """Take a warning away: it was about what was typed before."""
        if event.value:
            self.warn("")

    def say_trouble(self, error: QiscusTuiError) -> None:
        """Show in the note what went wrong, and what to do."""
        self.say("note", trouble(error, self.keys))

    # Commands

    @property
    def context(self) -> Context:
        """What decides which commands are available here now."""
        return Context()

    @property
    def keys(self) -> registry.KeyWords:
        """The keys of commands, as config.toml has them."""
        return registry.KeyWords(keymap_of(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Return whether a command is available, as the registry decides it."""
        return registry.is_available(action, self.context)

    async def run_command(self, name: str) -> None:
        """Run a command as its key does, after a click or Enter."""
        await self.app.run_action(registry.action_of(name), self)

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.close(None)

    def close(self, answer: Answer | None) -> None:
        """Give the answer and close: once, and only while this dialog is on top."""
        if self.is_active:
            self.dismiss(answer)

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Run the command that the button is named after."""
        event.stop()
        if event.button.id is not None:
            await self.run_command(event.button.id)

    def action_scroll_up(self) -> None:
        """Scroll by a line."""
        self.query_one("#box").scroll_up(animate=False)

    def action_scroll_down(self) -> None:
        """Scroll by a line."""
        self.query_one("#box").scroll_down(animate=False)

    def action_page_body(self, pages: int) -> None:
        """Scroll by pages."""
        box = self.query_one("#box")
        box.scroll_relative(y=pages * max(1, box.size.height - 1), animate=False)

    def action_body_end(self, end: int) -> None:
        """Go to the top or the bottom."""
        box = self.query_one("#box")
        box.scroll_to(y=0 if end < 0 else box.max_scroll_y, animate=False)


def trouble(error: QiscusTuiError, keys: registry.KeyWords) -> Content:
    """Return an error as two lines."""
    parts = [Content.styled(error.message, "bold $error")]
    if error.hint:
        parts.append(Content.styled(keys.hint(error.hint), "$text-muted"))
    return Content("\n").join(parts)
