"""A list while it is read: its columns grow with it, so that the rest is short at its end."""

from collections.abc import Sequence
from operator import attrgetter, is_

from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.turns import at_once
from qiscus_tui.service.sessions.descriptions import Columns, Describer
from qiscus_tui.service.sessions.session_list import SessionList

_ID = attrgetter("id")


class ArrivingList:
    """The sessions that were read so far, in the server's order."""

    def __init__(self) -> None:
        self.begin(Describer())

    def begin(self, describer: Describer) -> None:
        """Forget all: the list is read from its beginning."""
        self._describer = describer
        self._sessions: list[Session] = []
        self._columns = Columns()
        self._positions: dict[str, int] = {}
        """Of those that were shown last."""

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, sessions: Sequence[Session]) -> None:
        """Add what was read."""
        self._sessions += sessions
        self._columns.extend(at_once(self._describer.in_steps(sessions)))

    def cut(self, count: int) -> None:
        """Forget all but the first so many: the others are read again."""
        del self._sessions[count:]
        self._columns.cut(count)
        self._positions.clear()

    def so_far(self, *, read_at: float, offset: float) -> SessionList:
        """Return what there is, as a list of its own; what it lacks may be live nevertheless."""
        sessions, columns, at = self._sessions, self._columns, self._positions
        at.update(zip(map(_ID, sessions[len(at) :]), range(len(at), len(self)), strict=True))
        if len(at) < len(self):  # rows moved, and are listed again on a later page
            return self._without_repeated().so_far(read_at=read_at, offset=offset)
        return SessionList(
            sessions=sessions[:],
            clients=columns.clients[:],
            labels=columns.labels[:],
            search=columns.search[:],
            new=bytes(len(self)),
            current=Current.NONE,
            unreadable=0,
            read_at=read_at,
            offset=offset,
            complete=False,
            positions=at.copy(),
        )

    def _without_repeated(self) -> "ArrivingList":
        by_id: dict[str, Session] = {}
        for session in self._sessions:
            by_id.setdefault(session.id, session)
        self._positions.clear()
        once = ArrivingList()
        once.begin(self._describer)
        once.add([*by_id.values()])
        return once

    def take(self, sessions: Sequence[Session], known: Sequence[Known]) -> Columns | None:
        """Return the columns of the whole list, and forget them.

        None where something else arrived, or other integrations are known by now.
        """
        is_same = len(sessions) == len(self) and all(map(is_, sessions, self._sessions))
        columns = self._columns if is_same and self._describer.known == known else None
        self.begin(Describer())
        return columns
