"""Tokens issued per day: the days of the local zone, today first.

A filter names the exact times between which a day was counted, so that it matches the bar in
every zone, and on days of 23 and 25 hours too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import inf

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.local_days import day_begins, local_day
from qiscus_tui.model.timestamps import EARLIEST, LATEST
from qiscus_tui.query import written_between
from qiscus_tui.service.overview.bars import Bar, Bars

SHOWN = 31
"""Today, and the 30 days that a token is valid."""

_MARGIN = 2 * SHOWN * DAY
"""Keeps days before and after today within the calendar, whatever the clock."""


def days_around(now: float) -> tuple[float, ...]:
    """Return when the days shown begin, the oldest first; the last one is tomorrow."""
    within = min(max(now, EARLIEST + _MARGIN), LATEST - _MARGIN)
    today = local_day(within).date
    return tuple(day_begins(today + timedelta(days)) for days in range(1 - SHOWN, 2))


def day_bars(starts: Sequence[float], counts: Sequence[int]) -> Bars:
    """Return bars of counts: before the first of `starts`, from each, and from the last."""
    earlier, *days, later = counts
    labels = [*map(_label, starts[:-2]), "today"]
    bars = [
        Bar(f"{since:.0f}", label, count, written_between(since, until))
        for label, since, until, count in zip(labels, starts, starts[1:], days, strict=False)
    ]
    if later:
        bars.append(Bar("later", "later", later, written_between(starts[-1], inf)))
    bars.reverse()
    if earlier:
        bars.append(Bar("earlier", "earlier", earlier, written_between(-inf, starts[0])))
    return tuple(bars)


def _label(since: float) -> str:
    # Where clocks are set forward at midnight, the day begins at one o'clock.
    day = datetime.fromtimestamp(since)
    return f"{day:%a} {day.day:>2} {day:%b}"
