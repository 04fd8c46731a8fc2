"""A list while it is read: its columns grow with it, so that the rest is short at its end."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter

from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Current, Session, SessionOrigin, SessionRun
from qiscus_tui.model.turns import at_once
from qiscus_tui.service.sessions.descriptions import Columns, Describer
from qiscus_tui.service.sessions.session_list import SessionList

_ID = attrgetter("id")


class _First(Mapping[str, int]):
    """The first so many positions of a list that grows."""

    def __init__(self, growing: dict[str, int], count: int) -> None:
        self._growing = growing
        self._count = count

    def __getitem__(self, session_id: str) -> int:
        position = self._growing[session_id]
        if position >= self._count:
            raise KeyError(session_id)
        return position

    def __iter__(self) -> Iterator[str]:
        return islice(self._growing, self._count)

    def __len__(self) -> int:
        return self._count


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

    def add(self, run: SessionRun) -> None:
        """Add what was read."""
        self._sessions += run.sessions
        self._columns.extend(at_once(self._describer.in_steps(run)))

    def cut(self, count: int) -> None:
        """Forget all but the first so many: the others are read again."""
        del self._sessions[count:]
        self._columns.cut(count)
        self._positions = {}

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
            incomplete_because="more of it arrives",
            positions=_First(at, len(self)),
        )

    def _without_repeated(self) -> "ArrivingList":
        by_id: dict[str, Session] = {}
        for session in self._sessions:
            by_id.setdefault(session.id, session)
        self._positions = {}
        once = ArrivingList()
        once.begin(self._describer)
        once.add(SessionRun.of([*by_id.values()]))
        return once

    def take(self, sessions: Sequence[Session], known: Sequence[Known]) -> Columns | None:
        """Return the columns of the whole list, and forget them.

        None where something else arrived, or other integrations are known by now.
        """
        is_same = self._is(sessions) and self._describer.known == known
        columns = self._columns if is_same else None
        self.begin(Describer())
        return columns

    def origins(self, sessions: Sequence[Session]) -> Collection[SessionOrigin] | None:
        """Return the origins of the whole list; None where something else arrived, or too many."""
        return self._describer.origins() if self._is(sessions) else None

    def _is(self, sessions: Sequence[Session]) -> bool:
        return len(sessions) == len(self) and [*sessions] == self._sessions
