"""Whether the server's clock and ours agree well enough for a rule about age."""

from qiscus_tui.errors import CannotTell, UsageError
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.query import Query
from qiscus_tui.service.sessions.session_list import SessionList

MOST_OFFSET = DAY
"""Seconds by which the clocks may differ."""


def clock_difference(listed: SessionList) -> str:
    """Return by how much the clocks differ, as text, where that is too much; else nothing."""
    return offset_words(listed.offset)


def offset_words(offset: float) -> str:
    """Return how far the server's clock is from ours, where rules about age are refused for it.

    `offset`: seconds that the server's is ahead. Empty where it is near enough.
    """
    if abs(offset) <= MOST_OFFSET:
        return ""
    direction = "ahead of" if offset > 0 else "behind"
    days = abs(offset) / DAY
    return f"The server's clock is {days:,.1f} days {direction} this machine's"


def check_clocks(
    listed: SessionList, rule: Query | None, retention: Retention | None = None
) -> None:
    """Raises UsageError for a rule about time where the clocks differ by more than a day.

    Raises CannotTell for it where the times of the list can't be trusted.
    """
    verb = "revoke" if retention is None else "prune"
    by_age = (rule is not None and rule.depends_on_clock) or (
        retention is not None and retention.rules.depends_on_clock
    )
    difference = clock_difference(listed) if by_age else ""
    if listed.time_doubt and (by_age or retention is not None):
        raise CannotTell(
            f"{listed.time_doubt}: ages can't be trusted",
            "Choose sessions one by one, or get a new token of our own: qiscus-tui refresh. "
            f"To go by these times anyway: qiscus-tui {verb} --allow-clock-offset",
        )
    if difference:
        raise UsageError(
            f"{difference}: ages can't be trusted",
            "Correct the wrong clock, or choose sessions one by one. To revoke by age anyway: "
            f"qiscus-tui {verb} --allow-clock-offset",
        )
