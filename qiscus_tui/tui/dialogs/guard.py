"""Tells a yes that was meant from keys that were typed for something else.

A slow line delivers keys late, and a paste may arrive as a burst of single keys. So nothing
confirms in the first half second after the question was drawn, nor directly before or after
other keys.
"""

from qiscus_tui.model.clock import Clock

ARM_DELAY = 0.5
"""Seconds after the drawing in which nothing confirms."""

KEY_GAP = 0.1
"""Seconds without other keys before and after a key that was meant. No hand is faster twice in a
row; pasted keys are a hundredth of it apart."""


class Guard:
    """The guard of one question. It is disarmed until the question was drawn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drawn_at: float | None = None
        self._last = float("-inf")
        self._before_last = float("-inf")
        self._keys = 0
        self._was_armed = False

    def disarm(self) -> None:
        """Accept nothing: what is asked changes, and was not drawn yet."""
        self._was_armed = self.was_armed
        self._drawn_at = None

    def arm(self) -> None:
        """Accept a yes after the delay: the question is on the screen now."""
        self._drawn_at = self._clock.monotonic()

    def record_key(self) -> None:
        """Note a key, a click or a paste, whatever it was."""
        self._before_last, self._last = self._last, self._clock.monotonic()
        self._keys += 1

    @property
    def armed(self) -> bool:
        """Whether the delay is over: enough for a click."""
        return self._drawn_at is not None and self._clock.monotonic() - self._drawn_at >= ARM_DELAY

    @property
    def was_armed(self) -> bool:
        """Whether the very first delay is over: enough for what confirms nothing."""
        return self._was_armed or self.armed

    async def is_meant(self) -> bool:
        """Return whether the last key is a yes. Waits a moment for what may follow it."""
        if not self.armed or self._last - self._before_last < KEY_GAP:
            return False
        keys = self._keys
        await self._clock.sleep(KEY_GAP)
        return keys == self._keys and self.armed
