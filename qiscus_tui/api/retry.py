"""Retries calls that may safely be sent twice: reads and revokes."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from qiscus_tui.api.error_answers import MAX_RETRY_AFTER
from qiscus_tui.errors import NotTrusted, OutOfReach, ServerFault, TimedOut
from qiscus_tui.model.clock import Clock

TRIES = 5
FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
CALL_TIME = 60.0
"""Seconds that one call may take in total, retries and waits included."""
_WORTH_ANOTHER = frozenset({429, 500, 502, 503, 504})

Result = TypeVar("Result")


def worth_another_try(error: Exception) -> bool:
    """Return whether the fault may be temporary."""
    if isinstance(error, ServerFault):
        if error.retry_after is not None and error.retry_after > MAX_RETRY_AFTER:
            return False
        return error.status in _WORTH_ANOTHER
    return isinstance(error, OutOfReach) and not isinstance(error, NotTrusted)


class CallTime:
    """The time that one call may still take."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._began = clock.monotonic()
        self._seconds = seconds

    @property
    def spent(self) -> float:
        """Seconds counted so far."""
        return self._clock.monotonic() - self._began

    @property
    def left(self) -> float:
        """Seconds left."""
        return self._seconds - self.spent

    def leave_out(self, seconds: float) -> None:
        """Do not count a wait that is not due to a slow server."""
        self._began += seconds

    @contextlib.asynccontextmanager
    async def bound(self) -> AsyncGenerator[None]:
        """End the block when no time is left. Raises TimedOut."""
        try:
            async with asyncio.timeout(max(0.0, self.left)):
                yield
        except TimeoutError as error:
            raise TimedOut(f"The server did not answer within {self._seconds:g} s") from error


class RetryPolicy:
    """Waits that double from 0.2 s to 5 s, with jitter; `Retry-After` is obeyed up to 60 s.

    The total is `call_time` seconds at most. A wait that the server asked for counts only if
    `is_strict`.
    """

    def __init__(
        self,
        clock: Clock,
        chance: Callable[[], float] = random.random,
        call_time: float = CALL_TIME,
        *,
        is_strict: bool = False,
    ) -> None:
        self._clock = clock
        self._call_time = call_time
        self._is_strict = is_strict
        self._chance = chance

    async def retrying(
        self,
        once: Callable[[CallTime], Awaitable[Result]],
        go_on: Callable[[Exception], bool] = lambda _: True,
        sleep: Callable[[float], Awaitable[None]] | None = None,
    ) -> Result:
        """Return the result of `once`, tried up to five times within the time.

        `once` gets the time that is left, and must observe it. `go_on` is called with every fault
        and says whether to try again. `sleep` is another way to wait. Raises the last fault.
        """
        time = CallTime(self._clock, self._call_time)
        wait = FIRST_WAIT
        for attempt in range(1, TRIES + 1):
            try:
                return await once(time)
            except (ServerFault, OutOfReach) as error:
                wanted = go_on(error)
                pause = wait * (0.5 + self._chance() / 2)
                asked = (error.retry_after or 0.0) if isinstance(error, ServerFault) else 0.0
                pause = max(pause, asked)
                counts = 0.0 if asked and not self._is_strict else pause
                is_last = attempt == TRIES or time.left <= counts
                if not wanted or is_last or not worth_another_try(error):
                    if attempt > 1:
                        error.hint = f"Tried {attempt} times in {time.spent:.0f} s. {error.hint}"
                    raise
            await (sleep or self._clock.sleep)(pause)
            time.leave_out(pause - counts)
            wait = min(wait * 2, LONGEST_WAIT)
        raise AssertionError("unreachable")  # pragma: no cover
