"""How many requests may be in flight at once."""

import contextlib
from collections.abc import AsyncGenerator

from qiscus_tui.errors import NamedTokenInvalid, QiscusTuiError, ServerFault, ServerRefused

WIDTH = 16
"""Requests in flight at once by default."""

GROW_AFTER = 50
"""Good answers after which one more request may be in flight."""

_OVERLOADED = frozenset({429, 503})


class Width:
    """Slots for requests: halved by 429 and 503, grown again slowly.

    A slot is held for one try, not between tries: so the retries after an overload are narrow too.
    """

    def __init__(self, widest: int) -> None:
        from asyncio import Event

        self.widest = max(1, widest)
        self.now = self.widest
        self._in_flight = 0
        self._good = 0
        self._era = 0
        self._changed = Event()

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncGenerator[int]:
        """Wait for a slot and hold it; gives the era for `record`."""
        while self._in_flight >= self.now:
            self._changed.clear()
            await self._changed.wait()
        self._in_flight += 1
        try:
            yield self._era
        finally:
            self._in_flight -= 1
            self._changed.set()

    async def idle(self) -> None:
        """Return once no request is in flight."""
        while self._in_flight:
            self._changed.clear()
            await self._changed.wait()

    def record(self, error: QiscusTuiError | None, era: int) -> None:
        """Record an answer to a request that was sent in `era`.

        An era ends with each halving: the many answers to one overload halve the width once.
        """
        if isinstance(error, ServerFault) and error.status in _OVERLOADED:
            self._good = 0
            if era == self._era:
                self.now = max(1, self.now // 2)
                self._era += 1
        elif error is None or isinstance(error, ServerRefused | NamedTokenInvalid):
            self._good += 1
            if self._good >= GROW_AFTER and self.now < self.widest:
                self._good = 0
                self.now += 1
                self._changed.set()
