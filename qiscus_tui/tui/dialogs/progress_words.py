"""A run in words: how far it is, what failed so far, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from textual.content import Content

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

BAR = 30


@dataclass
class Progress:
    """What a run told so far."""

    total: int
    done: int = 0
    failed: int = 0
    doing: str = "starting"
    halted: str | None = None
    failures: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The ids that got each bad answer."""

    def hears(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case Rereading():
                self.doing = "reading the list again first"
            case TrialStarted(id=one):
                self.doing = f"trying one first: {one[:8]}"
            case Answered(id=one, error=error):
                self.done += 1
                self.doing = "sending"
                if error is not None:
                    self.failed += 1
                    self.failures.setdefault(error.message, []).append(one)
            case Halted(reason=reason):
                self.halted = reason
                self.doing = "sending nothing more, waiting for answers under way"
            case Verifying():
                self.doing = "reading the list to see what is gone"
            case Finished():
                self.doing = "done"


def progress_lead(progress: Progress) -> Content:
    """The bar, the counts, and what is done now."""
    share = progress.done / progress.total if progress.total else 1.0
    full = int(share * BAR)
    failed = f" · {progress.failed:,} failed" if progress.failed else ""
    return Content.assemble(
        ("━" * full, "$primary"),
        ("┄" * (BAR - full), "$text-muted"),
        f"  {progress.done:,} of {progress.total:,} answered",
        (failed, "$error"),
        ("\n" + progress.doing, "$text-muted"),
    )


def progress_lines(progress: Progress) -> Content:
    """The failures so far."""
    return _by_reason(progress.failures)


def result_lead(report: Report) -> Content:
    """The verified result, and why it stopped early."""
    style = "bold $success" if report.is_whole else "bold $warning"
    parts = [Content.styled(report.words, style)]
    if report.halted:
        parts.append(Content.styled(f"Stopped: {report.halted}", "$warning"))
    if report.hint:
        parts.append(Content.styled(report.hint, "$text-muted"))
    return Content("\n").join(parts)


def result_lines(report: Report) -> Content:
    """What is not gone and why, those with the same reason together."""
    left: dict[str, list[str]] = {}
    for outcome in report.outcomes:
        if outcome.outcome not in {Outcome.REVOKED, Outcome.ALREADY_GONE}:
            reason = f": {outcome.reason}" if outcome.reason else ""
            left.setdefault(outcome.outcome.words + reason, []).append(outcome.id)
    return _by_reason(left)


def result_note(report: Report) -> Content:
    """What happened beyond the plan, and what could not be written down."""
    parts: list[Content] = []
    if report.warning:
        parts.append(Content.styled(report.warning, "bold $warning"))
    if report.diary_trouble is not None:
        parts.append(trouble(report.diary_trouble))
    return Content("\n").join(parts)


def _by_reason(found: Mapping[str, Sequence[str]]) -> Content:
    lines: list[Content] = []
    most_first = sorted(found.items(), key=lambda entry: -len(entry[1]))
    for reason, ids in most_first[:REASONS]:
        lines.append(Content.assemble((f"{len(ids):,} ", "bold $error"), (reason, "$warning")))
        shown = [one[:8] for one in ids[:SHOWN]]
        rows = [shown[i : i + IDS_A_LINE] for i in range(0, len(shown), IDS_A_LINE)]
        lines += [Content.styled("  " + "  ".join(row), "$primary") for row in rows]
        if len(ids) > SHOWN:
            lines.append(Content(f"  … and {len(ids) - SHOWN:,} more"))
    if rest := sum(len(ids) for _, ids in most_first[REASONS:]):
        lines.append(Content(f"{rest:,} for other reasons"))
    return Content("\n").join(lines)
