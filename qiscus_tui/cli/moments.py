"""A moment as text."""

from datetime import UTC, datetime

UNKNOWN = "unknown"


def moment(epoch: float | None) -> str:
    """Return `2026-10-24 16:02`, UTC."""
    if epoch is None:
        return UNKNOWN
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M")
