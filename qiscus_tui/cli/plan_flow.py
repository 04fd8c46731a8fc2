"""Shows a plan, has it confirmed, and applies it: the same for every verb that revokes."""

import contextlib
from collections.abc import Set
from dataclasses import replace

from qiscus_tui import query
from qiscus_tui.cli.interrupts import finished
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.output.outcomes import MOST_GROUPS
from qiscus_tui.cli.output.plan import (
    as_json,
    confirm_plan,
    must_fit,
    plan_lines,
    report_lines,
)
from qiscus_tui.cli.output.tables import remarks
from qiscus_tui.cli.verbs import Context
from qiscus_tui.cli.workspace import account_fields, account_line, must_name_account
from qiscus_tui.errors import CannotTell, NoAccount, StorageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.service.account.audit_trail import check_reason
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.clock_check import clock_difference
from qiscus_tui.service.revocation.events import (
    Answered,
    Finished,
    Halted,
    ReadingAgain,
    Sampling,
    TrialStarted,
    Verifying,
)
from qiscus_tui.service.revocation.on_connection import (
    forget_own_if_ended,
    revocation_on,
)
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.plan_command import apply_command
from qiscus_tui.service.revocation.plan_files import write_plan
from qiscus_tui.service.revocation.run import Revocation
from qiscus_tui.service.revocation.target_groups import emptied_groups, emptied_words
from qiscus_tui.service.revocation.verification import MOST_READINGS
from qiscus_tui.service.revocation.witnesses import witnesses_of
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.zoned_list import read_list
from qiscus_tui.service.visits import mark_without_visiting
from qiscus_tui.store.file_checks import quoted
from qiscus_tui.store.plan_file import plan_key

KEEP_ONE = "Nothing was sent. Keep one of each with --keep-newest 1, or end them: --allow-empty"


async def read_for_plan(
    context: Context,
    connection: Connection,
    *,
    rule: query.Query | None,
    named: Set[str] = frozenset(),
) -> SessionList:
    """Return the list that the plan is made on. Raises as `Connection.read_list`, and ReadOnly.

    `named` are full ids; it is read again where it lacks one of them.
    """
    console = context.console
    must_name_account(context.options, connection)
    if not context.options.dry_run:
        connection.must_be_writable()
        check_reason(connection, context.options.reason or "")
    if rule is not None and rule.asks_for_new:
        mark_without_visiting(connection)
    listed = await read_list(connection, console.show_read)
    witnesses = witnesses_of(connection, lambda n: console.progress(reading_words(n)))
    listed = await witnesses.settled(listed, named)
    console.end_progress()
    return listed


def reading_words(number: int) -> str:
    """Return what is shown while the list is read once more."""
    return f"Reading the list again ({number} of up to {MOST_READINGS})"


def say_remarks(console: Console, listed: SessionList) -> None:
    """Say what is odd about the list."""
    for remark in remarks(listed):
        console.say(remark)
    if difference := clock_difference(listed):
        console.say(f"{difference}; ages are by the server's clock.")
    for warning in listed.unmatched_protection:
        console.say(f"{warning} Check its name: qiscus-tui known")


async def carry_out(context: Context, connection: Connection, plan: RevocationPlan) -> int:
    """Show the plan, or have it confirmed and apply it. Return the exit code."""
    options, console = context.options, context.console
    now = connection.server_now()
    emptied = emptied_words(emptied_groups(plan))
    must_ask = bool(emptied) and options.yes and not options.allow_empty
    refusal = CannotTell(emptied, KEEP_ONE) if must_ask else None
    if options.dry_run:
        out = None if options.demo else options.out
        if out is not None:
            at = connection.clock.now()
            key = plan_key(context.workspace.local_files.paths)
            write_plan(out, plan, connection.account, at, connection.client.own_secrets, key)
        _show_plan(context, connection, plan, now)
        if emptied and refusal is None:
            console.say(f"{emptied}.")
        if out is not None:
            words = apply_command(plan, quoted(out), options.account or "")
            console.say(f"To apply it: {' '.join(words)}")
        elif options.out is not None:
            console.say("The demo writes nothing, so there is no plan file.")
        if refusal is not None:
            raise refusal
        return _exit_code(console, plan, ExitCode.DONE)
    must_fit(plan, yes=options.yes, most=options.max)
    if refusal is not None:
        raise refusal
    console.say(account_line(connection))
    for line in plan_lines(plan, now, console.err_width):
        console.say(line)
    if emptied:
        console.say(f"{emptied}.")
    if plan.targets and not options.yes:
        confirm_plan(console, plan)
    report = await _apply(context, connection, plan)
    return _exit_code(console, plan, _show_report(context, connection, report))


