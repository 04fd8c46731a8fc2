"""Whether the server's times without a zone are UTC, told by a session that we just made."""

from qiscus_tui.service.session_list import SessionList

_QUARTER = 900
_SLACK = 120
"""Seconds by which the list and the login's own time may differ in one zone."""
_WIDEST = 14 * 3600


def zone_offset_of(listed: SessionList, made_at: float) -> float:
    """Seconds that listed times run ahead of UTC; 0 unless the difference is whole quarter hours.

    `made_at` is when our current session was made, on the server's clock.
    """
    own = listed.current_session
    if own is None or own.created_at is None:
        return 0.0
    difference = own.created_at - made_at
    quarters = round(difference / _QUARTER)
    whole = abs(difference - quarters * _QUARTER) <= _SLACK
    return float(quarters * _QUARTER) if quarters and whole and abs(difference) <= _WIDEST else 0.0
