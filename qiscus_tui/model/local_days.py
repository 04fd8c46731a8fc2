"""Days of this machine's zone: from one local midnight to the next, 23 to 25 hours."""

import math
from bisect import bisect_right
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from qiscus_tui.model.clock import DAY
from qiscus_tui.model.timestamps import EARLIEST, LATEST

_LAST = LATEST - 10 * DAY
"""Later times belong to the day of this one: the calendar ends before their midnight."""


class LocalDay(Struct, frozen=True):
    """A day, from `since` until before `until`, epoch seconds."""

    date: date
    since: float
    until: float
    """Infinite for the last day that can be named."""


def day_begins(day: date) -> float:
    """Return when a local day begins, epoch seconds."""
    return datetime.combine(day, time()).timestamp()


def days_near(at: float) -> list[LocalDay]:
    """Return the local days around `at` in order: from the one before to two after."""
    within = min(max(at, EARLIEST), _LAST)
    around = date.fromtimestamp(within)
    dates = [around + timedelta(days) for days in range(-1, 4)]
    starts = [day_begins(day) for day in dates]
    days = [
        LocalDay(day, since, until)
        for day, since, until in zip(dates, starts, starts[1:], strict=False)
    ]
    if at > _LAST:
        found = bisect_right(starts, within) - 1
        return [LocalDay(dates[found], starts[found], math.inf)]
    return days


def local_day(at: float) -> LocalDay:
    """Return the local day of a time, epoch seconds."""
    return next(day for day in days_near(at) if at < day.until)


def day_named(day: date) -> LocalDay:
    """Return the local day of this date."""
    since = day_begins(day)
    if day >= date.fromtimestamp(_LAST):
        return LocalDay(day, since, math.inf)
    return LocalDay(day, since, day_begins(day + timedelta(days=1)))


def day_before(day: LocalDay) -> LocalDay:
    """Return the local day that ends where this one begins."""
    before = day.date - timedelta(days=1)
    return LocalDay(before, day_begins(before), day.since)
