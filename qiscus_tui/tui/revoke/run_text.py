"""A run of a plan as text: how far it is and what failed so far; then how it ended, by reason."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from textual.content import Content

from qiscus_tui.model.clock import Pace, pace_words, span
from qiscus_tui.model.text import with_reason
from qiscus_tui.service.revocation.outcomes import GONE, Outcome, Report, not_sent_by
from qiscus_tui.service.revocation.sending import (
    Answered,
    Event,
    Halted,
    Purpose,
    Reading,
    TrialStarted,
)
from qiscus_tui.service.revocation.verification import MOST_READINGS
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.tui.dialogs.dialog import trouble
from qiscus_tui.tui.revoke.choices import EACH
from qiscus_tui.tui.revoke.plan_text import GroupRow, group_lines, joined, muted, parted, some_lines
from qiscus_tui.tui.widgets.bars import progress_bar

REASONS = 20
"""Reasons of failures that are named."""

REDRAW = 0.1
"""Seconds between two drawings of the progress."""

SENDING = "sending"
READINGS = {
    Purpose.RECHECK: "reading the list again first",
    Purpose.SAMPLE: "reading the list to see that nothing else ends",
    Purpose.VERIFY: "reading the list to see what is gone",
    Purpose.AGAIN: f"reading the list again ({{}} of up to {MOST_READINGS})",
}


@dataclass
class Progress:
    """What the events of a run add up to."""

    total: int
    monotonic: Callable[[], float]
    """Seconds, for the pace."""
    done: int = 0
    doing: str = SENDING
    """The step that is being done."""
    is_halted: bool = False
    failures: Counter[str] = field(default_factory=Counter[str])
    """How often each bad answer came."""
    _trial: str | None = None

    def __post_init__(self) -> None:
        self._began, self._pace = self.monotonic(), Pace(self.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return self.monotonic() - self._began

    def record(self, event: Event) -> None:
        """Add an event."""
        match event:
            case TrialStarted(id=one, why_another=why):
                self._trial = one
                self.doing = f"trying {'another' if why else 'one first'}: {one[:8]}"
            case Answered(id=one, error=error):
                self.done += 1
                if one == self._trial:
                    self.doing = "reading the list to see whether that one is gone"
                elif not self.is_halted:
                    self.doing = SENDING
                    self._pace.at(self.done)  # measured from the first of the bulk
                if error is not None:
                    self.failures[error.message] += 1
            case Halted():
                self.is_halted = True
                self.doing = "sending nothing more, waiting for the last answers"
            case Reading(purpose=purpose, number=number):
                self.doing = READINGS[purpose].format(number)

    def lead(self, width: int) -> Content:
        """Return a bar of `width` cells, the counts, the pace, and what is being done."""
        percent = f" · {self.done * 100 // self.total} %" if self.total else ""
        failed = self.failures.total()
        return Content.assemble(
            progress_bar(self.done, failed, self.total, width),
            f"\n{self.done:,} of {self.total:,} answered{percent}",
            (f" · {failed:,} failed" if failed else "", "bold $error"),
            f"\n{self._pace_words}\n",
            (f"\n● {self.doing}", "bold"),
        )

    @property
    def _pace_words(self) -> str:
        """`350 a second · about 32 s left · 21 s so far`."""
        pace = self._pace.at(self.done) if self.done and self.doing == SENDING else None
        words = pace_words(self.done, self.total, pace)
        return " · ".join((*words, f"{span(self.seconds)} so far"))

    def lines(self) -> Content:
        """Return the failures so far, the most frequent first; nothing without one."""
        most_first = self.failures.most_common(REASONS)
        return joined(
            Content.styled(f"{count:,} {reason}", "bold $error") for reason, count in most_first
        )


# How it ended.

NAMED = 5
"""Sessions that are named for one reason; the rest is counted, and listed by `audit`."""


@dataclass(frozen=True)
class EndedPlan:
    """A report, and what is shown of it besides."""

    report: Report
    groups: Sequence[GroupRow] = ()
    """How many ended of which group; none where sessions are shown one by one."""
    unsent: int = 0
    """How many were not sent because the user stopped it."""
    seconds: float = 0.0
    """How long it took."""


def ended_plan(
    report: Report, groups: Sequence[Group], seconds: float, *, was_stopped: bool
) -> EndedPlan:
    """Return a report with what is shown besides; of a long plan it takes a moment."""
    unsent = len(not_sent_by(report)) if was_stopped else 0
    gone = {one.id for one in report.outcomes if one.outcome in GONE}
    sessions = report.plan.listed.sessions
    rows = [(sum(sessions[at].id in gone for at in group.positions), group) for group in groups]
    return EndedPlan(report, rows, unsent, seconds)


def result_heading(ended: EndedPlan) -> str:
    """Return how it ended."""
    counts = ended.report.counts
    if ended.unsent:
        return f"Stopped: {ended.unsent:,} not sent"
    if counts[Outcome.REVOKED]:
        return "Revoked" if ended.report.is_whole else "Not all revoked"
    return "Can't tell what was revoked" if counts[Outcome.UNKNOWN] else "None revoked"


def result_lead(ended: EndedPlan, continues: str) -> Content:
    """Return the verified result, how long it took, how to go on, and why it stopped early.

    `continues`: the key that goes on with the marked sessions; empty where they were not marked.
    """
    report = ended.report
    style = "bold $success" if report.is_whole else "bold $warning"
    first, rest = report.words, ""
    if report.counts[Outcome.REVOKED]:
        gone, _, rest = report.words.partition(" · ")
        first = f"{gone}, confirmed gone"
    parts = [Content.assemble((first, style), f", in {span(ended.seconds)}")]
    if rest != f"{ended.unsent:,} {Outcome.NOT_SENT.words}":  # the heading says that
        parts.append(Content.styled(rest, style))
    left = sum(outcome.outcome not in GONE for outcome in report.outcomes)
    if continues and left:
        verb = "stays" if left == 1 else "stay"
        parts.append(Content(f"{left:,} {verb} marked; {continues} continues"))
    if report.halted and not ended.unsent:
        parts.append(Content.styled(f"Stopped: {report.halted}", "bold $warning"))
    return joined([*parts, muted(report.hint or "")])


def result_note(report: Report) -> Content:
    """Return what happened beyond the plan, and what could not be recorded."""
    beyond = Content.styled(report.warning or "", "bold $warning")
    return joined([beyond, trouble(report.audit_error) if report.audit_error else Content()])


def result_lines(ended: EndedPlan, audit_key: str, now: float, width: int) -> Content:
    """Return what is not gone by reason, and what is gone by group.

    `now`: the server's time, epoch seconds.
    """
    report = ended.report
    parts = [_left(report, now, width), _gone(ended, now, width)]
    if report.audit_error is None and report.outcomes:
        parts.append([muted(f"In the list, {audit_key} shows this plan and the earlier ones.")])
    return parted(parts)


def _left(report: Report, now: float, width: int) -> list[Content]:
    """Return the sessions that are not gone, by reason: what was sent first, the most frequent."""
    found: defaultdict[tuple[Outcome, str], list[str]] = defaultdict(list)
    for one in report.outcomes:
        if one.outcome not in GONE:
            found[one.outcome, one.reason or ""].append(one.id)
    by_reason = sorted(found.items(), key=lambda one: (one[0][0] is Outcome.NOT_SENT, -len(one[1])))
    lines = list[Content]()
    for (outcome, reason), ids in by_reason[:REASONS]:
        # Why nothing more was sent is said above.
        why = "" if reason == report.halted else reason
        words = with_reason(outcome.value, why)
        lines.append(Content.styled(f"{len(ids):,} {words}", "bold $error"))
        lines += _named(report, ids, NAMED, now, width)[1:]
    if rest := sum(len(ids) for _, ids in by_reason[REASONS:]):
        lines.append(Content(f"{rest:,} for other reasons"))
    return lines


def _gone(ended: EndedPlan, now: float, width: int) -> list[Content]:
    ids = [one.id for one in ended.report.outcomes if one.outcome in GONE]
    if not ids:
        return []
    lines = (
        group_lines([row for row in ended.groups if row[0]], now, width)
        if ended.groups
        else _named(ended.report, ids, EACH, now, width)
    )
    return [Content.styled("Gone", "bold $success"), *lines]


def _named(report: Report, ids: Sequence[str], most: int, now: float, width: int) -> list[Content]:
    listed = report.plan.listed
    some = [listed.sessions[listed.positions[one]] for one in ids[:most]]
    return some_lines(listed, some, len(ids), now, width)
