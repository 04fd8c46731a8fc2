"""The first list while it arrives: what there is of it is shown, time and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiscus_tui.service.sessions.session_list import NO_SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiscus_tui.service.connection import Connection
    from qiscus_tui.service.sessions.session_list import SessionList

BETWEEN_PROGRESS = 0.2
"""Seconds between two drawings of how much has arrived."""

GROWTH = 1.5
"""By what factor the rows grow at a time: 100,000 in small pieces take time and memory."""

FIRST_SHOWN = 1250
"""Sessions that are shown without waiting: a list of fewer is mostly whole before it is drawn."""


class FirstList:
    """What has arrived, and whether it is time to show more of it."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._shown_at = monotonic()
        self.arrived = NO_SESSIONS
        """What is shown of it; nothing once it is whole, or can't be read."""
        self.show: Callable[[SessionList], None] | None = None
        """Given what has arrived. Nothing of it is certain: neither its order, nor its number."""

    def begin(self) -> None:
        """It is read from its beginning."""
        self._shown_at = self._monotonic()

    def progressed(self, read: int, connection: Connection | None) -> bool:
        """So many sessions are read. Return whether to draw that now; rows are shown here."""
        now = self._monotonic()
        is_first = not self.arrived and read >= FIRST_SHOWN
        if not is_first and now - self._shown_at < BETWEEN_PROGRESS:
            return False
        self._shown_at = now
        is_more = not len(self.arrived) <= read < len(self.arrived) * GROWTH
        if connection is not None and is_more and (arrived := connection.arriving_list()):
            self._show(arrived)
        return True

    def failed(self) -> None:
        """It could not be read: nothing of it is left on screen as if it were true."""
        if self.arrived:
            self._show(NO_SESSIONS)

    def _show(self, arrived: SessionList) -> None:
        self.arrived = arrived
        if self.show is not None:
            self.show(arrived)
