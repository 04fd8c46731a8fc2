"""The account under the cursor: its fields, what can be done with it, whose sessions it has."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from qiscus_tui.service.account_figures import AccountFigures
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Group, Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.dialogs.help import here
from qiscus_tui.tui.terminal.app import keymap_of
from qiscus_tui.tui.widgets.cells import fit
from qiscus_tui.tui.widgets.chart import Chart
from qiscus_tui.tui.widgets.facts import FactsPanel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiscus_tui.service.overview.bars import Bar
    from qiscus_tui.tui.accounts.rows import Found
    from qiscus_tui.tui.commands.command import Command
    from qiscus_tui.tui.widgets.facts import Fact

KEY = 8
"""Cells of the column of keys."""


def key_words(commands: Sequence[Command], context: Context, width: int) -> Content:
    """Return the keys that act on the account under the cursor, and why not where they can't."""
    lines = [Content.styled("KEYS", "bold")]
    for section in here(commands, Scope.ACCOUNTS, context):
        if section.title == Group.ACCOUNT.value:
            for entry in section.entries:
                style = "$text-muted" if entry.why_not else ""
                words = entry.why_not or entry.words
                first, *more = textwrap.wrap(words, max(20, width - KEY))
                key = (fit(entry.key, KEY), style or "bold $primary")
                lines.append(Content.assemble(key, (first, style)))
                lines += [Content.styled(" " * KEY + line, style) for line in more]
    return Content("\n").join(lines)


class AccountPanel(Horizontal):
    """Fields and keys at the left, clients and networks at the right."""

    DEFAULT_CSS = """
    AccountPanel {
        height: 1fr;
        & #account-left { width: 1fr; margin: 0 2; }
        & #account-keys { height: auto; margin-top: 1; }
        & #account-right { width: 1fr; }
        & Chart { width: 1fr; scrollbar-size-vertical: 0; }
        & #account-networks { margin-top: 1; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._facts = FactsPanel(id="account-facts")
        self._now = Context()
        self._keys = Static("", id="account-keys", markup=False)
        self._charts = (
            Chart("TOP CLIENTS", id="account-clients"),
            Chart("TOP NETWORKS", id="account-networks"),
        )
        for chart in self._charts:
            chart.can_focus = False

    def compose(self) -> ComposeResult:
        with Vertical(id="account-left"):
            yield self._facts
            yield self._keys
        with Vertical(id="account-right"):
            yield from self._charts

    def show(self, facts: list[Fact], found: Found, context: Context) -> None:
        """Draw an account; `context` decides which keys act on it."""
        self._now = context
        self._facts.show_facts(facts)
        self.call_after_refresh(self._show_keys)
        figures = found if isinstance(found, AccountFigures) else None
        self._show_bars((figures.clients, figures.networks) if figures else ((), ()))

    def on_resize(self) -> None:
        """Wrap the keys' words again."""
        self.call_after_refresh(self._show_keys)

    def _show_keys(self) -> None:
        """Show all keys, or none where they do not fit: the footer has those that act."""
        commands = registry.with_keys(registry.COMMANDS, keymap_of(self))
        words = key_words(commands, self._now, self._facts.size.width)
        self._keys.update(words)
        left = self.size.height - self._facts.size.height - 1
        self._keys.display = left > words.plain.count("\n")

    def _show_bars(self, both: Sequence[Sequence[Bar]]) -> None:
        for chart, bars in zip(self._charts, both, strict=True):
            chart.show_bars(bars)
        needs = self._charts[0].needs.beside(self._charts[1].needs)
        for chart, bars in zip(self._charts, both, strict=True):
            chart.show_fit(needs)
            chart.display = bool(bars)
            chart.styles.max_height = len(bars) + 1
