"""The run of a plan: how far it is, how fast, what failed so far; and all that as text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from textual.content import Content

from qiscus_tui.model.clock import span
from qiscus_tui.model.progress import pace_words
from qiscus_tui.service.revocation.sending import (
    Answered,
    Event,
    Halted,
    Purpose,
    Reading,
    TrialStarted,
)
from qiscus_tui.service.revocation.verification import MOST_READINGS
from qiscus_tui.tui.widgets.bars import progress_bar

REASONS = 5
"""Reasons of failures that are named while it runs."""

IDS = 5
"""Ids that are named for one of them."""

STEPS = 4
"""The last steps, which are shown."""

PACE_AFTER = 2.0
"""Seconds of sending after which its pace is known."""

REDRAW = 0.1
"""Seconds between two drawings of the progress."""

VERIFYING = "reading the list to see what is gone"
READINGS = {
    Purpose.RECHECK: "reading the list again first",
    Purpose.SAMPLE: "reading the list to see that nothing else ends",
    Purpose.VERIFY: VERIFYING,
    Purpose.AGAIN: f"reading the list again ({{}} of up to {MOST_READINGS})",
}


@dataclass
class Progress:
    """What the events of a run add up to."""

    total: int
    monotonic: Callable[[], float]
    """Seconds, for the pace."""
    done: int = 0
    failed: int = 0
    steps: list[str] = field(default_factory=lambda: ["writing the audit log"])
    """The steps until now, the last one is being done."""
    is_halted: bool = False
    failures: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The ids that got each bad answer."""
    _trial: str | None = None
    _sending_since: tuple[float, int] | None = None
    """When the first answer of the bulk came, and how many there were by then."""

    def __post_init__(self) -> None:
        self._began = self.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return self.monotonic() - self._began

    @property
    def pace(self) -> float | None:
        """Answers per second; None where it is too early to say, or nothing more is sent."""
        if self._sending_since is None or self.is_halted:
            return None
        since, before = self._sending_since
        took = self.monotonic() - since
        return (self.done - before) / took if took >= PACE_AFTER else None

    def record(self, event: Event) -> None:
        """Add an event."""
        match event:
            case TrialStarted(id=one, why_another=why):
                self._trial = one
                self._do(f"trying {'another' if why else 'one first'}: {one[:8]}")
            case Answered(id=one, error=error):
                self.done += 1
                if one == self._trial:
                    self._do("reading the list to see whether that one is gone")
                elif not self.is_halted:
                    self._do("sending")
                    self._sending_since = self._sending_since or (self.monotonic(), self.done)
                if error is not None:
                    self.failed += 1
                    self.failures.setdefault(error.message, []).append(one)
            case Halted():
                self.is_halted = True
                self._do("sending nothing more, waiting for the last answers")
            case Reading(purpose=purpose, number=number):
                self._do(READINGS[purpose].format(number))

    def _do(self, step: str) -> None:
        if step != self.steps[-1]:
            self.steps.append(step)

    def lead(self, width: int) -> Content:
        """Return a bar of `width` cells, the counts, the pace, the steps: past, now, the last."""
        percent = f" · {self.done * 100 // self.total} %" if self.total else ""
        failed = f" · {self.failed:,} failed" if self.failed else ""
        return Content.assemble(
            progress_bar(self.done, self.failed, self.total, width),
            f"\n{self.done:,} of {self.total:,} answered{percent}",
            (failed, "bold $error"),
            f"\n{self._pace_words}\n",
            *self._step_lines(),
        )

    @property
    def _pace_words(self) -> str:
        """`350 a second · about 32 s left · 21 s so far`."""
        words = pace_words(self.done, self.total, self.pace)
        return " · ".join((*words, f"{span(self.seconds)} so far"))

    def _step_lines(self) -> Iterator[tuple[str, str]]:
        *did, doing = self.steps[-STEPS:]
        for step in did:
            yield f"\n✓ {step}", "$text-muted"
        yield f"\n● {doing}", "bold"
        if VERIFYING not in self.steps:
            yield f"\n○ {VERIFYING}", "$text-muted"

    def lines(self) -> Content:
        """Return the failures so far, the most frequent reason first; nothing without one."""
        lines: list[Content] = []
        most_first = sorted(self.failures.items(), key=lambda entry: -len(entry[1]))
        for reason, ids in most_first[:REASONS]:
            lines.append(Content.styled(f"{len(ids):,} {reason}", "bold $error"))
            more = f"  and {len(ids) - IDS:,} more" if len(ids) > IDS else ""
            named = "  ".join(one[:8] for one in ids[:IDS])
            lines.append(Content.assemble((f"  {named}", "$primary"), (more, "$text-muted")))
        if rest := sum(len(ids) for _, ids in most_first[REASONS:]):
            lines.append(Content(f"{rest:,} for other reasons"))
        return Content("\n").join(lines)
