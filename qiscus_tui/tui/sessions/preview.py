"""The session under the cursor, beside the list: it follows once the keys rest."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical

from qiscus_tui.model.session import Session
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.session.context import SessionDetails
from qiscus_tui.tui.session.panel import SessionPanel
from qiscus_tui.tui.sessions.shown_list import ShownList
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece

REST = 0.08
"""Seconds without a move of the cursor after which it follows: a held key draws the list alone."""


class Preview(Vertical):
    """Has nothing in it before it is shown for the first time. Asks for no frame of its own."""

    DEFAULT_CSS = """
    Preview {
        display: none; width: 28%; min-width: 46; max-width: 80; padding-top: 1;
        border-left: vkey $border-blurred;
        & SessionPanel { height: 1fr; }
        & SessionPanel #countdown { margin: 0 1 1 1; }
        & SessionPanel #facts { margin: 0 0 0 1; }
    }
    """

    def __init__(
        self,
        feed: Feed,
        rows: ShownList,
        details: SessionDetails,
        found: Callable[[], None],
    ) -> None:
        """`found` is called when more is known of the session under the cursor."""
        super().__init__(id="preview")
        self._feed = feed
        self._rows = rows
        self._details = details
        self._found = found
        self._title = OneLine(Line((piece("The newest of the group", Tone.STRONG, ALWAYS),)))
        self._panel: SessionPanel | None = None
        self._wanted: tuple[SessionList, Session]
        self._shown: tuple[SessionList, Session] | None = None

    def compose(self) -> ComposeResult:
        yield self._title

    def follow(self) -> None:
        """Show the session under the cursor: at once what ticks, another one after a rest."""
        wanted = self._rows.previewed
        self._title.display = self._rows.is_grouped and wanted is not None
        if self._panel is not None:
            self._panel.display = wanted is not None
        if wanted is None or not self._feed.is_read:
            return
        self._wanted = wanted  # by a rest that runs, too
        if not _is_same(wanted, self._shown) or (self.display and self._panel is None):
            self.run_worker(self._show_after_rest, group="preview", exclusive=True)
        elif self._panel is not None and self.display:
            self._panel.draw()

    async def _show_after_rest(self) -> None:
        """Show what is wanted.

        That is never a local variable or an argument here: a worker refers to itself, so it and all
        that it has live until the garbage collector comes by, and a list is large.
        """
        if self._shown is not None and self._wanted[1].id != self._shown[1].id:
            await self._feed.workspace.clock.sleep(REST)
        self._shown = self._wanted
        if self.display:
            (await self._mounted_panel()).show(*self._wanted)
        position = self._wanted[0].positions[self._wanted[1].id]
        await self._details.find(self._wanted[0], position, self._rows.moment())
        self._found()

    async def _mounted_panel(self) -> SessionPanel:
        if self._panel is None:
            self._panel = SessionPanel(self._feed, self._details, id="session")
            await self.mount(self._panel)
        return self._panel


def _is_same(
    wanted: tuple[SessionList, Session], shown: tuple[SessionList, Session] | None
) -> bool:
    return shown is not None and wanted[0] is shown[0] and wanted[1] is shown[1]
