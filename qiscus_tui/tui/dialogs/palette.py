"""The palette: the available commands by name. Dismissed with the name of the chosen one."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from qiscus_tui.tui.base.screen import HEIGHTS, WIDTHS, TooSmall
from qiscus_tui.tui.commands.command import Command
from qiscus_tui.tui.dialogs.parts import Words
from qiscus_tui.tui.widgets.cells import fit
from qiscus_tui.tui.widgets.fields import Field

BOX = 110
"""Cells of the box, where there is room for them."""
TITLE_WIDTH = 44
KEY_WIDTH = 10
LEAST_HELP = 24
"""Cells from which the help of a command is shown beside it."""
AROUND = 7
"""Cells of borders, padding and scrollbar."""


class CommandList(OptionList, can_focus=False):
    """The list of commands, with the chosen one reversed."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """As Textual's own, which forgets to reverse."""
        style = super().get_visual_style(*component_classes, partial=partial)
        is_chosen = "option-list--option-highlighted" in component_classes
        return style + Style(reverse=True) if is_chosen else style


class PaletteDialog(ModalScreen[str]):
    """Words narrow the list; arrows choose; Enter chooses. Give it `registry.in_palette(…)`."""

    AUTO_FOCUS = "#words"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("up", "choose('cursor_up')", show=False),
        Binding("down", "choose('cursor_down')", show=False),
        Binding("pageup", "choose('page_up')", show=False),
        Binding("pagedown", "choose('page_down')", show=False),
    ]

    DEFAULT_CSS = """
    PaletteDialog {
        align: center top;
        background: transparent;
        layers: default over;

        & TooSmall { layer: over; dock: top; height: 100%; }
        &.-narrow TooSmall, &.-low TooSmall { display: block; }
        & #palette {
            width: 110; max-width: 100%; height: auto; max-height: 100%; margin-top: 2;
            padding: 0 1; background: $surface; border: round $border-blurred;
        }
        & #words, & #words:focus {
            height: 1; border: none; padding: 0 1; background: $panel; color: $foreground;
        }
        & #nothing { height: 1; padding: 0 1; color: $text-muted; display: none; }
        & #found, & #found:focus {
            height: auto; max-height: 14; border: none; padding: 0; margin-top: 1;
            background: $surface; background-tint: transparent; scrollbar-size-vertical: 1;
        }
        & #found > .option-list--option {
            padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & #found > .option-list--option-highlighted {
            background: $surface; color: $primary; text-style: reverse;
        }
        &.-short #palette, &.-low #palette { margin-top: 0; }
        &.-short #found, &.-low #found { max-height: 9; }
    }
    """

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        yield TooSmall()
        with Vertical(id="palette"):
            yield Field(id="words", placeholder="command")
            yield CommandList(id="found", compact=True, markup=False)
            yield Words("No matching command", id="nothing")

    def on_mount(self) -> None:
        """Show them all."""
        self._show(self._commands)

    def on_resize(self, event: events.Resize) -> None:
        """Cut the titles to the width."""
        self.query_one(TooSmall).show_size(event.size)
        self._show(matching(self._commands, self.query_one(Field).value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._show(matching(self._commands, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Run the chosen one."""
        event.stop()
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """Close with the one chosen by Enter or a click."""
        event.stop()
        if self.is_active:
            self.dismiss(event.option.id)

    def action_cancel(self) -> None:
        """Close without a choice."""
        if self.is_active:
            self.dismiss(None)

    def action_choose(self, how: str) -> None:
        """Move in the list while the words keep the focus."""
        found = self.query_one(OptionList)
        match how:
            case "cursor_up":
                found.action_cursor_up()
            case "cursor_down":
                found.action_cursor_down()
            case "page_up":
                found.action_page_up()
            case _:
                found.action_page_down()

    def _show(self, commands: Iterable[Command]) -> None:
        found = self.query_one(OptionList)
        width = min(BOX, self.size.width) - AROUND
        found.set_options([Option(_line(command, width), command.name) for command in commands])
        found.highlighted = 0 if found.option_count else None
        found.display = bool(found.option_count)
        self.query_one("#nothing").display = not found.option_count


def matching(commands: Sequence[Command], words: str) -> list[Command]:
    """Return the commands that have all the words; those with them in their titles first."""
    wanted = words.casefold().split()

    def has(text: str) -> bool:
        folded = text.casefold()
        return all(word in folded for word in wanted)

    by_title = [command for command in commands if has(command.title)]
    by_help = [command for command in commands if command not in by_title]
    return by_title + [command for command in by_help if has(f"{command.title} {command.help}")]


def _line(command: Command, width: int) -> Content:
    """Return title, key and, where there is room, the beginning of the help."""
    room = width - KEY_WIDTH - 2
    title = fit(command.title, max(1, min(TITLE_WIDTH, room)))
    room -= TITLE_WIDTH + 1
    about = fit(command.help, room) if room >= LEAST_HELP else ""
    # Without other colours: they would show on the chosen one, which is reversed.
    return Content.assemble(
        (f"{title}  {fit(command.key_shown, KEY_WIDTH)}", "bold" if about else ""), f" {about}"
    )
