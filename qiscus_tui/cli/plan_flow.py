"""From a list to its plan, shown, confirmed and applied: the same for every verb that revokes."""

import argparse
import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from qiscus_tui import query
from qiscus_tui.cli.interrupts import finished
from qiscus_tui.cli.output.console import NOT_SENT, Console
from qiscus_tui.cli.output.plan import as_json, confirm_plan, must_fit, plan_lines, report_lines
from qiscus_tui.cli.output.tables import remarks
from qiscus_tui.cli.output.text_table import MOST_GROUPS
from qiscus_tui.cli.plan_options import must_be_allowed
from qiscus_tui.cli.verbs import VerbContext
from qiscus_tui.cli.workspace import account_fields, account_line
from qiscus_tui.errors import CannotTell, NoAccount, StorageError, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.ids import is_full_id
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.text import capitalized
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.history import seen_before
from qiscus_tui.service.revocation.outcomes import GONE, Report, known_outcomes
from qiscus_tui.service.revocation.plan import (
    Allowed,
    RevocationPlan,
    Selection,
    make_plan,
)
from qiscus_tui.service.revocation.plan_files import (
    apply_command,
    changes_since,
    filter_of,
    plan_file_of,
    plan_from,
    read_plan,
)
from qiscus_tui.service.revocation.plan_groups import emptied_words
from qiscus_tui.service.revocation.progress import READINGS, Progress
from qiscus_tui.service.revocation.retention import check_clocks, check_rules, offset_words
from qiscus_tui.service.revocation.run import forget_own_if_ended, revocation_on
from qiscus_tui.service.revocation.sending import (
    Answered,
    Event,
    Halted,
    Purpose,
    Reading,
    TrialStarted,
)
from qiscus_tui.service.revocation.verification import settled
from qiscus_tui.service.sessions.groups import lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.refresh import read_list
from qiscus_tui.store.file_checks import quoted
from qiscus_tui.store.plan_file import plan_key, write_plan_file

KEEP_ONE = "Nothing was sent. Keep one of each: prune --keep-newest 1. Or end them: --allow-empty"
OTHER_KEYS = "Give other keys with --group-by, or name sessions by id: qiscus-tui revoke ID"


async def _read(
    context: VerbContext,
    connection: Connection,
    rule: query.Query | None = None,
    retention: Retention | None = None,
    named: Set[str] | None = None,
) -> SessionList:
    """Return the list that the plan is made on, after what is odd about it was said.

    `rule` and `retention` are what will choose, `named` the full ids that were given instead of
    them: it is read again where it lacks one of those. Raises as `Connection.read_list`, ReadOnly,
    and UsageError or CannotTell where the list lacks what is needed to decide.
    """
    console = context.console
    must_be_allowed(context.options, connection)
    if rule is not None and named is None and rule.asks_for_new:
        connection.mark_new_since_last_visit()
    listed = await read_list(connection, console.show_read)
    again = capitalized(READINGS[Purpose.AGAIN])
    listed = await settled(
        connection,
        listed,
        named or frozenset(),
        lambda number: console.progress(again.format(number)),
    )
    console.end_progress()
    if named is None:
        _must_be_known(context, listed, retention)
    if not context.options.allow_clock_offset:
        check_clocks(listed, rule, retention)
    if retention is not None:
        check_rules(listed.sessions, retention.rules)
    for remark in remarks(listed):
        console.say(remark)
    if difference := offset_words(listed.offset):
        console.say(f"{difference}; ages are by the server's clock.")
    for warning in listed.unmatched_protection:
        console.warn(warning, "Check its name: qiscus-tui known")
    return listed


def _must_be_known(context: VerbContext, listed: SessionList, retention: Retention | None) -> None:
    """Raise CannotTell for a list that lacks sessions, UsageError for one that can't be grouped."""
    if not listed.is_whole and not context.options.allow_unreadable:
        raise CannotTell(
            ". ".join([*listed.gaps, "Nothing was sent"]),
            "Name sessions by id, or add --allow-unreadable to revoke from what was read.",
        )
    reason = lacking(listed, retention.keys) if retention is not None else None
    if reason:
        raise UsageError(reason, OTHER_KEYS)


def _moment(context: VerbContext, connection: Connection) -> query.Moment:
    """Return when the rules are applied, by the server's clock."""
    return query.Moment(connection.server_now(), context.workspace.config.ui.expiring)


