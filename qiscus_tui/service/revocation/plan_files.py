"""A plan as a file, applied later to the list as it is by then; and as a command line."""

import shlex
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from qiscus_tui.errors import UsageError
from qiscus_tui.model.account import Account
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.retention_rules import Retention, written_rules
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.query import Moment, Query, parse
from qiscus_tui.service.revocation.plan import (
    Allowed,
    PlanGroup,
    RevocationPlan,
    Selection,
    make_plan,
    not_chosen_now,
)
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.plan_file import VERSION, PlanFile, PlanFileRule, read_plan_file

MOST_IDS = 1000
"""Sessions that a command names one by one: more are no line to be pasted."""

ANOTHER = "its id stands for another session now"


def plan_from(
    file: PlanFile, listed: SessionList, allowed: Allowed, moment: Moment
) -> RevocationPlan:
    """Return the plan of a file on the list as it is now: what it names and is still listed.

    Its filter and rules choose again among all that it was chosen from: what they do not choose now
    is left out. Calls no server. Raises FilterError.
    """
    ids, at, retention = frozenset(file.ids), listed.positions, file.rule.retention
    members = [at[one] for one in (*file.ids, *file.kept, *file.left_out) if one in at]
    selection = Selection(
        members,
        named=True,
        only=ids,
        gone=tuple(one for one in file.ids if one not in at),
        rule=filter_of(file),
        source=_words(file),
    )
    since = file.time.timestamp() + listed.offset
    not_chosen = not_chosen_now(selection.filters, retention, listed, members, moment, since)
    for position in members:
        session = listed.sessions[position]
        if file.stands_for.get(session.id, known := _stands_for(session)) != known:
            not_chosen[position] = ANOTHER
    plan = make_plan(listed, selection, allowed, None, moment, not_chosen)
    left_out = tuple(one for one in plan.left_out if one.session.id in ids)
    return replace(plan, retention=retention, left_out=left_out)


def filter_of(file: PlanFile) -> Query | None:
    """Return the filter that chose its sessions, where one did. Raises FilterError."""
    return parse(file.rule.filter) if file.rule.filter else None


def changes_since(file: PlanFile, plan: RevocationPlan) -> str:
    """Return what changed since the file was written; `plan` is what is left of it."""
    counts = {"no longer listed": len(plan.selection.gone), "left out": len(plan.left_out)}
    parts = ", ".join(f"{count:,} {words}" for words, count in counts.items() if count)
    changed = f"{parts} of {len(file.ids):,}" if parts else "nothing changed"
    words = _words(file)
    return f"{words[0].upper()}{words[1:]}; since then: {changed}"


def _words(file: PlanFile) -> str:
    """Return `plan 3fa9c01b of 2026-11-25 16:02 UTC`."""
    made = file.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"plan {file.plan} of {made}"


def plan_file_of(
    plan: RevocationPlan, account: Account, now: float, secrets: Collection[str] = ()
) -> PlanFile:
    """Return what a file holds of the plan. `now` is epoch seconds.

    `secrets` are texts that must not appear, such as our own tokens. Raises UsageError for a
    filter that has one of them.
    """
    hide = hiding(plan, secrets)
    query = plan.selection.rule
    filter_text = "" if query is None else query.text
    if hide(plan.filter_text) != filter_text:
        raise UsageError(
            "The filter has a token in it, and a plan file may hold none",
            "Select the session by its id instead.",
        )
    return PlanFile(
        version=VERSION,
        plan=plan.id,
        account=account.name,
        server=str(account.origin),
        app_id=account.app_code,
        time=datetime.fromtimestamp(int(now), UTC),
        rule=PlanFileRule(words=hide(plan.rule), filter=filter_text, retention=plan.retention),
        ids=_ids(target.id for target in plan.targets),
        kept=_ids(kept.session.id for kept in plan.kept),
        left_out=_ids(left.session.id for left in plan.left_out),
        groups=tuple(group_record(one, hide) for one in plan.groups),
        stands_for={
            target.id: _stands_for(target) for target in plan.targets if target.token is None
        },
        token_id=account.token_id,
    )


def _stands_for(session: Session) -> str:
    """Return a fingerprint by which a session without a token is known again, besides its id."""
    known = session.user_agent if session.created_at is None else session.created_at
    return fingerprint(repr(known))


def read_plan(path: Path, account: Account, key: bytes) -> PlanFile:
    """Return what a file holds. Raises UsageError, also for another account's; StorageError."""
    file = read_plan_file(path, key)
    if (file.account, file.server, file.app_id) != (
        account.name,
        str(account.origin),
        account.app_code,
    ):
        raise UsageError(
            f"The plan is for {safe(file.account, 100)} on {safe(file.server, 100)}, and this is "
            f"{safe(account.name, 100)} on {account.origin}",
            "Choose the account with --account, or make a plan for this one.",
        )
    if file.token_id != account.token_id:
        raise UsageError(
            f"The plan was made with another long-lived token of {safe(account.name, 100)}, "
            "which may be another user's",
            "Make a plan with this one.",
        )
    return file


def hiding(plan: RevocationPlan, secrets: Collection[str]) -> Callable[[str], str]:
    """Return what masks a text of the plan that holds a secret, or a token of the list."""
    known, is_token = KnownSecrets(secrets), plan.listed.lists_token

    @cache
    def hide(text: str) -> str:
        return str(masked(text, known, is_token))

    return hide


def group_record(group: PlanGroup, hide: Callable[[str], str]) -> dict[str, str | int | None]:
    """Return the keys of a group, then how many sessions it has, keeps and loses."""
    pairs = zip(group.keys, group.values, strict=True)
    values = {key.value: None if value is None else hide(value) for key, value in pairs}
    return {**values, "count": group.count, "kept": group.kept, "targets": group.targets}


def _ids(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


# The command line that makes the same plan


def plan_command(plan: RevocationPlan, account: str = "", reason: str = "") -> tuple[str, ...]:
    """Return the words of the command, each quoted for a shell; none where it would be too long.

    `account`: the name to be given, empty for none; `reason` too, for the audit log. What no
    filter selects is named by ids, and so is what a filter with a token in it does.
    """
    filter_text, retention = plan.selection.filter_text, plan.retention
    if filter_text and plan.without_tokens(filter_text) != filter_text:
        filter_text = None
    reason = str(masked(reason, is_secret=plan.listed.lists_token))
    if filter_text is not None and retention is not None:
        words = ["prune", *_rules(retention), *_option("--filter", filter_text)]
    elif filter_text:
        words = ["revoke", *_option("--filter", filter_text)]
    elif 0 < len(plan.targets) <= MOST_IDS:
        words = ["revoke", *(target.id for target in plan.targets)]
    else:
        return ()
    if filter_text is not None and not plan.listed.is_whole:
        words.append("--allow-unreadable")
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
