"""A plan, and what became of it, as lines and as JSON."""

from collections.abc import Iterator, Sequence

from qiscus_tui.cli.outcome_lines import id_lines, outcome_lines
from qiscus_tui.cli.table import count, session_table
from qiscus_tui.service.revocation.outcomes import Outcome, Report
from qiscus_tui.service.revocation.plan import NOT_LISTED, Exclusion, RevocationPlan

SWITCHES = {
    Exclusion.CURRENT: "--include-current",
    Exclusion.CURRENT_UNKNOWN: "--include-current",
    Exclusion.PROTECTED: "--include-protected",
}
"""The option that lets a left out session into the plan."""

SHOWN = 20
"""Sessions of a plan that are shown one by one."""


def plan_lines(plan: RevocationPlan, now: float, width: int | None) -> Iterator[str]:
    """What goes, what stays and why. The table takes `width` cells a line, None: any number."""
    total = len(plan.targets)
    yield f"{count(total, 'session')} to revoke" if total else "Nothing to revoke"
    if total:
        listed = plan.listed
        positions = [listed.positions[target.session.id] for target in plan.targets[:SHOWN]]
        room = None if width is None else width - 2
        yield from (f"  {line}" for line in session_table(listed, positions, now, room))
        if total > SHOWN:
            yield f"  … and {total - SHOWN:,} more"
    if plan.ends_current:
        yield "This includes this program's own session; the next use makes a new one."
    elif plan.may_end_current:
        yield "This program's own session may be among them: which one it is could not be told."
    yield from _not_listed_lines(plan)
    yield from left_out_lines(plan)


def _not_listed_lines(plan: RevocationPlan) -> Iterator[str]:
    """What was asked for and is not listed."""
    groups: dict[str, list[str]] = {}
    for gone in plan.gone:
        doubt = plan.listed.doubt_about(gone)
        words = "Already gone" if doubt is None else f"Not listed, but {doubt}"
        groups.setdefault(words, []).append(gone)
    if plan.unlisted:
        groups[f"{NOT_LISTED[0].upper()}{NOT_LISTED[1:]}"] = list(plan.unlisted)
    for words, ids in groups.items():
        yield from _counted(words, ids)


def _counted(words: str, ids: Sequence[str]) -> Iterator[str]:
    yield f"{words}: {count(len(ids), 'session')}"
    yield from (f"  {line}" for line in id_lines(ids))


def left_out_lines(plan: RevocationPlan) -> Iterator[str]:
    """What stays, by reason, and the switch that would let it in."""
    reasons: dict[tuple[str, Exclusion], list[str]] = {}
    for left in plan.left_out:
        reasons.setdefault((left.reason, left.exclusion), []).append(left.session.id)
    for (reason, exclusion), ids in reasons.items():
        yield from _counted(f"Left out, {reason}", ids)
        if exclusion in SWITCHES:
            yield f"  To revoke that too: {SWITCHES[exclusion]}"


def report_lines(report: Report) -> Iterator[str]:
    """The outcome of the plan, then what is not gone, grouped by outcome and reason."""
    yield report.words
    told = (
        (one.id, one.outcome.value, one.reason or "")
        for one in report.outcomes
        if one.outcome not in {Outcome.REVOKED, Outcome.ALREADY_GONE}
    )
    yield from (f"  {line}" for line in outcome_lines(told))


def as_json(plan: RevocationPlan, report: Report | None) -> dict[str, object]:
    """Return `plan` with `targets` and `left_out`, how whole its `list` was, and `outcomes` where
    it was applied.
    """
    listed = plan.listed
    left_out = [
        *((left.session.id, left.reason) for left in plan.left_out),
        *((one, NOT_LISTED) for one in plan.unlisted),
    ]
    value: dict[str, object] = {
        "plan": {
            "targets": [target.session.id for target in plan.targets],
            "left_out": [{"id": one, "reason": reason} for one, reason in left_out],
        },
        "list": {
            "complete": listed.complete and not listed.moved,
            "unreadable": listed.unreadable,
        },
    }
    if report is not None:
        value["outcomes"] = [
            {"id": outcome.id, "outcome": outcome.outcome.value, "reason": outcome.reason}
            for outcome in report.outcomes
        ]
    return value
