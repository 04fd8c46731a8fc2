"""`doctor`: check for problems; its output is safe to paste into a ticket."""

import argparse

from qiscus_tui.cli.verbs import Context, Verb
from qiscus_tui.errors import NotConfirmed
from qiscus_tui.exit_codes import ExitCode


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "--try-paths", action="store_true", help="search for other paths of the undocumented calls"
    )
    parser.add_argument("--json", action="store_true", help="the checks as JSON")


async def run(context: Context) -> int:
    """Check. Return FAILED if a check fails."""
    from qiscus_tui.service.doctor import Check, Verdict, examine

    options, console = context.options, context.console
    if options.try_paths and not console.can_ask:
        raise NotConfirmed(
            "--try-paths asks first, and there is no terminal to ask on",
            "Nothing was sent. Run it with stdin and stderr on a terminal.",
        )
    checks: list[Check] = []
    home = context.workspace.environ.get("HOME", "").rstrip("/")
    async for found in examine(context.workspace):
        check = found.without_home(home)
        checks.append(check)
        if not options.json:
            console.result(f"{check.verdict.value:7} {check.name}: {check.words}")
            if check.hint:
                console.result(f"        {check.hint}")
    lines = await _tried(context) if options.try_paths else []
    if options.json:
        shown = [
            {"check": c.name, "verdict": c.verdict.value, "words": c.words, "hint": c.hint}
            for c in checks
        ]
        console.result_json({"checks": shown, "config": lines})
    else:
        for line in lines:
            console.result(line)
    is_bad = any(check.verdict is Verdict.BAD for check in checks)
    return ExitCode.FAILED if is_bad else ExitCode.DONE


async def _tried(context: Context) -> list[str]:
    """Return lines for config.toml with the paths that were found."""
    from qiscus_tui.service.doctor import MOST_TRIES, try_paths

    console = context.console
    question = f"Try up to {MOST_TRIES} other paths on the server, one per second? [y/N] "
    if console.ask(question).lower() not in {"y", "yes"}:
        raise NotConfirmed("Not confirmed", "No other path was tried.")
    found = await try_paths(context.workspace, lambda path: console.say(f"trying {path}"))
    if not found:
        console.say("None of them was found.")
    return [line for call, path in found for line in (f"[api.{call.name}]", f'path = "{path}"')]


VERB = Verb(
    add_options,
    run,
    "It sends no credentials and changes nothing. It cannot find the names of fields.",
)
