"""A run of a plan as text: how far it is and what failed so far; then how it ended, by reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from qiscus_tui.model.clock import span
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.text import with_reason
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.outcomes import GONE, Outcome, Report, not_sent_by
from qiscus_tui.service.revocation.progress import Progress
from qiscus_tui.service.sessions.groups import Group, grouped
from qiscus_tui.tui.registry import KeyWords
from qiscus_tui.tui.revoke.choices import EACH
from qiscus_tui.tui.revoke.plan_text import group_lines, joined, muted, parted, some_lines
from qiscus_tui.tui.widgets.bars import progress_bar

REASONS = 20
"""Reasons of failures that are named."""

REDRAW = 0.1
"""Seconds between two drawings of the progress."""


def progress_lead(progress: Progress, width: int) -> Content:
    """Return a bar of `width` cells, the counts, the pace, and what is being done."""
    done, total, failed = progress.done, progress.total, progress.failures.total()
    percent = f" · {done * 100 // total} %" if total else ""
    pace = " · ".join((*progress.pace, f"{span(progress.seconds)} so far"))
    return Content.assemble(
        progress_bar(done, failed, total, width),
        f"\n{progress.answered}{percent}",
        (f" · {failed:,} failed" if failed else "", "bold $error"),
        f"\n{pace}\n",
        (f"\n● {progress.doing}", "bold"),
    )


def progress_lines(progress: Progress) -> Content:
    """Return the failures so far, the most frequent first; nothing without one."""
    return joined(
        Content.styled(f"{count:,} {reason}", "bold $error")
        for reason, count in progress.failures.most_common(REASONS)
    )


# How it ended.

NAMED = 5
"""Sessions that are named for one reason; the rest is counted, and listed by `audit`."""


@dataclass(frozen=True)
class EndedPlan:
    """A report, and what is shown of it besides."""

    report: Report
    groups: Sequence[Group] = ()
    """The groups of what ended; none where sessions are shown one by one."""
    unsent: int = 0
    """How many were not sent because the user stopped it."""
    seconds: float = 0.0
    """How long it took."""


def ended_plan(
    report: Report,
    keys: Sequence[GroupKey],
    moment: Moment,
    seconds: float,
    *,
    was_stopped: bool,
) -> EndedPlan:
    """Return a report with what is shown besides; of a long plan it takes a moment.

    `keys`: what to group by; none where sessions are shown one by one.
    """
    unsent, listed = len(not_sent_by(report)) if was_stopped else 0, report.plan.listed
    gone = [listed.positions[one.id] for one in report.outcomes if one.outcome in GONE]
    groups = grouped(listed, keys, moment, gone) if keys and gone else ()
    return EndedPlan(report, groups, unsent, seconds)


def result_heading(ended: EndedPlan) -> str:
    """Return how it ended."""
    if ended.unsent:
        return f"Stopped: {ended.unsent:,} not sent"
    return ending(ended.report.counts)


def ending(counts: Counter[Outcome]) -> str:
    """Return in a few words what became of all that was to be revoked."""
    if counts[Outcome.REVOKED]:
        return "Revoked" if {*+counts} <= GONE else "Not all revoked"
    return "Can't tell what was revoked" if counts[Outcome.UNKNOWN] else "None revoked"


def result_lead(ended: EndedPlan, keys: KeyWords, continues: str) -> Content:
    """Return the verified result, how long it took, how to go on, and why it stopped early.

    `continues`: how to go on with the marked sessions; empty where they were not marked.
    """
    report = ended.report
    style = "bold $success" if report.is_as_planned else "bold $warning"
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
        parts.append(Content(f"{left:,} {verb} marked; {continues}"))
    if report.halted and not ended.unsent:
        parts.append(Content.styled(f"Stopped: {report.halted}", "bold $warning"))
    return joined([*parts, muted(keys.hint(report.hint or ""))])


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
    groups, lines = report.not_gone, list[Content]()
    for one in groups[:REASONS]:
        # Why nothing more was sent is said above.
        words = with_reason(one.outcome, "" if one.reason == report.halted else one.reason)
        lines.append(Content.styled(f"{len(one.ids):,} {words}", "bold $error"))
        lines += _named(report, one.ids, NAMED, now, width)[1:]
    if rest := sum(len(one.ids) for one in groups[REASONS:]):
        lines.append(Content(f"{rest:,} for other reasons"))
    return lines


def _gone(ended: EndedPlan, now: float, width: int) -> list[Content]:
    ids = [one.id for one in ended.report.outcomes if one.outcome in GONE]
    if not ids:
        return []
    lines = (
        group_lines(ended.groups, now, width)
        if ended.groups
        else _named(ended.report, ids, EACH, now, width)
    )
    return [Content.styled("Gone", "bold $success"), *lines]


def _named(report: Report, ids: Sequence[str], most: int, now: float, width: int) -> list[Content]:
    listed = report.plan.listed
    some = [listed.sessions[listed.positions[one]] for one in ids[:most]]
    return some_lines(listed, some, len(ids), now, width)
