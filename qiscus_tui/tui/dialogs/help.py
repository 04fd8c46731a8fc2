"""Help: what can be done on the screen in front, the filter language, signs, and the rest."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from qiscus_tui.commands.command import LIST, Command, Context, Scope
from qiscus_tui.model.text import capitalized
from qiscus_tui.query.terms import Key
from qiscus_tui.tui import registry
from qiscus_tui.tui.dialogs.dialog import Dialog, DialogButton
from qiscus_tui.tui.terminal.app import keymap_of
from qiscus_tui.tui.widgets.cells import MARK, SOME_MARKED, Badge, fit, width_of

KEYS = 10
"""The least cells of the column of keys."""
WIDTH = 104
"""The most cells of the box."""
AROUND = 8
"""Cells of its borders, padding and scrollbar."""

MOST_USED = 12
"""Keys of a screen that stand first."""
CLOSE_OR_RUN = " ?123456789"
"""Characters with which no search begins."""
BY_NAME = ":"
"""Shown where a command has no key of its own: it is among the commands."""

PLACES = {
    Scope.SESSIONS: "In the list",
    Scope.GROUPS: "In the groups",
    Scope.DETAIL: "In the detail",
    Scope.OVERVIEW: "In the overview",
    Scope.ACCOUNTS: "Among the accounts",
    Scope.AUDIT: "In the audit",
    Scope.LOGIN: "At the login",
}
"""Where the keys of a scope work; also how the help of a command begins that works there alone."""

LANGUAGE: tuple[tuple[str, str], ...] = (
    ("words", 'Each must occur; "two words" in quotes are one.'),
    ("-word", "Must not occur; also not:word, and -key:value."),
    *((key.form, key.finds) for key in Key),
    ("times", "90s, 15m, 24h, 7d, 2w. What is unknown matches no comparison."),
)
"""What a filter is written of: a form of each key, and what it finds."""

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("client:Guzzle idle:>7d", "unused for a week"),
    ("idle:>7d -is:known", "and not known"),
    ("ip:10.2 -client:curl", "a network, no curl"),
    ("age:<24h", "made within a day"),
    ("is:expiring", "about to end"),
    ("created:today", "made today"),
    ("is:new", "new client or place"),
    ("client:=unknown", "client not named"),
    ("idle:unknown", "last use unknown"),
)
"""Filters, and what they leave; their numbers run them."""

SIGNS: tuple[tuple[str, str], ...] = (
    (Badge.LIVE.value, "A live session."),
    (Badge.NOT_REVOCABLE.value, "Can't be revoked: the server lists no token."),
    (Badge.PROTECTED.value, "A protected integration: it stays out of plans, unless added."),
    (Badge.EXPIRED.value, "Expired since the list was read."),
    (MARK, "Marked; of a group: all of its sessions."),
    (SOME_MARKED, "Some sessions of the group are marked."),
    ("~", "Before a countdown: computed, because the server names no expiry."),
)


Section = tuple[str, Sequence[tuple[str, ...]]]
"""A heading; below it keys or words, what they are, and other words by which they are found."""


class HelpDialog(Dialog[str]):
    """Dismissed with the filter of an example, or None. What is typed is searched for."""

    TITLE_TEXT = "Help"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.HELP)]
    DEFAULT_CSS = f"HelpDialog #box {{ width: {WIDTH}; }}"

    def __init__(self, scope: Scope, context: Context) -> None:
        """`scope` and `context` are those of the screen in front."""
        super().__init__()
        self._scope = scope
        self._behind = context
        self._sections: list[Section] = []
        self._typed = ""

    @property
    def context(self) -> Context:
        return self._behind if self._scope in LIST else Context()

    def compose_buttons(self) -> list[DialogButton]:
        return [DialogButton("Close  esc", id="cancel")]

    def opened(self) -> None:
        place = PLACES[self._scope]
        self.say("heading", f"Keys {place[0].lower()}{place[1:]}")
        commands = registry.with_keys(registry.COMMANDS, keymap_of(self))
        self._sections = sections(commands, self._scope)

    def on_key(self, event: events.Key) -> None:
        """Search for what is typed. A digit runs an example and `?` closes, before anything is."""
        character = event.character or ""
        if event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.is_printable and (self._typed or character not in CLOSE_OR_RUN):
            self._typed += character
        else:
            return
        event.stop()
        self._draw()

    def action_cancel(self) -> None:
        """Show all again; where all is shown, close."""
        if self._typed:
            self._typed = ""
            self._draw()
        else:
            self.close(None)

    def action_close(self) -> None:
        """Close the help."""
        self.close(None)

    def action_run_example(self, key: str) -> None:
        """Filter the list by an example."""
        self.close(EXAMPLES[int(key) - 1][0])

    def on_resize(self, event: events.Resize) -> None:
        """Wrap it again. (Textual runs the base's handler too.)"""
        self._draw()

    def _draw(self) -> None:
        searched = f"Search: {self._typed}▏  esc shows all again."
        self.say("lead", searched if self._typed else "Type to search.")
        lines = _lines(self._found(), min(WIDTH, self.size.width) - AROUND)
        self.say("lines", Content("\n").join(lines or [Content("Nothing has these words.")]))

    def _found(self) -> list[Section]:
        """Return the entries that have every word that was typed."""
        words = self._typed.casefold().split()
        found: list[Section] = []
        for title, entries in self._sections:
            texts = ((one, " ".join(one).casefold()) for one in entries)
            if kept := [one for one, text in texts if all(word in text for word in words)]:
                found.append((title, kept))
        return found


def sections(commands: Iterable[Command], scope: Scope) -> list[Section]:
    """Return all that can be done: in front, the most important first; how to filter; elsewhere."""

    def of(title: str, members: Iterable[Command], prefix: str = "") -> Section:
        return title, [
            (one.key_shown or BY_NAME, capitalized(one.help.removeprefix(prefix)), *_names(one))
            for one in members
        ]

    examples = [(f"{number}  {text}", words) for number, (text, words) in enumerate(EXAMPLES, 1)]
    filters = [
        ("Filter: in the list a digit runs an example", examples),
        ("Filter: words and keys", LANGUAGE),
        ("Signs", SIGNS),
    ]
    here = [one for one in commands if {scope, Scope.APP} & {*one.scopes}]
    own = [one for one in here if Scope.APP not in one.scopes]
    most_used = sorted(own, key=lambda one: -one.importance(scope))[:MOST_USED]
    here.sort(key=lambda one: Scope.APP in one.scopes)
    others = registry.by_heading(one for one in here if one not in most_used)
    elsewhere = registry.by_heading(one for one in commands if one not in here)
    prefix = f"{PLACES[scope]}: "
    return [
        of("Most used", most_used, prefix),
        filters[0],
        *(of(one.value, members, prefix) for one, members in others.items()),
        *filters[1:],
        *(of(f"Elsewhere: {one.value}", members) for one, members in elsewhere.items()),
    ]


def _names(command: Command) -> tuple[str, ...]:
    """Return its names in palette and footer."""
    return command.title, command.label or command.name.replace("_", " ")


def _lines(found: Iterable[Section], width: int) -> list[Content]:
    lines: list[Content] = []
    for title, entries in found:
        lines += [*([Content()] if lines else []), Content.styled(title, "bold")]
        keys = max(KEYS, *(width_of(key) + 2 for key, *_ in entries))
        for key, words, *_ in entries:
            first, *more = textwrap.wrap(words, max(20, width - keys - 2)) or [""]
            lines.append(Content.assemble("  ", (fit(key, keys), "bold $primary"), first))
            lines += [Content(" " * (keys + 2) + line) for line in more]
    return lines
