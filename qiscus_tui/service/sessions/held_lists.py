"""The lists that this process holds: what did not change is shared by them, and all are bounded."""

from weakref import ref

from qiscus_tui.api.held_list import HeldList
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList


class HeldLists:
    """Knows each list that was read, as long as anything uses it."""

    def __init__(self) -> None:
        self._lists: list[ref[SessionList]] = []

    def add(self, listed: SessionList) -> None:
        """Know another list, which is the newest."""
        self._lists = [one for one in self._lists if one() is not None]
        self._lists.append(ref(listed))

    @property
    def newest(self) -> SessionList:
        """Return the newest that is still used; an empty one if there is none."""
        return next(filter(None, (one() for one in reversed(self._lists))), NO_SESSIONS)

    def held(self) -> HeldList:
        """Return the newest with the size of all of them, for a reading that begins now."""
        newest = self.newest
        others = {
            id(listed.sessions): listed
            for one in self._lists
            if (listed := one()) is not None and listed.sessions is not newest.sessions
        }
        apart = sum(_size_apart(listed, newest) for listed in others.values())
        return HeldList(newest.get, newest.size + apart)


def _size_apart(listed: SessionList, newest: SessionList) -> int:
    """Return about how many bytes it takes that are not the newest list's too."""
    own = set(map(id, listed.sessions)).difference(map(id, newest.sessions))
    return listed.size * len(own) // max(1, len(listed))
