"""Upcoming expiries: how many sessions have how much time left, counted every second."""

from bisect import bisect_right
from collections.abc import Sequence

from qiscus_tui.model.durations import DAY, HOUR
from qiscus_tui.service.overview.bars import Bar, Bars

_SPANS = (
    ("1h", "within 1h", HOUR),
    ("6h", "1h to 6h", 6 * HOUR),
    ("24h", "6h to 24h", DAY),
    ("3d", "1 to 3 days", 3 * DAY),
    ("7d", "3 to 7 days", 7 * DAY),
    ("14d", "7 to 14 days", 14 * DAY),
    ("30d", "14 to 30 days", 30 * DAY),
)
"""The end of each span in filter syntax, its label, and its end in seconds."""


def expiry_bars(ends: Sequence[float], undated: int, now: float) -> Bars:
    """Return bars of `ends` (sorted, server's time) by time left at the server's time `now`."""

    def ended_by(seconds: float) -> int:
        # Compares the same difference as a filter does: a sum would be rounded differently.
        return bisect_right(ends, seconds, key=lambda end: end - now)

    bars: list[Bar] = []
    before, since = ended_by(0), "0s"
    if before:
        bars.append(Bar("expired", "expired", before, "is:expired"))
    for until, label, seconds in _SPANS:
        by = ended_by(seconds)
        filter_text = f"expires:>{since} expires:<={until}"
        bars.append(Bar(until, label, by - before, filter_text, is_soon=seconds <= DAY))
        before, since = by, until
    if before < len(ends):
        bars.append(Bar("later", "later", len(ends) - before, f"expires:>{since}"))
    if undated:
        bars.append(Bar("unknown", "unknown", undated, "is:undated"))
    return tuple(bars)
