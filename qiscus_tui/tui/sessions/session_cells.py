"""The text of a session's cells, by the width of their column."""

from collections.abc import Callable

from msgspec import Struct

from qiscus_tui.model.session import Session
from qiscus_tui.model.timestamps import day_of
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.client_words import client_text
from qiscus_tui.tui.widgets.cells import (
    SHARE_WIDTH,
    created_cell,
    created_cell_short,
    last_used_cell,
    share_text,
)

CREATED_FULL = 17
"""Cells of a time of creation with its year."""

ALIKE_WIDTH = len("100,000 ") + SHARE_WIDTH

Alike = Callable[[str], int]
"""Returns how many sessions have the client and network of the one with an id; 0: not known yet."""


class Cell(Struct, frozen=True):
    """What a cell's text is made of."""

    listed: SessionList
    position: int
    """Of the session in the list."""
    now: float
    """The server's time, epoch seconds."""
    width: int
    """Cells of the column."""
    alike: Alike | None = None

    @property
    def session(self) -> Session:
        """Return the session of the row."""
        return self.listed.sessions[self.position]


def client_cell(cell: Cell) -> str:
    """Return what the session is, in words."""
    return client_text(cell.listed, cell.position, cell.width)


def created_text(cell: Cell) -> str:
    """Return when it was created, with the year where there is room for it."""
    session = cell.session
    if session.created_at is not None and session.created_span:
        return day_of(session.created_at, session.created_span)
    full = cell.width >= CREATED_FULL
    return (created_cell if full else created_cell_short)(session.created_at, cell.now)


def last_used_text(cell: Cell) -> str:
    """Return how long ago it was used, or the day where no more is known."""
    at, span = cell.session.last_used_at, cell.session.last_used_span
    return day_of(at, span) if at is not None and span else last_used_cell(at, cell.now)


def alike_cell(cell: Cell) -> str:
    """Return `459  36 %`: no share where it is alone, or where it would be ` 0 %`."""
    if cell.alike is None or not (count := cell.alike(cell.session.id)):
        return ""
    share = count / len(cell.listed)
    words = share_text(share) if count > 1 and round(100 * share) else ""
    return f"{count:>{ALIKE_WIDTH - SHARE_WIDTH - 1},} {words}"
