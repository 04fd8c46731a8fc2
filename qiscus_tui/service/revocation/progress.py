"""How far a run of a plan is, as its events add up: words and counts, which both faces lay out."""

from collections import Counter
from collections.abc import Callable

from qiscus_tui.model.clock import Pace, pace_words
from qiscus_tui.service.revocation.sending import (
    Answered,
    Event,
    Halted,
    Purpose,
    Reading,
    TrialStarted,
)
from qiscus_tui.service.revocation.verification import MOST_READINGS

SENDING = "sending"
READINGS = {
    Purpose.RECHECK: "reading the list again first",
    Purpose.SAMPLE: "reading the list to see that nothing else ends",
    Purpose.VERIFY: "reading the list to see what is gone",
    Purpose.AGAIN: f"reading the list again ({{}} of up to {MOST_READINGS})",
}


class Progress:
    """What the events of a run add up to."""

    def __init__(self, total: int, monotonic: Callable[[], float]) -> None:
        """`monotonic`: seconds, for the pace."""
        self.done, self.total = 0, total
        self.doing = SENDING
        """The step that is being done."""
        self.failures: Counter[str] = Counter()
        """How often each bad answer came."""
        self._is_halted = False
        self._trial = ""
        self._monotonic, self._began, self._pace = monotonic, monotonic(), Pace(monotonic)

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return self._monotonic() - self._began

    def record(self, event: Event) -> None:
        """Add an event."""
        match event:
            case TrialStarted(one, why):
                self._trial = one
                first = f"{one} is first: no revoke was verified on this server yet"
                self.doing = f"{one} is next: {why}" if why else first
            case Answered(one, error, done, total):
                self.done, self.total = done, total
                if one == self._trial:
                    self.doing = "reading the list to see whether that one is gone"
                elif not self._is_halted:
                    self.doing = SENDING
                    self._pace.at(done)  # measured from the first of the bulk
                if error is not None:
                    self.failures[error.message] += 1
            case Halted():
                self._is_halted = True
                self.doing = "sending nothing more, waiting for the last answers"
            case Reading(purpose, number):
                self.doing = READINGS[purpose].format(number)

    @property
    def answered(self) -> str:
        """`428 of 1,284 answered`."""
        return f"{self.done:,} of {self.total:,} answered"

    @property
    def pace(self) -> tuple[str, ...]:
        """`350 a second` and `about 32 s left`, as far as they are known."""
        pace = self._pace.at(self.done) if self.done and self.doing == SENDING else None
        return tuple(pace_words(self.done, self.total, pace))
