"""`check`: what changed since the last check, for cron and monitoring."""

import argparse
import asyncio
import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qiscus_tui.cli.options import MOST, file_path, flag, min_ttl, whole_number
from qiscus_tui.cli.output.console import Console, record
from qiscus_tui.cli.output.tables import gaps
from qiscus_tui.cli.output.text_table import moment
from qiscus_tui.cli.verbs import Example, Verb, VerbContext, always
from qiscus_tui.cli.workspace import open_for
from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import counted, safe
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.check.findings import Limits, Measured, metrics_text
from qiscus_tui.store.named_files import write_public

if TYPE_CHECKING:
    from qiscus_tui.service.check.checking import CheckReport


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    flag(parser, "--new", "find clients and networks that are new since the last --new")
    number = whole_number(0, MOST)
    add("--max-live", metavar="N", type=number, help="find more than N live sessions")
    add("--max-per-day", metavar="N", type=number, help="find more than N created in 24 hours")
    words = "find that our own token expires sooner"
    add("--min-ttl", metavar="TIME", type=min_ttl, help=words)
    add("--metrics", metavar="FILE", type=file_path, help="write the numbers for Prometheus")
    flag(parser, "--json", "the result as JSON")
    parser.set_defaults(measured=[])


MOST_SHOWN = 50
"""Findings that are shown; JSON has all."""


async def run(context: VerbContext) -> int:
    """Check the account. Return FAILED if there is a finding."""
    measured: list[Measured] = context.options.measured
    try:
        report = await _checked(context)
    except (Exception, asyncio.CancelledError):
        measured.append(Measured(_account_name(context), context.workspace.clock.now()))
        raise
    is_success = report.listed.is_whole and report.trouble is None
    figures = report.figures if is_success else None  # numbers of a part would mislead
    measured.append(Measured(report.account, report.checked_at, figures))
    if report.findings:
        return ExitCode.FAILED
    if report.trouble is not None:
        return report.trouble.exit_code
    return ExitCode.DONE if is_success else ExitCode.INCOMPLETE


async def _checked(context: VerbContext) -> "CheckReport":
    """Check the account and show what was found.

    Only a check with `--new` notes it as seen: it is the one that the next is compared with.
    """
    from qiscus_tui.cli.connected import connected
    from qiscus_tui.service.check.checking import check

    options, workspace = context.options, context.workspace
    limits = Limits(
        new=options.new,
        max_live=options.max_live,
        max_per_day=options.max_per_day,
        min_ttl=options.min_ttl,
    )
    checks = workspace.local_files.checks
    async with connected(workspace) as connection:
        report = await check(connection, checks, limits, workspace.config.ui.expiring)
    _show(context, report)
    context.console.results.flush()
    # A finding that could not be written must be found again.
    if options.new and not context.console.results.are_lost:
        await asyncio.to_thread(checks.remember, connection.account.key, report.seen)
        if not report.compares:
            context.console.warn(
                "No earlier check --new of this account is known: this one only notes its clients "
                "and networks",
                "Nothing was compared. The next one finds what is new since now.",
            )
    if report.trouble is not None:
        context.console.show_error(report.trouble)
    return report


def finish(options: argparse.Namespace, console: Console, code: int) -> int:
    """Write the metrics of every account, also after a failure. Return the exit code."""
    path: Path | None = options.metrics
    if path is None:
        return code
    if options.demo:
        console.say("The demo writes nothing, so there are no metrics.")
        return code
    now = time.time()
    measured = options.measured or [Measured(name, now) for name in _names_of(options)]
    try:
        write_public(path, metrics_text(measured))
    except StorageError as error:
        console.show_error(error)
        return error.exit_code if code in {ExitCode.DONE, ExitCode.FAILED} else code
    return code


def _names_of(options: argparse.Namespace) -> Sequence[str]:
    """Return the accounts that a check with these options is for, as far as is known here."""
    with contextlib.suppress(QiscusTuiError):
        workspace = open_for(options)
        if not options.all_accounts:
            return [safe(workspace.choose().name, 200)]
        if stored := workspace.local_files.book.all():
            return [safe(one.name, 200) for one in stored]
    return [options.account or ""]


def _account_name(context: VerbContext) -> str:
    with contextlib.suppress(QiscusTuiError):
        return safe(context.workspace.choose().name, 200)
    return context.options.account or ""


def _show(context: VerbContext, report: "CheckReport") -> None:
    console = context.console
    for gap in gaps(report.listed):
        console.say(gap)
    if context.options.json:
        console.result_json(_as_json(report))
        return
    figures = report.figures
    ends = figures.token_expires_at
    own = "no token of our own" if ends is None else f"own token expires {moment(ends)}"
    console.report(
        f"{safe(report.account)}: {figures.live:,} live, {figures.expiring:,} expiring, "
        f"{figures.issued_24h:,} in the last 24 hours; {own}"
    )
    for one in report.findings[:MOST_SHOWN]:
        is_pair = one.client is not None or one.network is not None
        number = f" ({counted(one.count or 0, 'session')})" if is_pair else ""
        console.report(f"{one.kind.value}: {one.message}{number}")
    if len(report.findings) > MOST_SHOWN:
        console.report(f"… and {len(report.findings) - MOST_SHOWN:,} more: see --json")


def _as_json(report: "CheckReport") -> dict[str, object]:
    figures = report.figures
    ends = figures.token_expires_at
    return {
        "account": report.account,
        "server": report.server,
        "checked_at": rfc3339(report.checked_at),
        **record(figures, "live", "expiring", "issued_24h"),
        "token_expires_at": None if ends is None else rfc3339(ends),
        "findings": [
            record(one, "kind", "client", "network", "count", "message") for one in report.findings
        ],
    }


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It changes nothing on the server. Only --new notes what it found: the next check then "
        "finds it again only if more of it came."
    ),
    examples=(
        Example("qiscus-tui check --new --max-live 500", "exit 1 if anything needs a look"),
        Example(
            "qiscus-tui check --all-accounts --metrics /var/lib/metrics/qiscus.prom",
            "numbers for Prometheus",
        ),
    ),
    finish=finish,
    finish_needs=("--metrics", "--account", "--all-accounts", "--server", "--config", "--demo"),
    finds=always,
    each_account=True,
)
