"""Which sessions of one list are marked. Groups have no marks of their own: their sessions have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.verification import CONFIRM_AFTER
from qiscus_tui.service.sessions.session_list import SessionList


class Marks:
    """Which sessions of one snapshot are marked. Positions are the snapshot's."""

    def __init__(self, size: int = 0) -> None:
        self._flags = bytearray(size)
        self._missing: dict[str, Session] = {}
        """Marked sessions that the snapshot lacks: one reading proves nothing."""

    def __contains__(self, position: int) -> bool:
        return bool(self._flags[position])

    def __bool__(self) -> bool:
        """Return whether any session is marked, one that the snapshot lacks too."""
        return bool(self._missing or self.total)

    @property
    def flags(self) -> bytes:
        """Return a 1 for each marked session, in the snapshot's order (for `is:marked`)."""
        return bytes(self._flags)

    @property
    def total(self) -> int:
        """Return how many are marked."""
        return self._flags.count(1)

    def set(self, positions: Sequence[int], *, marked: bool) -> None:
        """Mark these, or unmark them."""
        for position in positions:
            self._flags[position] = marked

    def invert(self, positions: Sequence[int]) -> None:
        """Mark those of these that are not, and unmark those that are."""
        for position in positions:
            self._flags[position] ^= 1

    def clear(self) -> None:
        """Unmark all, shown or not."""
        self._flags, self._missing = bytearray(len(self._flags)), {}

    def count_in(self, positions: Sequence[int]) -> int:
        """Return how many of these are marked."""
        return sum(map(self._flags.__getitem__, positions)) if 1 in self._flags else 0

    def positions(self) -> list[int]:
        """Return the marked positions, in the snapshot's order."""
        return list(compress(range(len(self._flags)), self._flags)) if self.total else []

    def carried_over(self, old: SessionList, new: SessionList) -> Marks:
        """Return the marks for a newer snapshot, by id.

        The mark of a session that it lacks is kept for the next one: it goes with the second
        reading in a row that lacks it, where nothing says that this one may lack live sessions.
        """
        marks = Marks(len(new))
        is_whole = bool(new.sessions) and new.is_whole and new.doubt_but_for_length is None
        is_proof = is_whole and new.read_at >= old.read_at + CONFIRM_AFTER
        listed = (old.sessions[position] for position in self.positions())
        for session in (*listed, *self._missing.values()):
            place = new.positions.get(session.id)
            if place is not None and new.sessions[place].is_same_as(session):
                marks._flags[place] = 1
            elif not (is_proof and session.id in self._missing):
                marks._missing[session.id] = session
        return marks
