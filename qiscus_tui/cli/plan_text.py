"""A plan, and what became of it, as lines and as JSON."""

from collections.abc import Iterator

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
    for gone in plan.gone:
        doubt = plan.listed.doubt_about(gone)
        yield f"{gone} is already gone" if doubt is None else f"{gone} is not listed, but {doubt}"
    for unlisted in plan.unlisted:
        yield f"{unlisted} is {NOT_LISTED}"
    yield from left_out_lines(plan)


def left_out_lines(plan: RevocationPlan) -> Iterator[str]:
    """What stays, by reason, and the switch that would let it in."""
    reasons: dict[tuple[str, Exclusion], list[str]] = {}
    for left in plan.left_out:
        reasons.setdefault((left.reason, left.exclusion), []).append(left.session.id)
    for (reason, exclusion), ids in reasons.items():
        names = f": {', '.join(ids)}" if len(ids) <= 4 else ""
        yield f"Left out, {reason}: {count(len(ids), 'session')}{names}"
        if exclusion in SWITCHES:
            yield f"  To revoke that too: {SWITCHES[exclusion]}"


def report_lines(report: Report) -> Iterator[str]:
    """The outcome of the plan, then each session that is not gone."""
    yield report.words
    for outcome in report.outcomes:
        if outcome.outcome not in {Outcome.REVOKED, Outcome.ALREADY_GONE}:
            yield f"  {outcome.id}  {outcome.outcome.words}: {outcome.reason}"


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
