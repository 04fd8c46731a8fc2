"""One session: its time left, large, all that is known of it, and what it stands among."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.widgets import Static

from qiscus_tui.commands.command import Context, Scope
from qiscus_tui.model.session import Session
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.base_screen import LEAST_HEIGHT, BaseScreen
from qiscus_tui.tui.listed import texts
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.texts import age_words
from qiscus_tui.tui.listed.view import ListView
from qiscus_tui.tui.session.context import SessionDetails
from qiscus_tui.tui.session.panel import SessionPanel, row_words
from qiscus_tui.tui.terminal.clipboard import send
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.table import Table

HIGH = 30
"""Lines from which there is a blank line over the countdown."""


class DetailScreen(BaseScreen[str]):
    """The session under the list's cursor, which moves with it. Follows the list.

    Dismissed with a filter for the list.
    """

    CSS_PATH = "screen.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LEAST_HEIGHT, "-short"), (HIGH, "-high")]  # noqa: RUF012
    AUTO_FOCUS = "#facts"
    SCOPE = Scope.DETAIL
    SHOWS_LIST = True

    def __init__(
        self,
        feed: Feed,
        view: ListView,
        table: Table[Any],
        details: SessionDetails,
        invert_mark: Callable[[int], None],
    ) -> None:
        """`table` shows the view, and has the session under its cursor.

        `invert_mark` is given a position of the list.
        """
        super().__init__()
        self._feed = feed
        self._view = view
        self._table = table
        self._invert_mark = invert_mark
        self._listed: SessionList = feed.listed
        self.session = self._under_cursor
        self._is_gone = False
        self._title = OneLine(id="detail-title")
        self.panel = SessionPanel(feed, details, id="session")

    def compose_body(self) -> ComposeResult:
        yield self._title
        yield Static(classes="rule")
        yield self.panel

    def on_mount(self) -> None:
        """Draw the known fields, then what takes longer."""
        self.follow_clock()
        self._show(self.session)

    # Which session.

    def _show(self, session: Session) -> None:
        self.session, self._is_gone = session, False
        self.panel.show(self._listed, session)
        self.draw()

    def _follow(self) -> None:
        """Go on with the newer list; a session that it lacks stays on the screen, as it was."""
        listed = self._feed.listed
        if listed is self._listed:
            return
        newer = listed.get(self.session.id)
        self._is_gone = newer is None or not newer.is_same_as(self.session)
        if newer is not None and not self._is_gone:
            self._listed, self.session = listed, newer
            self.panel.show(listed, newer)

    # Drawing.

    def draw(self) -> None:
        """Draw what reads other than before; an update lays the screen out again."""
        super().draw()
        self._follow()
        self.draw_age()
        self.panel.draw()
        self.show_commands()

    def draw_age(self) -> bool:
        words = "this session" if self.session.current else "session"
        age = self._feed.workspace.clock.now() - self._listed.read_at
        is_marked = not self._is_gone and self._position in self._view.marks
        place = f"{self._table.cursor_row + 1:,} of {len(self._view.shown):,}"
        gone = piece("no longer listed", Tone.WARNING, ALWAYS)
        return self._title.show_line(
            Line(
                (
                    piece(f"{words} {self.session.id}", Tone.STRONG, ALWAYS),
                    *((gone,) if self._is_gone else ()),
                    *((piece("✓ marked", Tone.MARKED, 90),) if is_marked else ()),
                    piece(self._listed.clients[self._position], Tone.PLAIN, 50),
                ),
                (
                    piece(place, Tone.MUTED, 55),
                    piece(f"as listed {age_words(age)}", Tone.MUTED, 60, after="  "),
                    piece("esc back to the list", Tone.MUTED, 65, after="  "),
                ),
            )
        )

    @property
    def _under_cursor(self) -> Session:
        return self._view.listed.sessions[self._view.shown[self._table.cursor_row]]

    @property
    def _position(self) -> int:
        return self._listed.positions[self.session.id]

    # Actions.

    @property
    def context(self) -> Context:
        """As in the list, with this session under the cursor."""
        context = texts.context(self._feed, self._view)
        return replace(context, rows=0 if self._is_gone else 1, marked=0, in_range=False)

    def action_next_session(self) -> None:
        """Show the session below this one in the list."""
        self._move(1)

    def action_previous_session(self) -> None:
        """Show the session above this one in the list."""
        self._move(-1)

    def _move(self, rows: int) -> None:
        if not self._view.shown:
            return
        # A session took the place of one that is gone: that is the next one.
        if self._under_cursor.id == self.session.id or rows < 0:
            self._table.move_to(self._table.cursor_row + rows)
        self._listed = self._feed.listed
        self._show(self._under_cursor)

    def action_toggle_mark(self) -> None:
        """Mark or unmark this session, wherever the cursor of the list is."""
        listed = self._view.listed
        position = listed.positions.get(self.session.id)
        if position is None or not listed.sessions[position].is_same_as(self.session):
            self.notify("It is not listed any more.", severity="warning", markup=False)
        else:
            self._invert_mark(position)
        self.draw_soon()

    def action_filter_group(self) -> None:
        """Filter the list by the group of this session."""
        if (context := self.panel.context) is not None:
            self.dismiss(context.history.group.filter_text)

    async def action_copy_id(self) -> None:
        """Send the id to the terminal."""
        await send(self.app, self.session.id, "Id")

    async def action_copy_row(self) -> None:
        """Send the row to the terminal."""
        now = self._feed.server_now
        await send(self.app, row_words(self._listed, self.session, now), "Row")

    async def action_copy_fields(self) -> None:
        """Send all fields shown to the terminal: safe forms, secrets hidden."""
        shown = (*self.panel.facts, *self.panel.unknown)
        await send(self.app, "\n".join(f"{fact.name}: {fact.text}" for fact in shown), "Fields")
