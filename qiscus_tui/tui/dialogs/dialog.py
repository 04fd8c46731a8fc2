"""The base of all dialogs: a box with a heading, a body that scrolls, and buttons."""

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.tui.base.screen import HEIGHTS, WIDTHS, TooSmall
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Context, Scope
from qiscus_tui.tui.terminal.app import TerminalApp, keymap_of
from qiscus_tui.tui.widgets.texts import Words

Answer = TypeVar("Answer")


class Body(VerticalScroll, can_focus=False):
    """The part that scrolls, so that what is below it is always on the screen."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return its number of lines, or what its neighbours leave of the screen."""
        wanted = super().get_content_height(container, viewport, width)
        box = self.parent
        if not isinstance(box, Widget):
            return wanted
        taken = box.gutter.height + self.gutter.height + self.styles.margin.height
        for other in box.children:
            if other is not self and other.display:
                inner = max(1, width - other.gutter.width)
                taken += other.get_content_height(container, viewport, inner)
                taken += other.gutter.height + other.styles.margin.height
        return max(1, min(wanted, viewport.height - taken))


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
            overflow-y: auto; scrollbar-size-vertical: 1;
        }
        &.-dangerous #box { border: round $error; }
        & #heading { height: auto; text-style: bold; }
        & #lead { height: auto; margin-bottom: 1; }
        & #body {
            height: auto; margin-bottom: 1; scrollbar-size-vertical: 1; overflow-x: hidden;
            scrollbar-background: $surface; scrollbar-background-hover: $surface;
            scrollbar-background-active: $surface;
        }
        & #lines { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
        & #lines.-wrapped { text-wrap: wrap; }
        & #note { height: auto; margin-bottom: 1; }
        & #questions { height: auto; margin-bottom: 1; }
        & #buttons { height: 1; align-horizontal: right; }
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
            & #lead, & #body, & #note, & #questions { margin-bottom: 0; }
        }
    }
    """

    def compose(self) -> ComposeResult:
        yield TooSmall()
        with Vertical(id="box"):
            yield Words(self.TITLE_TEXT, id="heading")
            yield Words(id="lead")
            with Body(id="body"):
                yield from self.compose_body()
            yield Words(id="note")
            with Vertical(id="questions"):
                yield from self.compose_questions()
            with Horizontal(id="buttons"):
                yield from self.compose_buttons()

    def compose_body(self) -> Iterable[Widget]:
        """Yield what scrolls."""
        yield Words(id="lines")

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
        self.opened()
        self.show_questions()

    def opened(self) -> None:
        """Fill the parts, which are mounted now."""

    def on_resize(self, event: events.Resize) -> None:
        """Take another height, which Textual knows by the width alone."""
        self.query_one(TooSmall).show_size(event.size)
        self.query_one("#box").clear_cached_dimensions()
        self.query_one(Body).refresh(layout=True)

    def say(self, where: str, text: str | Content = "") -> None:
        """Show words in a part: `heading`, `lead`, `lines` or `note`; not where it is closed."""
        for words in self.query(f"#{where}").results(Words):
            words.say(text)
            if where == "lines":
                self.query_one(Body).display = words.display or self.has_class("-running")

    def show_questions(self) -> None:
        """Show the part for questions, if it has any."""
        questions = self.query_one("#questions")
        questions.display = any(child.display for child in questions.children)

    def warn(self, words: str) -> None:
        """Say in the note why something was not done, and what to do."""
        self.say("note", Content.styled(words, "bold $warning"))

    def say_trouble(self, error: QiscusTuiError) -> None:
        """Show in the note what went wrong, and what to do."""
        self.say("note", trouble(error))

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
        self._scrolling(-1).scroll_relative(y=-1, animate=False)

    def action_scroll_down(self) -> None:
        """Scroll by a line."""
        self._scrolling(1).scroll_relative(y=1, animate=False)

    def action_page_body(self, pages: int) -> None:
        """Scroll by pages."""
        part = self._scrolling(pages)
        part.scroll_relative(y=pages * max(1, part.size.height - 1), animate=False)

    def action_body_end(self, end: int) -> None:
        """Go to the top or the bottom."""
        for part in (self.query_one(Body), self.query_one("#box")):
            if end < 0:
                part.scroll_home(animate=False)
            else:
                part.scroll_end(animate=False)

    def _scrolling(self, down: int) -> Widget:
        """Return the body; at its end the box, in which other parts may leave it no room."""
        body = self.query_one(Body)
        is_at_end = body.scroll_y >= body.max_scroll_y if down > 0 else body.scroll_y <= 0
        return self.query_one("#box") if is_at_end else body


def trouble(error: QiscusTuiError) -> Content:
    """Return an error as two lines."""
    parts = [Content.styled(error.message, "bold $error")]
    if error.hint:
        parts.append(Content.styled(error.hint, "$text-muted"))
    return Content("\n").join(parts)
