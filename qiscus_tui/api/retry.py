"""Trying again what harms nobody when it is done twice: reads and revokes."""

import copy
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from qiscus_tui.api.failures import MAX_RETRY_AFTER
from qiscus_tui.errors import NotTrusted, OutOfReach, ServerFault
from qiscus_tui.model.clock import Clock

TRIES = 5
FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
_WORTH_ANOTHER = frozenset({429, 500, 502, 503, 504})

Result = TypeVar("Result")


def worth_another_try(error: Exception) -> bool:
    """Whether the fault may be gone the next time."""
    if isinstance(error, ServerFault):
        if error.retry_after is not None and error.retry_after > MAX_RETRY_AFTER:
            return False
        return error.status in _WORTH_ANOTHER
    return isinstance(error, OutOfReach) and not isinstance(error, NotTrusted)


class Patience:
    """Waits that double from 0.2 s to 5 s, with jitter; `Retry-After` is obeyed up to 60 s."""

    def __init__(self, clock: Clock, chance: Callable[[], float] = random.random) -> None:
        self._sleep = clock.sleep
        self._chance = chance

    def sleeping_by(self, sleep: Callable[[float], Awaitable[None]]) -> "Patience":
        """The same patience with another way to wait."""
        other = copy.copy(self)
        other._sleep = sleep
        return other

    async def retrying(
        self,
        once: Callable[[], Awaitable[Result]],
        go_on: Callable[[Exception], bool] = lambda _: True,
    ) -> Result:
        """`once`, tried up to five times. Raises the last fault.

        `go_on` hears of every fault and says whether another try is still wanted.
        """
        wait = FIRST_WAIT
        for attempt in range(1, TRIES + 1):
            try:
                return await once()
            except (ServerFault, OutOfReach) as error:
                wanted = go_on(error)
                if not wanted or attempt == TRIES or not worth_another_try(error):
                    raise
                pause = wait * (0.5 + self._chance() / 2)
                if isinstance(error, ServerFault) and error.retry_after is not None:
                    pause = max(pause, error.retry_after)
            await self._sleep(pause)
            wait = min(wait * 2, LONGEST_WAIT)
        raise AssertionError("unreachable")  # pragma: no cover
