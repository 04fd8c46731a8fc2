"""Sessions as lines of a dialog: id, time left, client, last use, address.

The columns depend on the width alone, so that those of several lists line up.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from qiscus_tui.model.durations import countdown
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.plan_groups import IN_USE
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.sessions.session_cells import Cell, client_cell
from qiscus_tui.tui.widgets.cells import UNKNOWN, fit, last_used_cell

ID, LEFT, USED, ADDRESS = 8, 10, 10, 15
"""Cells of `3fa9c01b`, `29d 04:11`, `59 min ago`, `203.0.113.254`; a longer address is the last."""
WITH_USE = 68
"""Cells of a line from which it has room for the last use."""
_GAP = "  "


def session_heading(width: int) -> Content:
    """Return the titles of the columns in `width` cells."""
    used = f"{'LAST USED':<{USED}}{_GAP}" if width >= WITH_USE else ""
    client = fit("CLIENT", _client_width(width))
    words = f"{_GAP}{'ID':<{ID}}{_GAP}{'EXPIRES IN':>{LEFT}}{_GAP}{client}{_GAP}{used}IP"
    return Content.styled(words, "$text-muted")


def session_lines(
    listed: SessionList, sessions: Iterable[Session], now: float, width: int
) -> list[Content]:
    """Return a line for each. `now`: the server's time, epoch seconds."""
    return [_line(listed, session, now, width) for session in sessions]


def _line(listed: SessionList, session: Session, now: float, width: int) -> Content:
    position, at = listed.positions[session.id], session.last_used_at
    client = _client_width(width)
    words = client_cell(Cell(listed, position, now, client))
    left = UNKNOWN if session.expires_at is None else countdown(session.expires_at - now)
    is_hot = at is not None and now - at < IN_USE
    used = f"{last_used_cell(at, now):<{USED}}{_GAP}" if width >= WITH_USE else ""
    return Content.assemble(
        _GAP,
        (session.id[:ID], "$primary"),
        f"{_GAP}{left:>{LEFT}}{_GAP}{fit(words, client)}{_GAP}",
        (used, "bold $warning" if is_hot else ""),
        (session.safe_ip, "$text-muted"),
    )


def _client_width(width: int) -> int:
    used = USED + len(_GAP) if width >= WITH_USE else 0
    return max(8, width - ID - LEFT - used - ADDRESS - 4 * len(_GAP))
