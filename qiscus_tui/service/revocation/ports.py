"""What a run needs of the rest of the program."""

from collections.abc import Set
from typing import Protocol

from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.sessions.session_list import SessionList


class Sender(Protocol):
    """A connection that sends revokes, one at a time."""

    async def send(self, session: Session) -> None:
        """Ask the server once to end the session. Raises QiscusTuiError."""
        ...

    async def close(self) -> None: ...


class Server(Protocol):
    """What a run needs of the server."""

    async def read_list(self, settle: Set[str]) -> SessionList:
        """Return the list, read until it shows of each of these ids whether it is gone.

        As far as that goes: see `SessionList.lacks`. Raises QiscusTuiError.
        """
        ...

    async def sender(self) -> Sender: ...


class AuditTrail(Protocol):
    """Where a run is written down."""

    def intent(self, plan: RevocationPlan) -> None:
        """On disk before the first request. Raises StorageError."""
        ...

    def outcomes(self, report: Report) -> None:
        """On disk before the summary is shown. Raises StorageError."""
        ...

    def cut_short(self, plan: RevocationPlan, sent: int, answered: int) -> None:
        """Instead of outcomes, where the run is ended early. Raises StorageError."""
        ...


class Trials(Protocol):
    """Whether the revoke call was ever seen to work on this server."""

    def is_verified(self) -> bool: ...

    def remember(self) -> None: ...

    def forget(self) -> None: ...
