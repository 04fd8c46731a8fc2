"""Tells a yes that was meant from keys that were typed for something else.

A slow line delivers keys late, and a paste may arrive as a burst of single keys. So nothing
confirms in the first half second after the question was really drawn, nor right behind or right
before other keys.
"""

from qiscus_tui.model.clock import Clock

DEAD = 0.5
"""Seconds after the drawing in which nothing confirms."""

APART = 0.1
"""Seconds without other keys, before and after, that a meant key stands in. No hand is faster
twice in a row; pasted keys are a hundredth of it apart."""


class Guard:
    """One question's. It begins asleep, and `drawn` begins the half second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drawn_at: float | None = None
        self._last = float("-inf")
        self._before_last = float("-inf")
        self._heard = 0
        self._was_awake = False

    def sleep(self) -> None:
        """What is asked changes: nothing confirms until it is drawn and its time is over."""
        self._was_awake = self.was_awake
        self._drawn_at = None

    def drawn(self) -> None:
        """The question stands on the screen now."""
        self._drawn_at = self._clock.monotonic()

    def heard(self) -> None:
        """A key or a paste came in, whatever it was."""
        self._before_last, self._last = self._last, self._clock.monotonic()
        self._heard += 1

    @property
    def awake(self) -> bool:
        """Whether the half second is over: enough for a click."""
        return self._drawn_at is not None and self._clock.monotonic() - self._drawn_at >= DEAD

    @property
    def was_awake(self) -> bool:
        """Whether the very first half second is over: enough for what confirms nothing."""
        return self._was_awake or self.awake

    async def is_meant(self) -> bool:
        """Whether the key heard last is a yes. Waits a moment for what may follow it."""
        if not self.awake or self._last - self._before_last < APART:
            return False
        heard = self._heard
        await self._clock.sleep(APART)
        return heard == self._heard and self.awake
