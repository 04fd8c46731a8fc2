"""`doctor`: check for problems; its output is safe to paste into a ticket."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.verbs import Context
from qiscus_tui.errors import NotConfirmed, OutOfReach, UsageError
from qiscus_tui.exit_codes import ExitCode

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection
    from qiscus_tui.service.contract_check.report import ContractReport


async def run(context: Context) -> int:
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
        config = report.notebook.config if report is not None else ()
        console.result_json({"checks": checks, "config": config, **_live_json(report)})
    if report is not None and report.exit_code:
        return report.exit_code
    return ExitCode.FAILED if is_bad else ExitCode.DONE


async def _checked(context: Context) -> tuple[list[dict[str, object]], bool]:
    """Return every check for `--json`, and whether one of them failed."""
    from qiscus_tui.service.doctor import Verdict, examine

    console = context.console
    checks: list[dict[str, object]] = []
    is_bad = False
    home = context.workspace.environ.get("HOME", "").rstrip("/")
    async for found in examine(context.workspace):
        check = found.without_home(home)
        is_bad = is_bad or check.verdict is Verdict.BAD
        checks.append(
            {
                "check": check.name,
                "verdict": check.verdict.value,
                "words": check.words,
                "hint": check.hint,
            }
        )
        if not context.options.json:
            console.result(f"{check.verdict.value:7} {check.name}: {check.words}")
            if check.hint:
                console.result(f"        {check.hint}")
    return checks, is_bad


async def _confirm(context: Context, connection: "Connection") -> None:
    """Have `--live` confirmed. Raises NotConfirmed, ReadOnly, NoLongLivedToken."""
    console = context.console
    connection.must_be_writable()
    await connection.long_lived()
    if context.options.yes:
        return
    if not console.can_ask:
        raise NotConfirmed(
            "--live asks first, and there is no terminal to ask on",
            "Nothing was sent. To skip the confirmation, add --yes.",
        )
    console.say(
        f"This makes two tokens of {connection.name}, revokes one of them and logs out the other. "
        "It sends no other token to these calls."
    )
    if console.ask("Continue? [y/N] ").lower() not in {"y", "yes"}:
        raise NotConfirmed("Not confirmed", "Nothing was sent.")


async def _proved(context: Context, connection: "Connection") -> "ContractReport":
    """Return what `--live` found; the text of it is shown."""
    from qiscus_tui.cli.contract_report import report_lines
    from qiscus_tui.service.contract_check.proving import ContractCheck

    console = context.console
    report = await ContractCheck(connection, console.progress).run()
    if report.lacks_list:
        try:
            report.notebook.config = await _other_paths(context)
        except OutOfReach as error:
            report.notebook.trouble.append(error)
    console.end_progress()
    if not context.options.json:
        console.result()
        for line in report_lines(report):
            console.result(line)
    for error in report.notebook.trouble:
        console.show_error(error)
    return report


async def _other_paths(context: Context) -> tuple[str, ...]:
    """Return lines for config.toml with the likely paths that exist. Raises OutOfReach."""
    from qiscus_tui.service.doctor import try_paths

    progress = context.console.progress
    found = await try_paths(context.workspace, lambda path: progress(f"Trying {path}"))
    return tuple(
        line for call, path in found for line in (f"[api.{call.name}]", f'path = "{path}"')
    )


def _live_json(report: "ContractReport | None") -> dict[str, object]:
    from qiscus_tui.cli.contract_report import report_json

    return {} if report is None else {"live": report_json(report)}