def _exit_code(console: Console, plan: RevocationPlan, code: int) -> int:
    """Return the exit code of the run; INCOMPLETE if doubt stopped everything."""
    if plan.doubt is None or code:
        return code
    console.say(f"qiscus-tui: Nothing can be revoked: {plan.doubt}")
    console.say("  Nothing was sent. See: qiscus-tui doctor")
    return ExitCode.INCOMPLETE


async def _apply(context: Context, connection: Connection, plan: RevocationPlan) -> Report:
    """Apply the plan. A signal stops sending; what was sent is still verified."""
    options = context.options
    revocation = await revocation_on(connection, plan, options.concurrency, options.reason or "")

    async def applied() -> Report:
        report = await _follow(context.console, revocation)
        try:
            with contextlib.suppress(NoAccount):  # logged out meanwhile: nothing to forget
                await forget_own_if_ended(connection, report)
        except StorageError as error:  # shown after the outcomes
            return replace(report, audit_error=report.audit_error or error)
        return report

    def stop() -> bool:
        revocation.stop("interrupted", awaits=False)
        return True

    def show(report: Report) -> None:
        _show_report(context, connection, report)

    return await finished(context.console, applied(), stop, show)


async def _follow(console: Console, revocation: Revocation) -> Report:
    report: Report | None = None
    said: set[str] = set()
    async with contextlib.aclosing(revocation.apply()) as events:
        async for event in events:
            match event:
                case TrialStarted(session_id, None):
                    console.say(
                        f"No revoke has been verified on this server yet: {session_id} is first"
                    )
                case TrialStarted(session_id, why):
                    console.say(f"{why}: {session_id} is next")
                case Answered(session_id, error, done, total):
                    console.progress(f"{done:,} of {total:,} sent")
                    if error and error.message not in said and len(said) < MOST_GROUPS:
                        said.add(error.message)
                        console.say(f"{session_id}: {error.message}")
                case Halted(reason):
                    console.say(f"Nothing more is sent: {reason}")
                case Sampling():
                    console.progress("Reading the list: nothing else may end")
                case Verifying():
                    console.progress("Verifying: reading the list")
                case ReadingAgain(number):
                    console.progress(reading_words(number))
                case Finished():
                    report = event.report
                case _:
                    pass
    console.end_progress()
    if report is None:
        raise AssertionError("a run ends with its report")
    return report


def _show_plan(context: Context, connection: Connection, plan: RevocationPlan, now: float) -> None:
    console = context.console
    if context.options.json:
        found = as_json(plan, None, connection.client.own_secrets)
        console.result_json({**account_fields(connection), **found})
    else:
        console.result(account_line(connection))
        for line in plan_lines(plan, now, console.out_width):
            console.result(line)
        console.say("Dry run: nothing was sent.")


def _show_report(context: Context, connection: Connection, report: Report) -> int:
    console = context.console
    if context.options.json:
        found = as_json(report.plan, report, connection.client.own_secrets)
        console.result_json({**account_fields(connection), **found})
    else:
        console.result(account_line(connection))
        for line in report_lines(report):
            console.result(line)
    if report.hint and (report.others_ended or not report.is_whole):
        console.say(f"  {report.hint}")
    if report.warning and (context.options.json or not report.others_ended):
        console.say(report.warning)
    if report.audit_error is not None:
        console.show_error(report.audit_error)
    return report.exit_code
