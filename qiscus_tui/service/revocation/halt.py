"""The one place that says whether anything more may be sent."""

import asyncio
from collections.abc import Callable

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.service.revocation.events import Event, Halted


class Halt:
    """Once set, nothing more is sent. The first reason stays."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._set = asyncio.Event()
        self.reason: str | None = None
        """Why, None while sending goes on."""
        self.hint: str | None = None
        self.fault: QiscusTuiError | None = None
        """What the server answered (or that it did not), where that is the reason."""

    @property
    def is_set(self) -> bool:
        """Whether nothing more may be sent."""
        return self._set.is_set()

    def because(
        self, reason: str, hint: str | None = None, fault: QiscusTuiError | None = None
    ) -> None:
        """Stop for this reason, in the user's words."""
        if self.is_set:
            return
        self.reason, self.hint, self.fault = reason, hint, fault
        self._set.set()
        self._tell(Halted(reason))

    def by(self, fault: QiscusTuiError) -> None:
        """Stop because of this answer."""
        self.because(fault.message, fault.hint, fault)

    async def wait(self) -> None:
        """Return once it is set."""
        await self._set.wait()
