"""The command line that makes the same plan as the app. Pure; no secret is in it."""

import shlex
from collections.abc import Iterator

from qiscus_tui.model.retention_rules import Retention, written_rules
from qiscus_tui.service.revocation.plan import RevocationPlan

MOST_IDS = 1000
"""Sessions that a command names one by one: more are no line to be pasted."""


def plan_command(plan: RevocationPlan, account: str = "", reason: str = "") -> tuple[str, ...]:
    """Return the words of the command, each quoted for a shell; none where it would be too long.

    `account`: the name to be given, empty for none; `reason` too, for the audit log. What no
    filter selects is named by ids.
    """
    filter_text, retention = plan.selection.filter_text, plan.retention
    if filter_text is not None and retention is not None:
        words = ["prune", *_rules(retention), *_option("--filter", filter_text)]
    elif filter_text:
        words = ["revoke", *_option("--filter", filter_text)]
    elif 0 < len(plan.targets) <= MOST_IDS:
        words = ["revoke", *(target.session.id for target in plan.targets)]
    else:
        return ()
    return ("qiscus-tui", *words, *_switches(plan, account), *_option("--reason", reason))


def apply_command(plan: RevocationPlan, file: str, account: str = "") -> tuple[str, ...]:
    """Return the words of the command that applies the plan from its file.

    `file` is quoted for a shell already; `account` as above.
    """
    return ("qiscus-tui", "revoke", "--plan", file, *_switches(plan, account))


def _switches(plan: RevocationPlan, account: str) -> Iterator[str]:
    if plan.allowed.current:
        yield "--include-current"
    if plan.allowed.protected:
        yield "--include-protected"
    if plan.allowed.empty:
        yield "--allow-empty"
    if account:
        yield from ("--account", shlex.quote(account))


def _rules(retention: Retention) -> Iterator[str]:
    yield from ("--group-by", ",".join(key.value for key in retention.keys))
    for rule, value in written_rules(retention.rules):
        yield from (rule.option, value)
    if retention.rules.include_unknown:
        yield "--include-unknown"


def _option(name: str, text: str) -> Iterator[str]:
    if text.startswith("-"):  # would pass for an option
        yield f"{name}={shlex.quote(text)}"
    elif text:
        yield from (name, shlex.quote(text))
