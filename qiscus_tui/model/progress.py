"""How far long work is, how fast, and how long it takes still: the app's words, and the verbs'."""

import math
import time
from collections.abc import Callable, Iterator

from qiscus_tui.model.clock import span

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
