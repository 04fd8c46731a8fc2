"""The one place that decides whether anything more may be sent."""

import asyncio
from collections.abc import Callable

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.service.revocation.events import Event, Halted


class Halt:
    """Once set, nothing more is sent. The first reason counts."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._set = asyncio.Event()
        self.reason: str | None = None
        """Why, None while sending continues."""
        self.hint: str | None = None
        self.fault: QiscusTuiError | None = None
        """The server's answer, or the lack of one, where that is the reason."""

    @property
    def is_set(self) -> bool:
        """Whether nothing more may be sent."""
        return self._set.is_set()

    def because(
        self, reason: str, hint: str | None = None, fault: QiscusTuiError | None = None
    ) -> None:
        """Stop for this reason, which the user is shown."""
        if self.is_set:
            return
        self.reason, self.hint, self.fault = reason, hint, fault
        self._set.set()
        self._emit(Halted(reason))

    def by(self, fault: QiscusTuiError) -> None:
        """Stop because of this answer."""
        self.because(fault.message, fault.hint, fault)

    async def wait(self) -> None:
        """Return once it is set."""
        await self._set.wait()
