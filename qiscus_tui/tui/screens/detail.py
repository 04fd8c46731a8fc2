"""One session: its time left, large, and everything that is known of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Digits, Static

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.durations import DAY, HOUR, MINUTE
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import BaseScreen, TooSmall
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.screens import list_lines
from qiscus_tui.tui.screens.detail_facts import (
    Fact,
    facts,
    row_words,
    share_left,
    unknown_facts,
    whole_life,
)
from qiscus_tui.tui.widgets.cells import width_of
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.status import age_words

if TYPE_CHECKING:
    from qiscus_tui.model.session import Session
    from qiscus_tui.tui.feed import Feed
    from qiscus_tui.tui.list_view import ListView

BAR = 50
"""Cells of the bar, where the width has room for it and its words."""
BAR_WORDS = 30
NAME_WIDTH = 12
"""Cells of the names, or more where a field of the server's has a longer one."""
WIDEST_NAME = 20


class DetailScreen(BaseScreen[bool]):
    """A session as it was listed when this was opened. Dismissed with True to revoke it."""

    CSS_PATH = "detail.tcss"
    AUTO_FOCUS = "#facts"
    SCOPE = Scope.DETAIL
    HOW_BACK = "esc goes back to it"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.DETAIL)]

    def __init__(self, feed: Feed, view: ListView, session: Session) -> None:
        """`session` is one of the feed's list."""
        super().__init__()
        self._feed = feed
        self._listed = feed.listed
        self._session = session
        self._view = view
        self._unknown: list[Fact] = []
        self._known_drawn: list[Fact] = []
        self._name_width = NAME_WIDTH

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield OneLine(id="detail-title")
        yield Static(classes="rule")
        with Horizontal(id="countdown"):
            yield Digits("", id="days")
            yield Static("", id="days-word", markup=False)
            yield Digits("", id="clock")
        yield Static("", id="bar", markup=False)
        with VerticalScroll(id="facts"):
            yield Static("", id="facts-known", markup=False)
            yield Static("", id="facts-heading", markup=False)
            yield Static("", id="facts-unknown", markup=False)
        yield Static(classes="rule")
        yield ActionBar(id="detail-actions")

    def on_mount(self) -> None:
        """Draw the known fields, then those that are masked first."""
        self.query_one("#detail-actions", ActionBar).show_commands(Scope.DETAIL, self.context)
        self.second()
        self.set_interval(1, self.second)
        self.run_worker(self._show_unknown())

    async def _show_unknown(self) -> None:
        connection = self._feed.connection
        secrets: tuple[str, ...] = ()
        if connection is not None and self._session.extra:
            try:
                secrets = (await connection.credentials()).secrets
            except QiscusTuiError as error:
                self._unknown = [Fact("Other fields", f"hidden: {error.message}")]
                self.draw_unknown()
                return
        self._unknown = unknown_facts(self._listed, self._session, secrets)
        longest = max((width_of(fact.name) for fact in self._unknown), default=0)
        self._name_width = max(NAME_WIDTH, min(longest, WIDEST_NAME))
        self._known_drawn = []  # both parts have their texts in one column
        self.draw_facts()
        self.draw_unknown()

    # Drawing.

    def second(self) -> None:
        """A second went by."""
        now = self._feed.server_now
        left = None if self._session.expires_at is None else self._session.expires_at - now
        days, clock, word = _large(left)
        self.query_one("#days", Digits).display = bool(days)
        self.query_one("#days", Digits).update(days)
        self.query_one("#days-word", Static).update(word)
        self.query_one("#clock", Digits).display = bool(clock)
        self.query_one("#clock", Digits).update(clock)
        self.query_one("#bar", Static).update(self._bar(now, left))
        soon = left is not None and left < self._feed.workspace.config.ui.expiring
        self.set_class(soon and left is not None and left > 0, "-soon")
        self.set_class(left is not None and left <= 0, "-gone")
        self.set_class(not clock, "-wordy")
        self.draw_title()
        self.draw_facts()

    def _bar(self, now: float, left: float | None) -> Text:
        share = share_left(self._session, now)
        if share is None or left is None:
            return Text("")
        cells = max(0, min(BAR, self.size.width - BAR_WORDS))
        full = round(share * cells)
        days = math.ceil(max(0.0, left) / DAY * 10) / 10
        whole = round(whole_life(self._session) / DAY, 1)
        text = Text("━" * full)
        text.append("╌" * (cells - full), "dim")
        text.append(f"  {days:g} of {whole:g} days left", "not bold")
        return text

    def draw_title(self) -> None:
        """Draw which session it is, and how old its data is."""
        words = "this session" if self._session.current else "session"
        client = self._listed.clients[self._listed.positions[self._session.id]]
        age = self._feed.workspace.clock.now() - self._listed.read_at
        self.query_one("#detail-title", OneLine).show_line(
            Line(
                (
                    piece(f"{words} {self._session.id}", Tone.STRONG, ALWAYS),
                    piece(client, Tone.PLAIN, 50, after="   "),
                ),
                (
                    piece(f"as listed {age_words(age)}", Tone.MUTED, 60),
                    piece("esc back to the list", Tone.MUTED, 20, after="  "),
                ),
            )
        )

    def draw_facts(self) -> None:
        """Draw the fields; nothing is sent where they read as before."""
        now = self._feed.server_now
        known = facts(self._listed, self._session, now)
        if known != self._known_drawn:
            self._known_drawn = known
            self.query_one("#facts-known", Static).update(_table(known, self._name_width))

    def draw_unknown(self) -> None:
        """Draw the fields that the program does not know, masked."""
        if self._unknown:
            heading = Text("\nOther fields, as the server sent them", "bold")
            self.query_one("#facts-heading", Static).update(heading)
            self.query_one("#facts-unknown", Static).update(_table(self._unknown, self._name_width))

    # Actions.

    @property
    def context(self) -> Context:
        """As in the list, with this session under the cursor."""
        return replace(list_lines.context(self._feed, self._view), rows=1, in_range=False)

    def action_scroll_up(self) -> None:
        """Scroll by a line."""
        self.query_one("#facts", VerticalScroll).scroll_relative(y=-1, animate=False)

    def action_scroll_down(self) -> None:
        """Scroll by a line."""
        self.query_one("#facts", VerticalScroll).scroll_relative(y=1, animate=False)

    async def action_copy_id(self) -> None:
        """Send the id to the terminal."""
        from qiscus_tui.tui.terminal.clipboard import send

        await send(self.app, self._session.id, "Id")

    async def action_copy_row(self) -> None:
        """Send the row to the terminal."""
        from qiscus_tui.tui.terminal.clipboard import send

        now = self._feed.server_now
        await send(self.app, row_words(self._listed, self._session, now), "Row")

    async def action_copy_fields(self) -> None:
        """Send all fields shown to the terminal: safe forms, secrets hidden."""
        from qiscus_tui.tui.terminal.clipboard import send

        shown = (*self._known_drawn, *self._unknown)
        await send(self.app, "\n".join(f"{fact.name}: {fact.text}" for fact in shown), "Fields")

    def action_revoke(self) -> None:
        """Plan for this one session, over the list."""
        self.dismiss(True)


def _large(left: float | None) -> tuple[str, str, str]:
    """Days, clock, and the word between them."""
    if left is None:
        return "", "", "expiry unknown"
    if left <= 0:
        return "", "", "expired"
    days, rest = divmod(math.ceil(left), DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, seconds = divmod(rest, MINUTE)
    clock = f"{hours:02}:{minutes:02}:{seconds:02}"
    if not days:
        return "", clock, ""
    return str(days), clock, "day" if days == 1 else "days"


def _table(facts: list[Fact], name_width: int) -> Table:
    """Return names at the left; a long text continues under its own beginning."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=name_width, no_wrap=True)
    table.add_column(overflow="fold")
    for fact in facts:
        table.add_row(Text(fact.name, "dim"), Text(fact.text))
    return table
