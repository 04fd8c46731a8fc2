"""What a run needs from the rest of the program."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from qiscus_tui.model.session import Session
from qiscus_tui.service.sessions.session_list import SessionList


class Sender(Protocol):
    """A connection that sends revokes, one at a time."""

    async def send(self, session: Session) -> None:
        """Ask the server once to end the session. Raises QiscusTuiError."""
        ...

    async def close(self) -> None: ...


class Server(Protocol):
    """The server, as a run uses it."""

    async def read_list(self) -> SessionList:
        """Return the list, read on a connection of its own. Raises QiscusTuiError."""
        ...

    async def sender(self) -> Sender: ...


class AuditTrail(Protocol):
    """Where a run is recorded. All of it raises StorageError."""

    def begin(self, ids: Sequence[str]) -> None:
        """Record what is about to be revoked; on disk before the first request."""
        ...

    def finish(
        self,
        counts: Mapping[str, int],
        outcomes: Iterable[tuple[str, str, str]],
        others_ended: int,
    ) -> None:
        """Record counts by outcome, id, outcome and reason of each session, and what else ended."""
        ...

    def cut_short(self, sent: int, answered: int) -> None:
        """Record how far the run came, where it is ended early."""
        ...


class VerifiedCalls(Protocol):
    """Whether the revoke call was ever seen to work on this server. All raises StorageError."""

    def is_verified(self) -> bool: ...

    def remember(self) -> None: ...

    def forget(self) -> None: ...
