"""How a plan ended, as text: what is not gone and why, what is gone by group, what was kept."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from qiscus_tui.model.clock import span
from qiscus_tui.model.text import counted, with_reason
from qiscus_tui.service.revocation.outcomes import GONE, Outcome, Report
from qiscus_tui.service.revocation.plan_groups import EndedGroup
from qiscus_tui.tui.dialogs.dialog import trouble
from qiscus_tui.tui.revoke.choices import EACH
from qiscus_tui.tui.revoke.plan_lines import (
    ended_group_lines,
    muted,
    session_heading,
    session_lines,
)
from qiscus_tui.tui.revoke.plan_text import kept_parts, parted, text_width

REASONS = 20
"""Reasons that are named."""

NAMED = 5
"""Sessions that are named for one reason; the rest is counted, and listed by `audit`."""


@dataclass(frozen=True)
class EndedPlan:
    """A report, and what is shown of it besides."""

    report: Report
    groups: Sequence[EndedGroup] = ()
    """What ended by group; none where sessions are shown one by one."""


def result_heading(report: Report, left: int) -> str:
    """Return how it ended. `left`: how many were not sent because the user stopped it."""
    if left:
        return f"Stopped: {left:,} not sent"
    return "Revoked" if report.is_whole else "Not all revoked"


def result_lead(
    report: Report, seconds: float, *, of_marks: bool, stopped: bool = False
) -> Content:
    """Return the verified result, how long it took, how to go on, and why it stopped early.

    `of_marks`: the marked sessions were revoked, so that the rest of them is still marked;
    `stopped`: by the user, as the heading says.
    """
    style = "bold $success" if report.is_whole else "bold $warning"
    first, rest = report.words, ""
    if report.counts[Outcome.REVOKED]:
        gone, _, rest = report.words.partition(" · ")
        first = f"{gone}, confirmed gone"
    parts = [Content.assemble((first, style), f", in {span(seconds)}")]
    if rest:
        parts.append(Content.styled(rest, style))
    left = sum(outcome.outcome not in GONE for outcome in report.outcomes)
    if of_marks and left:
        verb = "stays" if left == 1 else "stay"
        parts.append(Content(f"{left:,} {verb} marked; x continues"))
    if report.halted and not stopped:
        parts.append(Content.styled(f"Stopped: {report.halted}", "bold $warning"))
    if report.hint:
        parts.append(Content.styled(report.hint, "$text-muted"))
    return Content("\n").join(parts)


def result_lines(ended: EndedPlan, now: float, screen_width: int) -> Content:
    """Return what is not gone by reason, what is gone by group, what was kept and why.

    `now`: the server's time, epoch seconds; `screen_width`: cells of the screen.
    """
    width, report = text_width(screen_width), ended.report
    kept = kept_parts(report.plan, now, width)
    parts = [_left(report, now, width), _gone(ended, now, width), *kept]
    if report.audit_error is None and report.outcomes:
        words = "In the list, L shows what was revoked from here: this plan is recorded."
        parts.append([muted(words)])
    return parted(parts)


def result_note(report: Report) -> Content:
    """Return what happened beyond the plan, and what could not be recorded."""
    parts: list[Content] = []
    if report.warning:
        parts.append(Content.styled(report.warning, "bold $warning"))
    if report.audit_error is not None:
        parts.append(trouble(report.audit_error))
    return Content("\n").join(parts)


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
        lines += _named(report, ids, NAMED, now, width)
    if rest := sum(len(ids) for _, ids in by_reason[REASONS:]):
        lines.append(Content(f"{rest:,} for other reasons"))
    return lines


def _named(report: Report, ids: Sequence[str], most: int, now: float, width: int) -> list[Content]:
    listed = report.plan.listed
    sessions = [listed.sessions[listed.positions[one]] for one in ids[:most]]
    lines = session_lines(listed, sessions, now, width)
    if len(ids) > most:
        lines.append(muted(f"  … and {len(ids) - most:,} more"))
    return lines


def _gone(ended: EndedPlan, now: float, width: int) -> list[Content]:
    report = ended.report
    ids = [one.id for one in report.outcomes if one.outcome in GONE]
    if not ids:
        return []
    title = Content.styled(f"Gone: {counted(len(ids), 'session')}", "bold $success")
    if ended.groups:
        return [title, *ended_group_lines(ended.groups, now, width)]
    return [title, session_heading(width), *_named(report, ids, EACH, now, width)]
