"""`audit`: what was revoked from here, and who logged in and out."""

import argparse
from collections.abc import Iterator

from qiscus_tui.cli.options import flag, whole_number
from qiscus_tui.cli.output.console import record
from qiscus_tui.cli.output.text_table import moment, outcome_lines
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.errors import StorageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.clock import parse_duration
from qiscus_tui.model.text import counted, safe
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.history import PastPlan, recorded_plans, unfinished_runs
from qiscus_tui.store.audit_records import GONE, LONGEST_TEXT, AuditAccess


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("--since", metavar="TIME", type=parse_duration, help="only the last 24h, 7d …")
    add("--limit", metavar="N", type=whole_number(1, 10**9), help="only the newest N")
    flag(parser, "--json", "every record with its outcomes as JSON")


MOST_GROUPS = 3
"""Groups that are named of a plan; JSON has all that are recorded."""


def run(context: VerbContext) -> int:
    """Show the records, newest first."""
    console, local_files = context.console, context.workspace.local_files
    plans, unreadable = recorded_plans(local_files)
    plans = _wanted(plans, context)
    try:
        for one in unfinished_runs(local_files):
            console.warn(one.message, f"{one.hint}: qiscus-tui sessions")
            one.acknowledge()
    except StorageError as error:  # what was recorded is shown all the same
        console.show_error(error)
    if unreadable:
        lines = counted(unreadable, "line")
        hint = "They are damaged, or were cut off by a crash."
        console.warn(f"{lines} of the audit log could not be read", hint)
    if context.options.json:
        console.result_array(map(_as_json, plans))
        return ExitCode.DONE
    for plan in plans:
        console.result(_line(plan))
        console.result_lines(f"    {line}" for line in _details(plan))
    if not plans and not unreadable:
        narrowed = context.options.since is not None
        console.say("Nothing is recorded since then." if narrowed else "Nothing is recorded here.")
    return ExitCode.DONE


def _details(plan: PastPlan) -> Iterator[str]:
    """Yield the lines below that of a plan: by what rule, why, from where, and what is left."""
    if isinstance(plan.intent, AuditAccess):
        return
    if plan.intent.rule:
        yield safe(plan.intent.rule, LONGEST_TEXT)
    if plan.intent.reason:
        yield f"reason: {safe(plan.intent.reason, LONGEST_TEXT)}"
    if plan.groups:
        yield _whence(plan)
    yield from outcome_lines([one for one in plan.outcomes_together if one.outcome not in GONE])


def _wanted(plans: list[PastPlan], context: VerbContext) -> list[PastPlan]:
    """Return the plans that `--account`, `--since` and `--limit` leave, newest first.

    Raises NoAccount for an account of which nothing is known.
    """
    name: str | None = context.options.account
    if name is not None:
        plans = [plan for plan in plans if plan.account == name]
        if not plans:
            context.workspace.choose()
    since: int | None = context.options.since
    if since is not None:
        earliest = context.workspace.clock.now() - since
        plans = [plan for plan in plans if plan.intent.time >= earliest]
    return plans[: context.options.limit]


def _line(plan: PastPlan) -> str:
    intent = plan.intent
    what = intent.kind.value
    if not isinstance(intent, AuditAccess):
        what += f" of {counted(len(intent.ids), 'session')}"
    return (
        f"{moment(intent.time)}  {safe(intent.plan_id)}  {what}  {safe(plan.account)}  "
        f"{plan.words}  by {plan.who}"
    )


def _whence(plan: PastPlan) -> str:
    """Return `from GuzzleHttp · 10.2.0.0/24 (461), curl · unknown (8) and 3 more`."""
    named = [f"{safe(one.name, 100)} ({one.count:,})" for one in plan.groups[:MOST_GROUPS]]
    more = len(plan.groups) - len(named)
    return f"from {', '.join(named)}" + (f" and {more:,} more" if more else "")


def _as_json(plan: PastPlan) -> dict[str, object]:
    intent = plan.intent
    return {
        "plan": intent.plan_id,
        "time": rfc3339(intent.time),
        "kind": intent.kind.value,
        "account": plan.account,
        **record(intent, "app_id", "server", "host", "os_user", "sudo_user", "ssh_client"),
        **record(intent, "rule", "reason"),
        "groups": [record(one, "client", "network", "count") for one in plan.groups],
        "ids": list(intent.ids),
        "error": plan.error or None,
        "outcomes": [
            {"id": one.session_id, **record(one, "outcome", "reason")} for one in plan.outcomes
        ],
        "counts": None if plan.counts is None else dict(plan.counts),
        "others_ended": None if plan.counts is None else plan.others_ended,
    }


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It proves nothing: whoever can revoke from here can change it. With syslog = true under "
        "[audit], the system's log has each record too."
    ),
    examples=(Example("qiscus-tui audit --since 7d", "what was revoked this week"),),
)
