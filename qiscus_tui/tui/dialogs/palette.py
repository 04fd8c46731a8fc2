"""The palette: Textual's own, with the commands that are available on the screen behind."""

from collections.abc import Iterator
from functools import partial

from textual import on
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets import Input

from qiscus_tui.commands.command import Command
from qiscus_tui.tui import registry
from qiscus_tui.tui.base_screen import BaseScreen
from qiscus_tui.tui.terminal.app import keymap_of

TITLE_WIDTH = 44


class RegistryProvider(Provider):
    """What the registry offers on the screen that the palette was opened on."""

    async def discover(self) -> Hits:
        """Yield all, before anything is typed."""
        for command, run in self._offered():
            prompt = _prompt(Content(command.title), command)
            yield DiscoveryHit(prompt, run, command.title)

    async def search(self, query: str) -> Hits:
        """Yield those whose title has the letters that were typed."""
        matcher = self.matcher(query)
        for command, run in self._offered():
            if (score := matcher.match(command.title)) > 0:
                prompt = _prompt(matcher.highlight(command.title), command)
                yield Hit(score, prompt, run, command.title)

    def _offered(self) -> Iterator[tuple[Command, partial[object]]]:
        """Yield each command, and what runs it."""
        screen = self.screen
        if isinstance(screen, BaseScreen):
            for command in registry.in_palette(screen.scope, screen.context, keymap_of(screen)):
                yield command, partial(screen.run_command, command.name)


def _prompt(title: Content, command: Command) -> Content:
    """Return title and key."""
    gap = " " * max(2, TITLE_WIDTH - title.cell_length)
    return Content.assemble(title, gap, (command.key_shown, "not bold $primary"))


class Palette(CommandPalette):
    """Textual's palette, drawn over the screen as it is: fewer bytes, and any number of colours."""

    DEFAULT_CSS = """
    Palette {
        background: transparent;
        & #--container { display: block; }
        & SearchIcon { display: none; }
        & CommandInput:ansi { text-style: underline; }
        & CommandList > .option-list--option-highlighted {
            color: $block-cursor-background; background: $block-cursor-foreground;
            text-style: reverse;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__([RegistryProvider], placeholder="command")

    @on(Input.Changed)
    def _forget_choice(self) -> None:
        """Have Enter run nothing that was found for fewer words."""
        self.query_one(CommandList).highlighted = None