def selected(listed: SessionList, rule: query.Query | None, moment: query.Moment) -> Selection:
    """Return what a filter chooses, newest first, as `sessions` lists them; all without one."""
    if rule is None:
        return Selection(query.order(listed))
    chosen = query.ordered(listed, query.select(rule, listed, moment))
    doubt = "" if chosen else query.unanswerable(rule, listed.sessions)
    return Selection(chosen, rule=rule, doubt=doubt)


async def plan_of_rule(
    context: VerbContext,
    connection: Connection,
    rule: query.Query | None,
    retention: Retention | None = None,
    allowed: Allowed | None = None,
) -> RevocationPlan:
    """Return the plan of what the filter leaves, without what the retention rules keep.

    What may enter it are the options, unless it is given as `allowed`.
    """
    listed = await _read(context, connection, rule, retention)
    moment = _moment(context, connection)
    selection = selected(listed, rule, moment)
    return make_plan(listed, selection, allowed or _allowed(context.options), retention, moment)


async def plan_of_ids(
    context: VerbContext, connection: Connection, token_ids: Sequence[str]
) -> RevocationPlan:
    """Return the plan of the ids that were typed, and of the tokens on stdin.

    Raises UsageError for an unknown or ambiguous prefix, CannotTell where a token may be one of
    those that the server does not list in full.
    """
    options = context.options
    full_ids = frozenset(filter(is_full_id, (*options.ids, *token_ids)))
    listed = await _read(context, connection, named=full_ids)
    is_unknown = any(token_id not in listed.positions for token_id in token_ids)
    if is_unknown and any(session.token is None for session in listed.sessions):
        raise CannotTell(
            "The server does not list full tokens: can't tell which session a token belongs to",
            "Name the session by its id. See: qiscus-tui sessions",
        )
    files, unlisted = connection.local_files, full_ids - listed.positions.keys()
    seen = await asyncio.to_thread(seen_before, files, connection.account, unlisted)
    selection = _named(listed, (*options.ids, *token_ids), seen)
    return make_plan(listed, selection, _allowed(options), None, _moment(context, connection))


def _named(listed: SessionList, ids: Sequence[str], seen: Set[str]) -> Selection:
    """Return the sessions with these ids. `seen` are ids that this account is known to have listed.

    Raises UsageError for an unknown or ambiguous prefix.
    """
    found = {text.strip().lower(): listed.find(text) for text in ids}
    missing = [one for one, session in found.items() if session is None]
    positions = [listed.positions[session.id] for session in found.values() if session is not None]
    return Selection(
        query.ordered(listed, positions),
        named=True,
        gone=tuple(one for one in missing if one in seen),
        unlisted=tuple(one for one in missing if one not in seen),
    )


async def plan_of_file(context: VerbContext, connection: Connection) -> RevocationPlan:
    """Return the plan of what a plan file names, is still listed and still chosen."""
    options = context.options
    key = plan_key(context.workspace.local_files.paths)
    file = read_plan(options.plan, connection.account, key)
    ids, retention = frozenset(file.ids), file.rule.retention
    listed = await _read(context, connection, filter_of(file), retention, named=ids)
    plan = plan_from(file, listed, _allowed(options), _moment(context, connection))
    context.console.say(changes_since(file, plan))
    return plan


def _allowed(options: argparse.Namespace) -> Allowed:
    current, protected = options.include_current, options.include_protected
    return Allowed(current, protected, empty=options.allow_empty)


async def carry_out(
    context: VerbContext, connection: Connection, plan: RevocationPlan
) -> tuple[ExitCode, Report | None]:
    """Show the plan, or have it confirmed and apply it. Return the exit code, and how it ended.

    The exit code of a dry run says what is known already.
    """
    options, console = context.options, context.console
    emptied = emptied_words(plan)
    report = None
    if options.dry_run:
        _show_plan(context, connection, plan, emptied)
        _must_leave_some(context, emptied)
        is_whole = all(one.outcome in GONE for one in known_outcomes(plan))
        code = ExitCode.DONE if is_whole else ExitCode.INCOMPLETE
    else:
        must_fit(plan, yes=options.yes, most=options.max)
        _must_leave_some(context, emptied)
        console.say(account_line(connection))
        for line in plan_lines(plan, connection.server_now(), console.err_width):
            console.say(line)
        if emptied:
            console.say(f"{emptied}.")
        if plan.targets and not options.yes:
            confirm_plan(console, plan)
        report = await _apply(context, connection, plan)
        code = report.exit_code
    doubt = plan.doubt
    if doubt is None or code:
        return code, report
    hint = doubt.hint or "See: qiscus-tui doctor"
    console.warn(f"Nothing can be revoked: {doubt.words}", f"{NOT_SENT} {hint}")
    return ExitCode.INCOMPLETE, report


