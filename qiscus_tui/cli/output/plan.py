"""Shows a plan, asks for its confirmation, and shows its outcome."""

from collections.abc import Collection, Iterator, Sequence

from qiscus_tui.cli.output.console import NOT_SENT, Console, record
from qiscus_tui.cli.output.tables import session_table
from qiscus_tui.cli.output.text_table import TextColumn, id_lines, outcome_lines, text_table
from qiscus_tui.errors import UsageError
from qiscus_tui.model.clients import shown
from qiscus_tui.model.text import capitalized, counted
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import LARGE, Exclusion, RevocationPlan, by_reason
from qiscus_tui.service.revocation.plan_files import group_record, hiding

SWITCHES = {
    Exclusion.CURRENT: "--include-current",
    Exclusion.CURRENT_UNKNOWN: "--include-current",
    Exclusion.PROTECTED: "--include-protected",
}
"""The option that includes such a session."""

SHOWN = 20
"""Sessions of a plan that are shown, at most."""


def plan_lines(plan: RevocationPlan, now: float, width: int | None) -> Iterator[str]:
    """Yield what is revoked, what is left out, and why; `width` cells a line, None for any."""
    total = len(plan.targets)
    if plan.retention is not None and plan.groups:
        yield from _group_lines(plan, width)
    yield f"{counted(total, 'session')} to revoke" if total else "Nothing to revoke"
    if total and not plan.groups:
        listed = plan.listed
        positions = [listed.positions[target.id] for target in plan.targets[:SHOWN]]
        room = None if width is None else width - 2
        yield from (f"  {line}" for line in session_table(listed, positions, now, room))
        if total > SHOWN:
            yield f"  … and {total - SHOWN:,} more"
    if total and plan.own_words:
        yield plan.own_words
    yield from _not_listed_lines(plan)
    for reason, left_out in by_reason(plan.left_out).items():
        yield from _counted(f"Left out, {reason}", [left.session.id for left in left_out])
        if (exclusion := left_out[0].exclusion) in SWITCHES:
            yield f"  To revoke them too: {SWITCHES[exclusion]}"
    for reason, kept in by_reason(one for one in plan.kept if not one.is_judged).items():
        yield from _counted(capitalized(reason), [left.session.id for left in kept])


def _group_lines(plan: RevocationPlan, width: int | None) -> Iterator[str]:
    """Yield a line for each group: its keys, and how many of it stay and go."""
    keys = plan.groups[0].keys
    columns = [
        *(TextColumn(key.value.upper(), 3, least=16) for key in keys),
        TextColumn("SESSIONS", 1),
        TextColumn("KEPT", 0),
        TextColumn("TO REVOKE", 2),
    ]
    rows = [
        (
            *map(shown, one.values),
            *(f"{number:,}" for number in (one.count, one.kept, one.targets)),
        )
        for one in plan.groups
    ]
    yield from text_table(columns, rows, width)
    kept = sum(one.kept for one in plan.groups)
    yield f"{counted(len(rows), 'group')}, {counted(kept, 'session')} kept"


def _not_listed_lines(plan: RevocationPlan) -> Iterator[str]:
    """Yield the sessions that were named and are not listed."""
    gone, unlisted, reason = plan.selection.gone, plan.selection.unlisted, plan.unlisted_reason
    if plan.listed.absence_doubt is not None:
        gone, unlisted = (), (*gone, *unlisted)
    for words, ids in (("Already gone", gone), (capitalized(reason), unlisted)):
        if ids:
            yield from _counted(words, ids)


def _counted(words: str, ids: Sequence[str]) -> Iterator[str]:
    yield f"{words} ({counted(len(ids), 'session')})"
    yield from (f"  {line}" for line in id_lines(ids))


def must_fit(plan: RevocationPlan, *, yes: bool, most: int | None) -> None:
    """Raise UsageError if the plan is larger than the options allow."""
    total = len(plan.targets)
    limit = most if most is not None else (LARGE if yes else None)
    if limit is not None and total > limit:
        options = f"--max {total}" if yes else f"--yes --max {total}"
        raise UsageError(
            f"The plan has {counted(total, 'session')}, more than the {limit:,} allowed",
            f"See them with --dry-run. To revoke them all: {options}",
        )


def confirm_plan(console: Console, plan: RevocationPlan) -> None:
    """Ask for a yes, or for the number if the plan is large. Raises UsageError."""
    total = len(plan.targets)
    sessions = counted(total, "session")
    largest = f" --max {total}" if plan.is_large else ""
    console.must_ask(
        f"Revoking {sessions} needs confirmation",
        f"{NOT_SENT} See the plan with --dry-run, or add --yes{largest} to skip the confirmation.",
    )
    if plan.is_large:
        console.must_confirm(f"Type {total} to revoke {sessions}: ", f"{total}", f"{total:,}")
    else:
        console.must_confirm(f"Revoke {sessions}?")


def report_lines(report: Report) -> Iterator[str]:
    """Yield the totals, what is not gone by outcome and reason, and what else ended."""
    yield report.words
    yield from (f"  {line}" for line in outcome_lines(report.not_gone))
    if report.warning and report.others_ended:
        yield report.warning


def as_json(
    plan: RevocationPlan, report: Report | None, secrets: Collection[str]
) -> dict[str, object]:
    """Return `plan` (`targets`, `left_out`), the state of its `list`; if applied, `outcomes` too.

    With retention rules, `plan` has `kept` and `groups` too. `secrets` must not appear.
    """
    listed, hide = plan.listed, hiding(plan, secrets)
    left_out = [
        *((left.session.id, left.reason) for left in plan.left_out),
        *((one, plan.unlisted_reason) for one in plan.selection.unlisted),
    ]
    planned: dict[str, object] = {
        "targets": [target.id for target in plan.targets],
        "left_out": [{"id": one, "reason": reason} for one, reason in left_out],
    }
    if plan.retention is not None and not plan.selection.named:
        planned["kept"] = [{"id": one.session.id, "reason": hide(one.reason)} for one in plan.kept]
        planned["groups"] = [group_record(one, hide) for one in plan.groups]
    value: dict[str, object] = {
        "plan": planned,
        "list": {
            "complete": listed.complete and not listed.moved,
            "unreadable": listed.unreadable,
        },
    }
    if report is not None:
        value["outcomes"] = [record(one, "id", "outcome", "reason") for one in report.outcomes]
        value["others_ended"] = report.others_ended
    return value
