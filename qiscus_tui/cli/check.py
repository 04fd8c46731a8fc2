"""`check`: what changed since the last check, for cron and monitoring."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from qiscus_tui.cli.metrics import add_metrics, failure_noted
from qiscus_tui.cli.options import MOST, flag, min_ttl, whole_number
from qiscus_tui.cli.output.console import record
from qiscus_tui.cli.output.text_table import UNKNOWN, moment
from qiscus_tui.cli.plan_options import add_filter
from qiscus_tui.cli.verbs import Example, Verb, VerbContext, always
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import counted, safe
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.query import all_of

if TYPE_CHECKING:
    from qiscus_tui.service.check import CheckReport


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add_filter(parser, "only sessions that match, for every finding but that of --min-ttl")
    flag(parser, "--new", "find clients and networks that are new since the last --new")
    number = whole_number(0, MOST)
    add("--max-live", metavar="N", type=number, help="find more than N live sessions")
    add("--max-per-day", metavar="N", type=number, help="find more than N created in 24 hours")
    words = "find that our own token expires sooner"
    add("--min-ttl", metavar="TIME", type=min_ttl, help=words)
    flag(parser, "--refresh", "with --min-ttl: renew an own token that expires sooner first")
    add_metrics(parser)
    flag(parser, "--json", "the result as JSON")


MOST_SHOWN = 50
"""Findings that are shown; JSON has all."""


async def run(context: VerbContext) -> int:
    """Check the account. Return FAILED if there is a finding."""
    options = context.options
    with failure_noted(context) as samples:
        if options.refresh and options.min_ttl is None:
            raise UsageError("--refresh needs --min-ttl", "Say how long the token is to be valid.")
        from qiscus_tui.service.check import samples_of

        report = await _checked(context)
        samples.extend(samples_of(report))
    if report.findings:
        return ExitCode.FAILED
    if report.trouble is not None:
        return report.trouble.exit_code
    return ExitCode.DONE if report.is_success else ExitCode.INCOMPLETE


async def _checked(context: VerbContext) -> "CheckReport":
    """Check the account and show what was found.

    Only a check with `--new` notes it as seen: it is the one that the next is compared with.
    """
    from qiscus_tui.cli.output.tables import remarks
    from qiscus_tui.service.check import Limits, check

    options, workspace = context.options, context.workspace
    limits = Limits(
        rule=all_of(options.filter) if options.filter else None,
        new=options.new,
        max_live=options.max_live,
        max_per_day=options.max_per_day,
        min_ttl=options.min_ttl,
        refresh=options.refresh,
    )
    checks = workspace.local_files.checks
    async with connected(workspace) as connection:
        report = await check(connection, checks, limits, workspace.config.ui.expiring)
    for remark in remarks(report.listed):
        context.console.say(remark)
    _show(context, report)
    if report.findings:
        context.console.end(ExitCode.FAILED)  # also where it is to be quiet, before they are noted
    context.console.results.flush()
    # A finding that could not be written must be found again.
    if options.new and not context.console.results.are_lost:
        key, text = connection.account.key, limits.filter_text
        await asyncio.to_thread(checks.remember, key, report.seen, text)
        if not report.compares:
            narrowed = " with this filter" if text else ""
            context.console.warn(
                f"No earlier check --new of this account{narrowed} is known: this one only notes "
                "its clients and networks",
                "Nothing was compared. The next one finds what is new since now.",
            )
    if report.trouble is not None:
        context.console.show_error(report.trouble)
    return report


def _show(context: VerbContext, report: "CheckReport") -> None:
    console = context.console
    if context.options.json:
        console.result_json(_as_json(report))
        return
    figures, text = report.figures, safe(report.filter_text, 200)
    ends = figures.token_expires_at
    narrowed = f" ({text})" if text else ""
    issued = UNKNOWN if figures.issued_24h is None else f"{figures.issued_24h:,}"
    own = "no token of our own" if ends is None else f"own token expires {moment(ends)}"
    console.report(
        f"{safe(report.account)}{narrowed}: {figures.live:,} live, {figures.expiring:,} expiring, "
        f"{issued} in the last 24 hours; {own}"
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
        "It changes nothing on the server, but for a new token of our own with --refresh. Only "
        "--new notes what it found: the next check with the same filter then finds it again only "
        "if more of it came."
    ),
    examples=(
        Example("qiscus-tui check --new --max-live 500", "exit 1 if anything needs a look"),
        Example("qiscus-tui check --min-ttl 7d --refresh", "renew our own token a week ahead"),
        Example(
            "qiscus-tui check --all-accounts --metrics /var/lib/metrics/qiscus.prom",
            "numbers for Prometheus",
        ),
    ),
    changes=True,
    finds=always,
    each_account=True,
)
