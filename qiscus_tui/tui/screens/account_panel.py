"""The account under the cursor: its fields, and whose sessions it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal

from qiscus_tui.service.account.figures import AccountFigures
from qiscus_tui.tui.screens.facts_panel import FactsPanel
from qiscus_tui.tui.widgets.chart import Chart

if TYPE_CHECKING:
    from qiscus_tui.tui.screens.account_rows import Found
    from qiscus_tui.tui.screens.detail_facts import Fact


class AccountPanel(Horizontal):
    """Fields at the left, clients at the right."""

    DEFAULT_CSS = """
    AccountPanel {
        height: 1fr;
        & FactsPanel { width: 1fr; margin: 0 2; }
        & Chart { width: 1fr; scrollbar-size-vertical: 0; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._facts = FactsPanel(id="account-facts")
        self._clients = Chart("TOP CLIENTS", id="account-clients")
        self._clients.can_focus = False

    def compose(self) -> ComposeResult:
        yield self._facts
        yield self._clients

    def show(self, facts: list[Fact], found: Found) -> None:
        """Draw an account."""
        clients = found.clients if isinstance(found, AccountFigures) else ()
        self._facts.show(facts, [])
        self._clients.show_bars(clients)
        self._clients.show_fit(self._clients.needs)
        self._clients.display = bool(clients)
