"""The clock, injected everywhere so that tests need not wait; durations; how long work takes."""

import math
import re
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from qiscus_tui.errors import UsageError
from qiscus_tui.model.text import safe


class Clock(Protocol):
    """Time as this machine sees it."""

    def now(self) -> float:
        """Epoch seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, which never decrease."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        import asyncio

        await asyncio.sleep(seconds)


MINUTE = 60
HOUR = 3600
DAY = 86_400

TOKEN_LIFETIME = 30 * DAY
"""A short-lived token expires 30 days after the login or refresh (documented)."""

HOW_TO_WRITE = "Write it in lower case, such as 90s, 15m (minutes), 24h, 7d or 2w."
"""`1M` could be a minute or a month, so capitals are refused."""

_UNITS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_PART = re.compile(r"([0-9]{1,9})([smhdw])")


def parse_duration(text: str) -> int:
    """Return the seconds in `7d`, `90m` or `1d12h`. Units are lower case only.

    Raises UsageError.
    """
    seconds, at = 0, 0
    stripped = text.strip()
    while found := _PART.match(stripped, at):
        seconds += int(found[1]) * _UNITS[found[2]]
        at = found.end()
    if not stripped or at != len(stripped):
        shown = safe(text) if len(text) <= 20 else f"{safe(text[:4])}…"  # it may be a token
        raise UsageError(f"'{shown}' is not a duration", HOW_TO_WRITE)
    return seconds


def duration_between(least: float, most: float) -> Callable[[str], float]:
    """Return a reader of a duration within these bounds in seconds; it raises ValueError."""

    def read(text: str) -> float:
        try:
            found = parse_duration(text)
        except UsageError as error:
            raise ValueError("must be a duration in lower case, such as 90s, 5m or 24h") from error
        if not least <= found <= most:
            raise ValueError(f"must be from {as_typed(least)} to {as_typed(most)}")
        return float(found)

    return read


def as_typed(seconds: float) -> str:
    """Return `90s`, `24h` or `7d`, as `parse_duration` reads it; fractions are dropped."""
    whole = int(seconds)
    for unit, size, least in (("d", DAY, 2), ("h", HOUR, 1), ("m", MINUTE, 1)):
        if whole >= least * size and whole % size == 0:
            return f"{whole // size}{unit}"
    return f"{whole}s"


def countdown(seconds: float, *, to_the_second: bool = False) -> str:
    """Return `29d 04:11`, under a day `05:59:58`, after the end `expired`."""
    if seconds <= 0:
        return "expired"
    whole = math.ceil(seconds)
    days, rest = divmod(whole, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, second = divmod(rest, MINUTE)
    if not days:
        return f"{hours:02}:{minutes:02}:{second:02}"
    if to_the_second:
        return f"{days}d {hours:02}:{minutes:02}:{second:02}"
    return f"{days}d {hours:02}:{minutes:02}"


def span(seconds: float) -> str:
    """Return `68 s`, from two minutes on `2 min 8 s`, from an hour on `1 h 4 min`."""
    whole = max(1, round(seconds))
    minutes, second = divmod(whole, MINUTE)
    if whole < 2 * MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{minutes} min {second} s"
    return f"{minutes // 60:,} h {minutes % 60} min"


def ago(seconds: float) -> str:
    """Return `now`, `41 s ago`, `12 min ago`, `3 h ago`, `9 d ago`."""
    if seconds < 5:
        return "now"
    if seconds < MINUTE:
        return f"{int(seconds)} s ago"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    return f"{int(seconds // DAY)} d ago"


def local_time(epoch: float) -> str:
    """Return `24 Oct 2026 16:02`, in the local zone."""
    return time.strftime("%-d %b %Y %H:%M", time.localtime(epoch))


PACE_AFTER = 1.0
"""Seconds after which a pace says something."""


class Pace:
    """How much is done in a second, measured from the first that was done."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._first: tuple[float, int] | None = None

    def at(self, done: int) -> float | None:
        """Return the pace now that so much is done; None where it is too early to say."""
        now = self._monotonic()
        since, before = self._first = self._first or (now, done)
        return (done - before) / (now - since) if now - since >= PACE_AFTER else None


def pace_words(done: int, total: int, pace: float | None) -> Iterator[str]:
    """Yield `350 a second` and `about 32 s left`, as far as they are known."""
    if pace and done < total:
        yield f"{pace:,.0f} a second"
        yield f"about {span((total - done) / pace)} left"


def read_words(received: int, total: int | None, rate: float | None) -> str:
    """Return `3.1 of 27.0 MB, 9.8 MB/s, 3 s left`, as far as it is known; all in bytes."""
    rest = f"of {total / 1e6:.1f} MB" if total else "MB so far"
    words = [f"{received / 1e6:.1f} {rest}"]
    if rate:
        words.append(f"{rate / 1e6:.1f} MB/s")
    if rate and total and total >= received:
        words.append(f"{math.ceil((total - received) / rate)} s left")
    return ", ".join(words)
