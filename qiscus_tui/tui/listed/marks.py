"""Which sessions of one list are marked. Groups have no marks of their own: their sessions have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from qiscus_tui.service.sessions.session_list import SessionList


class Marks:
    """Which sessions of one snapshot are marked. Positions are the snapshot's."""

    def __init__(self, size: int = 0) -> None:
        self._flags = bytearray(size)

    def __contains__(self, position: int) -> bool:
        return bool(self._flags[position])

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
        self._flags = bytearray(len(self._flags))

    def count_in(self, positions: Sequence[int]) -> int:
        """Return how many of these are marked."""
        return sum(map(self._flags.__getitem__, positions)) if 1 in self._flags else 0

    def positions(self) -> list[int]:
        """Return the marked positions, in the snapshot's order."""
        return list(compress(range(len(self._flags)), self._flags)) if self.total else []

    def carried_over(self, old: SessionList, new: SessionList) -> Marks:
        """Return the marks for a newer snapshot, by id, without those of sessions that are gone."""
        marks = Marks(len(new))
        for position in self.positions():
            session = old.sessions[position]
            place = new.positions.get(session.id)
            if place is not None and new.sessions[place].is_same_as(session):
                marks._flags[place] = 1
        return marks
