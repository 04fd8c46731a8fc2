"""Help: what can be done on the screen in front, the filter language, signs, and the rest."""

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.added_keys import with_added_keys
from qiscus_tui.tui.commands.command import LIST, Command, Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.dialogs.dialog import Dialog
from qiscus_tui.tui.dialogs.help_text import (
    EXAMPLES,
    FILTERED,
    PLACES,
    Section,
    elsewhere,
    filters,
    here,
    signs,
)
from qiscus_tui.tui.dialogs.parts import DialogButton
from qiscus_tui.tui.widgets.cells import fit, width_of

KEYS = 10
"""The least cells of the column of keys."""
TWO_COLUMNS = 110
"""Cells of a screen from which two columns fit."""
WIDE = 168
"""The most cells of the box."""
AROUND = 8
"""Cells of its borders, padding and scrollbar."""
GAP = 3
"""Cells between two columns."""


class HelpDialog(Dialog[str]):
    """Dismissed with the filter of an example, or None by escape, Enter, `q` or `?`."""

    TITLE_TEXT = "Help"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.HELP)]

    def __init__(
        self,
        scope: Scope | None = None,
        context: Context | None = None,
        commands: Sequence[Command] = registry.COMMANDS,
    ) -> None:
        """`scope` and `context` are those of the screen in front; None: of no screen."""
        super().__init__()
        self._scope = scope
        self._behind = context or Context()
        self._commands = commands

    @property
    def context(self) -> Context:
        return self._behind if self._scope in LIST else Context()

    def compose_buttons(self) -> list[DialogButton]:
        return [DialogButton("Close  esc", id="cancel")]

    def opened(self) -> None:
        if self._scope is not None:
            place = PLACES[self._scope]
            self.say("heading", f"Help: {place[0].lower()}{place[1:]}")
            self.say("lead", "What can be done here; the keys of other screens are at the end.")

    def action_close(self) -> None:
        """Close the help."""
        self.action_cancel()

    def action_run_example(self, key: str) -> None:
        """Filter the list by an example."""
        self.close(EXAMPLES[int(key) - 1][0])

    def on_resize(self, event: events.Resize) -> None:
        """Wrap it again. (Textual runs the base's handler too.)"""
        screen = event.size.width
        wide, box = screen >= TWO_COLUMNS, min(WIDE, screen)
        self.query_one("#box").styles.width = box
        width = box - AROUND
        commands = with_added_keys(self._commands, self)
        first = here(commands, self._scope, self._behind)
        second = filters(can_run=self._scope in LIST)
        rest = elsewhere(commands, self._scope)
        if self._scope not in FILTERED:
            second, rest = [], [*second, *rest]
        (second if wide and first and second else rest).append(signs())
        self.say(
            "lines",
            in_two(first, second, rest, width) if wide else in_one([*first, *second, *rest], width),
        )


def in_one(sections: Sequence[Section], width: int) -> Content:
    """Return the sections one below the other, wrapped to `width` cells."""
    return Content("\n").join(_lines(sections, width))


def in_two(
    first: Sequence[Section], second: Sequence[Section], rest: Sequence[Section], width: int
) -> Content:
    """Return the first sections beside the second ones, and the rest below in two halves."""
    column = (width - GAP) // 2
    if not first:
        return Content("\n").join(_halves([*second, *rest], column))
    if not second and len(first) > 1:
        lines = _halves(first, column)
    else:
        lines = _beside(_lines(first, column), _lines(second, column), column)
    lines += [Content(), Content.styled("Elsewhere", "bold"), Content(), *_halves(rest, column)]
    return Content("\n").join(lines)


def _halves(sections: Sequence[Section], column: int) -> list[Content]:
    """Return the sections in two columns that are about as high."""
    heights = [len(_section(one, column)) + 1 for one in sections]
    at = min(range(1, len(sections)), key=lambda at: max(sum(heights[:at]), sum(heights[at:])))
    return _beside(_lines(sections[:at], column), _lines(sections[at:], column), column)


def _beside(left: Sequence[Content], right: Sequence[Content], column: int) -> list[Content]:
    return [
        Content.assemble(one, " " * (column + GAP - one.cell_length), other)
        for one, other in zip_longest(left, right, fillvalue=Content())
    ]


def _lines(sections: Sequence[Section], width: int) -> list[Content]:
    lines: list[Content] = []
    for section in sections:
        lines += [*([Content()] if lines else []), *_section(section, width)]
    return lines


def _section(section: Section, width: int) -> list[Content]:
    lines = [Content.styled(section.title, "bold")]
    keys = max(KEYS, *(width_of(entry.key) + 2 for entry in section.entries))
    for entry in section.entries:
        style = "$text-muted" if entry.why_not else ""
        words = f"{entry.words} Not now: {entry.why_not}" if entry.why_not else entry.words
        wrapped = textwrap.wrap(words, max(20, width - keys - 2)) or [""]
        key = (fit(entry.key, keys), style or "bold $primary")
        lines.append(Content.assemble("  ", key, (wrapped[0], style)))
        lines += [Content.styled(" " * (keys + 2) + line, style) for line in wrapped[1:]]
    return lines
