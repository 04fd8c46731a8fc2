"""Tokens issued per day: the days of the local zone, today first.

A filter names the exact times between which a day was counted, so that it matches the bar in
every zone, and on days of 23 and 25 hours too.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.timestamps import EARLIEST, LATEST
from qiscus_tui.service.overview.bars import Bar, Bars

SHOWN = 31
"""Today, and the 30 days that a token is valid."""

_MARGIN = 2 * SHOWN * DAY
"""Keeps days before and after today within the calendar, whatever the clock."""


def days_around(now: float) -> tuple[float, ...]:
    """Return when the days shown begin, the oldest first; the last one is tomorrow."""
    within = min(max(now, EARLIEST + _MARGIN), LATEST - _MARGIN)
    today = datetime.fromtimestamp(within).date()
    return tuple(_begins(today + timedelta(days)) for days in range(1 - SHOWN, 2))


def day_bars(starts: Sequence[float], counts: Sequence[int]) -> Bars:
    """Return bars of counts: before the first of `starts`, from each, and from the last."""
    earlier, *days, later = counts
    labels = [*map(_label, starts[:-2]), "today"]
    bars = [
        Bar(f"{since:.0f}", label, count, _between(since, until))
        for label, since, until, count in zip(labels, starts, starts[1:], days, strict=False)
    ]
    if later:
        bars.append(Bar("later", "later", later, f"created:>={moment(starts[-1])}"))
    bars.reverse()
    if earlier:
        bars.append(Bar("earlier", "earlier", earlier, f"created:<{moment(starts[0])}"))
    return tuple(bars)


def moment(at: float) -> str:
    """Return a time as `created:` reads it: a date where one begins then in UTC."""
    if at % DAY == 0:
        return datetime.fromtimestamp(at, UTC).date().isoformat()
    local = datetime.fromtimestamp(at).astimezone()
    if local.second or (local.utcoffset() or timedelta()) % timedelta(minutes=1):
        local = local.astimezone(UTC)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def _begins(day: date) -> float:
    return datetime.combine(day, time()).timestamp()


def _label(since: float) -> str:
    # Where clocks are set forward at midnight, the day begins at one o'clock.
    day = datetime.fromtimestamp(since)
    return f"{day:%a} {day.day:>2} {day:%b}"


def _between(since: float, until: float) -> str:
    if since % DAY == 0 and until - since == DAY:
        return f"created:{moment(since)}"
    return f"created:>={moment(since)} created:<{moment(until)}"
