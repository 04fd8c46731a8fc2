"""What a run says while it goes on."""

from dataclasses import dataclass

from qiscus_tui.errors import QiscusTuiError


@dataclass(frozen=True)
class Rereading:
    """The list is read again before anything is sent, because the plan's is old."""


@dataclass(frozen=True)
class TrialStarted:
    """One session goes first, because no revoke was verified here yet."""

    id: str
    why_another: str | None = None
    """Why the one before it did not decide that; None for the first."""


@dataclass(frozen=True)
class Answered:
    """The server answered one revoke (or did not: `error`). Proves nothing yet."""

    id: str
    error: QiscusTuiError | None
    done: int
    total: int


@dataclass(frozen=True)
class Halted:
    """Nothing more is sent."""

    reason: str


@dataclass(frozen=True)
class Verifying:
    """The list is read to see what is gone."""


@dataclass(frozen=True)
class Sampling:
    """The list is read during a bulk, to see whether anything else ends."""


@dataclass(frozen=True)
class ReadingAgain:
    """The list is read once more: one reading proves nothing."""

    number: int
    """Of this reading, 2 to 5."""


WIDTH = 16
"""Requests in flight at once by default."""

Event = Rereading | TrialStarted | Answered | Halted | Sampling | Verifying | ReadingAgain
