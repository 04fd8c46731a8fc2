"""A moment as text."""

from datetime import UTC, datetime

from qiscus_tui.model.timestamps import day_of

UNKNOWN = "unknown"


def moment(epoch: float | None, span: float = 0.0) -> str:
    """Return `2026-10-24 16:02`, UTC; the day alone where no more is known."""
    if epoch is None:
        return UNKNOWN
    if span:
        return day_of(epoch, span)
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M")
