"""Tokens issued per day: the days of the local zone, today first.

A day is asked for by the very moments that it was counted by, so that the filter finds what the
bar says in every zone, and on days of 23 and 25 hours too.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.timestamps import EARLIEST, LATEST
from qiscus_tui.service.overview.bars import Bar, Bars

SHOWN = 31
"""Today, and the 30 days that a token lives."""

_MARGIN = 2 * SHOWN * DAY
"""By a clock at either end of the calendar there are days before and after today all the same."""


def days_around(now: float) -> tuple[float, ...]:
    """When the days shown begin, the oldest first; the last moment is when tomorrow begins."""
    within = min(max(now, EARLIEST + _MARGIN), LATEST - _MARGIN)
    today = datetime.fromtimestamp(within).date()
    return tuple(_begins(today + timedelta(days)) for days in range(1 - SHOWN, 2))


def day_bars(starts: Sequence[float], counts: Sequence[int]) -> Bars:
    """Bars of counts: of before the first of `starts`, from each on, and from the last on."""
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
    """A moment as `created:` reads it: a date where it is the start of one in UTC."""
    if at % DAY == 0:
        return datetime.fromtimestamp(at, UTC).date().isoformat()
    local = datetime.fromtimestamp(at).astimezone()
    if local.second or (local.utcoffset() or timedelta()) % timedelta(minutes=1):
        local = local.astimezone(UTC)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def _begins(day: date) -> float:
    return datetime.combine(day, time()).timestamp()


def _label(since: float) -> str:
    # Where the clocks go forward at midnight the day begins at one o'clock.
    day = datetime.fromtimestamp(since)
    return f"{day:%a} {day.day:>2} {day:%b}"


def _between(since: float, until: float) -> str:
    if since % DAY == 0 and until - since == DAY:
        return f"created:{moment(since)}"
    return f"created:>={moment(since)} created:<{moment(until)}"
