"""The data that filters and sort orders work on."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session


class Columns(Protocol):
    """Sessions as parallel sequences: position `i` in each is the same session."""

    @property
    def sessions(self) -> Sequence[Session]:
        """In the server's order."""
        ...

    @property
    def clients(self) -> Sequence[str]:
        """Safe short name of each session's client."""
        ...

    @property
    def labels(self) -> Sequence[Known | None]:
        """The known integration that each session belongs to."""
        ...

    @property
    def new(self) -> bytes:
        """1 if the (client, network) pair was not seen at an earlier visit."""
        ...

    @property
    def search(self) -> Sequence[str]:
        """Casefolded text of each session, for bare words, which may also be part of its id."""
        ...


class Moment(Struct, frozen=True):
    """The circumstances of a filter, besides the list itself."""

    server_now: float
    """Epoch seconds on the server's clock."""
    expiring: float
    """Seconds: a session that ends within them is expiring."""
    marked: bytes | bytearray = b""
    """1 at the position of each marked session; positions past its end are not marked."""

    def is_expiring(self, end: float) -> bool:
        """Return whether a session with this end is live, and ends soon."""
        return 0 < end - self.server_now <= self.expiring

    def count_expiring(self, ends: Sequence[float]) -> int:
        """Return how many of these ends, sorted, are those of an expiring session."""

        def ended_by(seconds: float) -> int:  # a difference: a sum would be rounded differently
            return bisect_right(ends, seconds, key=lambda end: end - self.server_now)

        return ended_by(self.expiring) - ended_by(0)
