"""`doctor`: check for problems; its output is safe to paste into a ticket."""

import argparse
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from qiscus_tui.api.contract import Call
from qiscus_tui.api.observation import SeenAnswer
from qiscus_tui.cli.options import flag
from qiscus_tui.cli.output.console import NOT_SENT, record
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected, fit_login_hint
from qiscus_tui.errors import OutOfReach, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.timestamps import rfc3339

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.doctor.live_report import EntryField, LiveReport


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    flag(parser, "--live", "prove the undocumented calls with two tokens made for it, and end both")
    flag(parser, "--yes", "skip the confirmation of --live")
    flag(parser, "--json", "the checks as JSON")


_INDENT = " " * 12


def report_lines(report: "LiveReport") -> Iterator[str]:
    """Yield the lines of the report."""
    at = rfc3339(report.checked_at)
    yield f"The API of {report.server}, checked by qiscus-tui {report.version} at {at}"
    for call, finding in report.findings.items():
        yield f"{finding.verdict.value:11} {_called(call)}: {finding.words}"
        for answer, count in report.answers_to(call):
            yield f"{_INDENT}{_answered(answer, count)}"
    seen = report.observer
    if seen.list_places:
        entries = ", ".join(f"{kind} ×{n}" for kind, n in seen.entries.most_common()) or "none"
        yield f"List at: {', '.join(sorted(seen.list_places))}; entries in all readings: {entries}"
        yield f"Pages: {'; '.join(sorted(seen.paging)) or 'none'}"
        yield f"Our tokens found in: {', '.join(sorted(seen.token_fields)) or 'no field'}"
    for title, known in (("Known", True), ("Unknown", False)):
        if fields := [*report.fields(known=known)]:
            yield f"{title} fields of the entries:"
            yield from (f"  {_field(one, seen.entries.total())}" for one in fields)
    yield from report.notes
    if report.left:
        yield f"May still be valid, made by this check: {', '.join(report.left)}"
    if report.config:
        yield "For config.toml:"
        yield from report.config


def _called(call: Call) -> str:
    body = f' {{"{call.field}": …}}' if call.field else ""
    return f"{call.name} ({call.source.value}) {call.method} {call.path}{body}"


def _answered(answer: SeenAnswer, count: int) -> str:
    times = f" ×{count}" if count > 1 else ""
    said = f' "{answer.message}"' if answer.message else ""
    names = f" {{{', '.join(answer.names)}}}" if answer.names else ""
    return f"answered {answer.status}{times}{said}{names}"


def _field(one: "EntryField", entries: int) -> str:
    fact = f" ({one.fact})" if one.fact else ""
    share = "all" if one.count >= entries else f"{one.count} of {entries}"
    return f"{one.name}{fact}: {', '.join(one.types)}; in {share}"


def _report_json(report: "LiveReport") -> dict[str, object]:
    """Return the report for `--json`; the lines for config.toml are given apart."""
    seen = report.observer
    fields = ("name", "fact", "types", "count")
    return {
        "server": report.server,
        "version": report.version,
        "checked_at": rfc3339(report.checked_at),
        "calls": [_call_json(report, call) for call in report.findings],
        "list": {
            "at": sorted(seen.list_places),
            "pages": sorted(seen.paging),
            "entries": dict(seen.entries.most_common()),
            "own_tokens_in": sorted(seen.token_fields),
            "known_fields": [record(one, *fields) for one in report.fields(known=True)],
            "unknown_fields": [record(one, *fields) for one in report.fields(known=False)],
        },
        "notes": report.notes,
        "left": report.left,
    }


def _call_json(report: "LiveReport", call: Call) -> dict[str, object]:
    return {
        "call": call.name,
        **record(call, "method", "path", "field", "source"),
        **record(report.findings[call], "verdict", "words"),
        "answers": [
            {"status": seen.status, "count": count, **record(seen, "message", "names")}
            for seen, count in report.answers_to(call)
        ],
    }


async def run(context: VerbContext) -> int:
    """Check. Return FAILED if a check fails, or what `--live` found."""
    options, console = context.options, context.console
    if options.yes and not options.live:
        raise UsageError("--yes goes with --live only", "Omit it, or add --live.")
    if context.workspace.config_error is not None and options.live:
        raise context.workspace.config_error
    async with AsyncExitStack() as stack:
        connection = None
        if options.live:
            connection = await stack.enter_async_context(connected(context.workspace))
            await _confirm(context, connection)
        checks, is_bad = await _checked(context)
        report = None if connection is None else await _proved(context, connection)
    if options.json:
        live = {} if report is None else {"live": _report_json(report)}
        config = () if report is None else report.config
        console.result_json({"checks": checks, "config": config, **live})
    if report is not None and report.exit_code:
        return report.exit_code
    return ExitCode.FAILED if is_bad else ExitCode.DONE


async def _checked(context: VerbContext) -> tuple[list[dict[str, object]], bool]:
    """Return every check for `--json`, and whether one of them failed."""
    from qiscus_tui.service.doctor.checks import Health, examine

    console = context.console
    checks: list[dict[str, object]] = []
    is_bad = False
    home = context.workspace.environ.get("HOME", "").rstrip("/")
    async for found in examine(context.workspace):
        check = found.without_home(home)
        is_bad = is_bad or check.verdict is Health.BAD
        words = {"words": check.words, "hint": check.hint}
        checks.append({"check": check.name, "verdict": check.verdict.value, **words})
        if not context.options.json:
            console.report(f"{check.verdict.value:7} {check.name}: {check.words}")
            if check.hint:
                console.report(f"        {check.hint}")
    return checks, is_bad


async def _confirm(context: VerbContext, connection: "Connection") -> None:
    """Have `--live` confirmed. Raises UsageError, ReadOnly, NoLongLivedToken."""
    console = context.console
    connection.must_be_writable()
    await connection.long_lived()
    if context.options.yes:
        return
    console.must_ask("--live asks first", f"{NOT_SENT} To skip the confirmation, add --yes.")
    console.say(
        f"This makes two tokens of {connection.name}, revokes one of them and logs out the other. "
        "It sends no other token to these calls."
    )
    console.must_confirm("Continue?")


async def _proved(context: VerbContext, connection: "Connection") -> "LiveReport":
    """Return what `--live` found; the text of it is shown."""
    from qiscus_tui.service.doctor.checks import try_paths
    from qiscus_tui.service.doctor.live import live_check

    console = context.console
    report = await live_check(connection, console.progress)
    if report.lacks_list:
        try:
            found = await try_paths(
                context.workspace, lambda path: console.progress(f"Trying {path}")
            )
            report.config = tuple(
                line
                for call, path in found.items()
                for line in (f"[api.{call.name}]", f'path = "{path}"')
            )
            if not found:
                report.notes.append("Likely other paths were tried: none exists.")
        except OutOfReach as error:
            report.trouble.append(error)
    console.end_progress()
    if not context.options.json:
        for line in ("", *report_lines(report)):
            console.report(line)
    for error in report.trouble:
        fit_login_hint(error, connection, context.workspace)
        console.show_error(error)
    return report


VERB = Verb(
    add_options,
    run,
    not_done=(
        "Without --live it sends no credentials and changes nothing, and cannot find the names of "
        "fields."
    ),
    examples=(
        Example("qiscus-tui doctor", "what is wrong here?"),
        Example("qiscus-tui doctor --live", "on a new server: does the API work as expected?"),
        Example("qiscus-tui doctor --json", "for a ticket: it has no secrets"),
    ),
    examines=True,
)
