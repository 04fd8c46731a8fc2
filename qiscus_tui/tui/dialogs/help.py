"""Help: every command of the registry under its heading, the filter, and what the signs mean."""

import textwrap
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from qiscus_tui.query import Key
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Command, Scope
from qiscus_tui.tui.dialogs.dialog import Dialog
from qiscus_tui.tui.dialogs.parts import Body, DialogButton
from qiscus_tui.tui.widgets.cells import fit
from qiscus_tui.tui.widgets.group_table import SOME_MARKED
from qiscus_tui.tui.widgets.row_render import MARK, Badge

KEYS = 10
"""Cells of the column of keys."""

BY_NAME = ":"
"""Shown where a command has no key of its own: it is among the commands."""

FILTER: tuple[tuple[str, str], ...] = (
    ("words", 'Each must occur; "two words" in quotes are one.'),
    ("-word", "Must not occur; also not:word, and -key:value."),
    *((f"{key.value}:", key.example) for key in Key),
)

SIGNS: tuple[tuple[str, str], ...] = (
    (Badge.LIVE.value, "A live session."),
    (Badge.NOT_REVOCABLE.value, "Can't be revoked: the server lists no token."),
    (Badge.PROTECTED.value, "A known integration that the configuration protects."),
    (Badge.EXPIRED.value, "Expired since the list was read."),
    (MARK, "Marked; of a group: all of its sessions."),
    (SOME_MARKED, "Some sessions of the group are marked."),
    ("~", "Before a countdown: computed, because the server names no expiry."),
)


class HelpDialog(Dialog[None]):
    """Closed by escape, Enter, `q` or `?`."""

    TITLE_TEXT = "Help"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.HELP)]

    def __init__(self, commands: Sequence[Command] = registry.COMMANDS) -> None:
        super().__init__()
        self._commands = commands

    def compose_buttons(self) -> list[DialogButton]:
        return [DialogButton("Close  esc", id="cancel")]

    def action_close(self) -> None:
        """Close the help."""
        self.action_cancel()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap it again. (Textual runs the base's handler too.)"""
        self._show(event.size.width)

    def _show(self, screen_width: int) -> None:
        beside = self.query_one(Body).styles.scrollbar_size_vertical + 1
        width = min(78, screen_width) - 6 - beside
        self.say("lines", help_lines(self._commands, max(30, width)))


def help_lines(commands: Sequence[Command], width: int) -> Content:
    """Return the help, wrapped to `width` cells."""
    lines: list[Content] = []
    for group, members in registry.by_group(commands).items():
        lines += _section(
            group.value, [(one.key_shown or BY_NAME, one.help) for one in members], width
        )
    lines += _section("Filter", FILTER, width)
    lines += _section("Signs", SIGNS, width)
    return Content("\n").join(lines[:-1])


def _section(title: str, entries: Sequence[tuple[str, str]], width: int) -> list[Content]:
    lines = [Content.styled(title, "bold")]
    for key, words in entries:
        wrapped = textwrap.wrap(words, width - KEYS - 2) or [""]
        lines.append(Content.assemble("  ", (fit(key, KEYS), "$primary"), wrapped[0]))
        lines += [Content(" " * (KEYS + 2) + line) for line in wrapped[1:]]
    return [*lines, Content()]
