"""The time a session has left, over a bar of its life: issued, now, expiry."""

import math

from textual.content import Content

from qiscus_tui.model.clock import DAY, TOKEN_LIFETIME, countdown
from qiscus_tui.model.session import Session
from qiscus_tui.tui.widgets.bars import life_line
from qiscus_tui.tui.widgets.cells import created_cell_short

_GAP = 2
"""Cells between two words under the bar."""


def draw_countdown(session: Session, now: float, expiring: float, width: int) -> Content:
    """Return the time left, and the bar in `width` cells; up to `expiring` seconds are soon."""
    left = None if session.expires_at is None else session.expires_at - now
    if session.expires_at is None or left is None:
        return Content.styled("expiry unknown", "bold")
    if left <= 0:
        return Content.styled("expired", "bold $text-disabled")
    computed = ", computed" if session.expires_computed else ""
    words = f"{countdown(left, to_the_second=True)} left{computed}"
    is_soon, whole = left < expiring, whole_life(session)
    style = "$warning" if is_soon else "$primary"
    at = round((1 - min(1.0, left / whole)) * (max(2, width) - 1))
    return Content("\n").join(
        [
            Content.styled(words, "bold $warning" if is_soon else "bold"),
            life_line(at, width, style),
            Content.styled(_words(session, session.expires_at, now, at, width), "$text-muted"),
        ]
    )


def _words(session: Session, expires_at: float, now: float, at: int, width: int) -> str:
    """Return issued, now and expiry; as dates alone where their words or times do not fit."""
    left, whole = expires_at - now, round(whole_life(session) / DAY, 1)
    middle = f"now, {math.ceil(left / DAY * 10) / 10:g} of {whole:g} days left"
    issued = created_cell_short(session.created_at, now).strip()
    expires = created_cell_short(expires_at, now).strip()
    dates = issued.rsplit(" ", 1)[0], expires.rsplit(" ", 1)[0]
    for first, last in (
        (f"issued {issued}", f"expires {expires}"),
        (f"issued {dates[0]}", f"expires {dates[1]}"),
        dates,
        ("", ""),
    ):
        begin = len(first) + _GAP
        latest = width - len(last) - _GAP - len(middle)
        if begin <= latest:
            start = max(begin, min(at - len(middle) // 2, latest))
            return f"{first:<{start}}{middle}".ljust(width - len(last)) + last
    return middle


def whole_life(session: Session) -> float:
    """Return its lifetime in seconds; the usual 30 days if unknown."""
    if session.created_at is None or session.expires_at is None:
        return TOKEN_LIFETIME
    lifetime = session.expires_at - session.created_at
    return lifetime if lifetime > 0 else TOKEN_LIFETIME
