"""The list that is still held while it is read again."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.session import Session


def _nothing(_session_id: str) -> None:
    return None


class HeldList(Struct, frozen=True):
    """What is held of the last reading: its sessions take no more memory if they did not change."""

    get: Callable[[str], Session | None] = _nothing
    """Returns the session with this id."""
    size: int = 0
    """Bytes that it takes, about; 0 if nothing is held."""

    def shared(self, sessions: Sequence[Session]) -> Sequence[Session]:
        """Return the same sessions, as the objects that are held where they did not change."""
        if not self.size:
            return sessions
        return tuple(map(self._shared, sessions))

    def _shared(self, session: Session) -> Session:
        held = self.get(session.id)
        if held is not None and held.current is not session.current:
            held = replace(held, current=session.current)  # ours is found when all are read
        return held if held is not None and held == session else session
