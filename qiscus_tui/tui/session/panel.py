"""One session drawn in a panel: its time, its fields, what it stands among, what a prune would do.

The detail is this panel alone, the preview has it beside the list.
"""

from functools import partial

from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.session import Session
from qiscus_tui.query import Moment
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.session.context import SessionDetail, SessionDetails, draw_context, draw_outlook
from qiscus_tui.tui.session.countdown import draw_countdown
from qiscus_tui.tui.session.fields import facts, unknown_facts
from qiscus_tui.tui.widgets.drawn import Drawn
from qiscus_tui.tui.widgets.facts import Fact, FactsPanel

BESIDE = 110
"""Columns from which the parts stand side by side, and one below the other otherwise."""

LOW = 16
"""Lines below which it is left out what a prune would do: the rest is to be read first."""


class SessionPanel(Vertical):
    """Shows a session of a list; what takes longer comes when it is found out."""

    DEFAULT_CSS = """
    SessionPanel {
        & #countdown { margin: 0 2 1 2; }
        & #facts { height: 1fr; margin: 0 2; scrollbar-size-vertical: 1; }
        & #parts { height: auto; layout: vertical; }
        & #fields { height: auto; }
        & #context { margin-top: 1; }
        & #outlook { display: none; }
        & #outlook-below { margin-top: 1; }
        &.-beside #parts { layout: horizontal; }
        &.-beside #fields { width: 1fr; padding-right: 2; }
        &.-beside #context { width: 1fr; min-width: 60; margin: 0; }
        &.-beside #outlook { display: block; margin-top: 1; }
        &.-beside #outlook-below, &.-low #outlook-below { display: none; }
    }
    """

    def __init__(self, feed: Feed, details: SessionDetails, *, id: str) -> None:
        super().__init__(id=id)
        self._feed = feed
        self._details = details
        self._listed: SessionList = feed.listed
        self._session: Session | None = None
        self.unknown: list[Fact] = []
        """The fields that only the server knows the meaning of."""
        self.countdown = Drawn(id="countdown")
        self.known = FactsPanel(id="known")
        self.around = Drawn(id="context")
        self.body = VerticalScroll(id="facts")
        self.outlooks = (Drawn(id="outlook"), Drawn(id="outlook-below"))

    def compose(self) -> ComposeResult:
        yield self.countdown
        with self.body, Container(id="parts"):
            with Vertical(id="fields"):
                yield self.known
                yield self.outlooks[0]
            yield self.around
            yield self.outlooks[1]

    def on_resize(self) -> None:
        """Draw in the new size, once it is laid out."""
        self.set_class(self.size.width >= BESIDE, "-beside")
        self.set_class(self.size.height < LOW, "-low")
        self.call_after_refresh(self.draw)

    # Which session.

    @property
    def session(self) -> Session | None:
        """Return the session that is shown."""
        return self._session

    def show(self, listed: SessionList, session: Session) -> None:
        """Show a session of a list: its fields at once, the rest once it is found out."""
        is_other = self._session is None or session.id != self._session.id
        self._listed, self._session = listed, session
        if is_other:
            self.unknown = []
            self.body.anchor(False)
            self.body.scroll_home(animate=False)
            self.run_worker(partial(self._find_unknown, session), group="unknown", exclusive=True)
        self.draw()
        self.run_worker(partial(self._find_details, session), group="details", exclusive=True)

    async def _find_details(self, session: Session) -> None:
        moment = Moment(self._feed.server_now, self._feed.workspace.config.ui.expiring)
        await self._details.find(self._listed, self._listed.positions[session.id], moment)
        self.draw()

    async def _find_unknown(self, session: Session) -> None:
        connection = self._feed.connection
        secrets: tuple[str, ...] = ()
        if connection is not None and session.extra:
            try:
                secrets = (await connection.credentials()).secrets
            except QiscusTuiError as error:
                self.unknown = [Fact("Other fields", f"hidden: {error.message}")]
                self.draw()
                return
        self.unknown = unknown_facts(self._listed, session, secrets)
        if self.unknown:
            self.draw()

    # Drawing.

    @property
    def facts(self) -> list[Fact]:
        """Return every field that the program knows."""
        if self._session is None:
            return []
        return facts(self._listed, self._session, self._feed.server_now)

    @property
    def detail(self) -> SessionDetail | None:
        """Return what is known around the session; None where it was not found out yet."""
        if self._session is None:
            return None
        return self._details.of(self._listed, self._listed.positions[self._session.id])

    def draw(self) -> None:
        """Draw the session as of now."""
        is_whole = self.size.width and self.known.is_attached  # not before, nor while the app ends
        if self._session is None or not is_whole:
            return
        now = self._feed.server_now
        expiring = self._feed.workspace.config.ui.expiring
        self.countdown.show(partial(draw_countdown, self._session, now, expiring))
        if self.known.show_facts(self.facts, self.unknown):
            self.call_after_refresh(self.draw)  # they leave other room below them
        if (detail := self.detail) is not None:
            self._draw_around(self._session, detail, now)

    def _draw_around(self, session: Session, detail: SessionDetail, now: float) -> None:
        body, below = self.body, self.outlooks[1]
        was_at_end = 0 < body.max_scroll_y <= body.scroll_y
        height = body.size.height
        for outlook in self.outlooks:
            outlook.show(partial(draw_outlook, session, detail, now))
        if not self.has_class("-beside"):  # what is left of the panel, once it is laid out
            height = max(0, height - self.known.size.height - below.size.height - 2)
        listed, context = self._listed, detail.context
        self.around.show(lambda width: draw_context(listed, context, now, width, height))
        if was_at_end:  # it stays there while what comes is laid out
            body.anchor()