def _must_leave_some(context: VerbContext, emptied: str) -> None:
    """Raise CannotTell where a group would lose its last session, and `--yes` asks no question."""
    if emptied and context.options.yes and not context.options.allow_empty:
        raise CannotTell(emptied, KEEP_ONE)


def _show_plan(
    context: VerbContext, connection: Connection, plan: RevocationPlan, emptied: str
) -> None:
    """Show the plan as the result, and write it to a file where `--out` names one."""
    options, console = context.options, context.console
    out = options.out
    if out is not None:
        key, secrets = plan_key(context.workspace.local_files.paths), connection.client.own_secrets
        file = plan_file_of(plan, connection.account, connection.clock.now(), secrets)
        write_plan_file(out, file, key)
    if options.json:
        found = as_json(plan, None, connection.client.own_secrets)
        console.result_json({**account_fields(connection), **found})
    else:
        console.result(account_line(connection))
        console.result_lines(plan_lines(plan, connection.server_now(), console.out_width))
        console.say("Dry run: nothing was sent.")
    if emptied and not (options.yes and not options.allow_empty):
        console.say(f"{emptied}.")
    if out is not None:
        words = apply_command(plan, quoted(out), options.account or "")
        console.say(f"To apply it: {' '.join(words)}")


async def _apply(context: VerbContext, connection: Connection, plan: RevocationPlan) -> Report:
    """Apply the plan, and show how it ended.

    A signal stops sending; what was sent is still verified.
    """
    options = context.options
    show_event = _shown_run(context.console, plan)
    width, reason = options.concurrency, options.reason or ""
    run = await revocation_on(connection, plan, show_event, width=width, reason=reason)

    async def applied() -> Report:
        report = await run.apply()
        context.console.end_progress()
        try:
            with contextlib.suppress(NoAccount):  # logged out meanwhile: nothing to forget
                await forget_own_if_ended(connection, report)
        except StorageError as error:  # shown after the outcomes
            return replace(report, audit_error=report.audit_error or error)
        return report

    def stop() -> bool:
        run.stop("interrupted", awaits=False)
        return True

    def show(report: Report) -> None:
        _show_report(context, connection, report)

    report = await finished(context.console, applied(), stop, show)
    show(report)
    return report


def _shown_run(console: Console, plan: RevocationPlan) -> Callable[[Event], None]:
    """Return what says of a run what goes on, at each of its events."""
    progress = Progress(len(plan.targets), time.monotonic)

    def show(event: Event) -> None:
        progress.record(event)
        match event:
            case TrialStarted():
                console.say(progress.doing)
            case Halted(reason):
                console.say(f"Nothing more is sent: {reason}")
            case Reading():
                console.progress(capitalized(progress.doing))
            case Answered(session_id, error):
                console.progress(" · ".join((progress.answered, *progress.pace)))
                # Each failure is said once, and only so many: a server may give each its own.
                failures = progress.failures
                if error and failures[error.message] == 1 and len(failures) <= MOST_GROUPS:
                    console.say(f"{session_id}: {error.message}")

    return show


def _show_report(context: VerbContext, connection: Connection, report: Report) -> None:
    """Show what became of the sessions."""
    console, is_json = context.console, context.options.json
    if is_json:
        found = as_json(report.plan, report, connection.client.own_secrets)
        console.result_json({**account_fields(connection), **found})
    else:
        console.report(account_line(connection))
        for line in report_lines(report):
            console.report(line)
    if report.warning and (is_json or not report.others_ended):
        console.say(report.warning)
    if report.hint and (report.others_ended or not report.is_whole):
        console.say(f"  {report.hint}")
    if report.audit_error is not None:
        console.show_error(report.audit_error)
