"""The run of a plan: how far it is, what failed so far, how it ended; and all that as text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from textual.content import Content

from qiscus_tui.model.durations import span
from qiscus_tui.service.revocation.events import (
    Answered,
    Event,
    Finished,
    Halted,
    Rereading,
    TrialStarted,
    Verifying,
)
from qiscus_tui.service.revocation.outcomes import Outcome, Report
from qiscus_tui.tui.dialogs.dialog import trouble

SHOWN = 60
"""Sessions that are named for one reason; the rest is counted."""

REASONS = 20
"""Reasons that are named."""

IDS_A_LINE = 5

GONE = frozenset({Outcome.REVOKED, Outcome.ALREADY_GONE})

PACE_AFTER = 2.0
"""Seconds of sending after which its pace is known."""


@dataclass
class Progress:
    """What the events of a run add up to."""

    total: int
    monotonic: Callable[[], float]
    """Seconds, for the pace."""
    done: int = 0
    failed: int = 0
    doing: str = "starting"
    halted: str | None = None
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
        """Answers per second; None where it is too early to say."""
        if self._sending_since is None:
            return None
        since, before = self._sending_since
        took = self.monotonic() - since
        return (self.done - before) / took if took >= PACE_AFTER else None

    def record(self, event: Event) -> None:
        """Add an event."""
        match event:
            case Rereading():
                self.doing = "reading the list again first"
            case TrialStarted(id=one, why_another=why):
                self._trial = one
                self.doing = f"trying {'another' if why else 'one first'}: {one[:8]}"
            case Answered(id=one, error=error):
                self.done += 1
                if one == self._trial:
                    self.doing = "reading the list to see whether that one is gone"
                else:
                    self.doing = "sending"
                    self._sending_since = self._sending_since or (self.monotonic(), self.done)
                if error is not None:
                    self.failed += 1
                    self.failures.setdefault(error.message, []).append(one)
            case Halted(reason=reason):
                self.halted = reason
                self.doing = "sending nothing more, waiting for the last answers"
            case Verifying():
                self.doing = "reading the list to see what is gone"
            case Finished():
                self.doing = "done"


def progress_lead(progress: Progress, width: int) -> Content:
    """Return a bar of `width` cells, the counts, the pace, and the current step."""
    share = progress.done / progress.total if progress.total else 1.0
    full = int(share * width)
    failed = f" · {progress.failed:,} failed" if progress.failed else ""
    pace, left = progress.pace, progress.total - progress.done
    paced = f" · {pace:,.0f} a second · about {span(left / pace)} left" if pace and left else ""
    return Content.assemble(
        ("━" * full, "$primary"),
        ("┄" * (width - full), "$text-muted"),
        f"\n{progress.done:,} of {progress.total:,} answered",
        (failed, "bold $error"),
        paced,
        ("\n" + progress.doing, "$text-muted"),
    )


def progress_lines(progress: Progress) -> Content:
    """Return the failures so far."""
    return _by_reason(progress.failures)


def result_lead(report: Report, seconds: float, *, of_marks: bool) -> Content:
    """Return the verified result, how long it took, how to go on, and why it stopped early.

    `of_marks`: the marked sessions were revoked, so that the rest of them is still marked.
    """
    style = "bold $success" if report.is_whole else "bold $warning"
    confirmed = ", confirmed gone" if report.is_whole and report.counts[Outcome.REVOKED] else ""
    parts = [Content.assemble((report.words + confirmed, style), f", in {span(seconds)}")]
    left = sum(outcome.outcome not in GONE for outcome in report.outcomes)
    if of_marks and left:
        verb = "stays" if left == 1 else "stay"
        parts.append(Content(f"{left:,} {verb} marked; x continues"))
    if report.halted:
        parts.append(Content.styled(f"Stopped: {report.halted}", "bold $warning"))
    if report.hint:
        parts.append(Content.styled(report.hint, "$text-muted"))
    return Content("\n").join(parts)


def result_lines(report: Report) -> Content:
    """Return what is not gone and why, grouped by reason."""
    left: dict[str, list[str]] = {}
    for outcome in report.outcomes:
        if outcome.outcome not in GONE:
            reason = f": {outcome.reason}" if outcome.reason else ""
            left.setdefault(outcome.outcome.words + reason, []).append(outcome.id)
    return _by_reason(left)


def result_note(report: Report) -> Content:
    """Return what happened beyond the plan, and what could not be recorded."""
    parts: list[Content] = []
    if report.warning:
        parts.append(Content.styled(report.warning, "bold $warning"))
    if report.audit_error is not None:
        parts.append(trouble(report.audit_error))
    return Content("\n").join(parts)


def _by_reason(found: Mapping[str, Sequence[str]]) -> Content:
    lines: list[Content] = []
    most_first = sorted(found.items(), key=lambda entry: -len(entry[1]))
    for reason, ids in most_first[:REASONS]:
        lines.append(Content.styled(f"{len(ids):,} {reason}", "bold $error"))
        shown = [one[:8] for one in ids[:SHOWN]]
        rows = [shown[i : i + IDS_A_LINE] for i in range(0, len(shown), IDS_A_LINE)]
        lines += [Content.styled("  " + "  ".join(row), "$primary") for row in rows]
        if len(ids) > SHOWN:
            lines.append(Content(f"  … and {len(ids) - SHOWN:,} more"))
    if rest := sum(len(ids) for _, ids in most_first[REASONS:]):
        lines.append(Content(f"{rest:,} for other reasons"))
    return Content("\n").join(lines)
