"""`known`: the integrations that have a name, and may be protected; add one, forget one."""

from collections.abc import Coroutine

from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.text_table import Column, text_table
from qiscus_tui.cli.verbs import Context
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.account import Account
from qiscus_tui.model.text import safe
from qiscus_tui.service.integrations import Integration, Integrations

COLUMNS = (
    Column("LABEL", 5),
    Column("CLIENT", 4, least=12),
    Column("NETWORK", 3),
    Column("PROTECTED", 2),
    Column("NAMED IN", 1),
)


def run(context: Context) -> Coroutine[object, object, int] | int:
    """List them, name one, or forget one."""
    options = context.options
    describes = (options.client, options.ip, options.label, options.protect or None)
    if options.what != "add" and any(one is not None for one in describes):
        raise UsageError(
            "--client, --ip, --label and --protect are for known add",
            "Name one with: qiscus-tui known add --client C --ip N --label L",
        )
    if options.what is not None and options.json:
        raise UsageError("--json is for the list only", "List them: qiscus-tui known --json")
    if context.workspace.demo is not None:
        return _in_demo(context)
    return _run_for(context, context.workspace.choose().account)


async def _in_demo(context: Context) -> int:
    async with connected(context.workspace) as connection:
        return _run_for(context, connection.account)


def _run_for(context: Context, account: Account) -> int:
    integrations = context.workspace.integrations(account)
    match context.options.what:
        case "add":
            return _add(context, integrations)
        case "forget":
            return _forget(context, integrations)
        case _:
            return _list(context, integrations)


def _list(context: Context, integrations: Integrations) -> int:
    console, found = context.console, integrations.all()
    if context.options.json:
        console.result_json([_as_json(one) for one in found])
    elif not found:
        console.say("No integration has a name. Name one with: qiscus-tui known add --help")
    else:
        for line in text_table(COLUMNS, map(_cells, found), console.out_width):
            console.result(line)
    return ExitCode.DONE


def _add(context: Context, integrations: Integrations) -> int:
    options = context.options
    if options.forgotten is not None or options.label is None:
        raise UsageError(
            "known add needs --label, and takes no other words",
            "Write: qiscus-tui known add --client C --ip N --label L",
        )
    added = Integration(
        options.label,
        options.client or "",
        options.ip or "",
        protect=options.protect,
        is_configured=False,
    )
    replaced = integrations.name(added)
    what = "is protected" if added.protect else "is known, and not protected"
    context.console.result(f"{safe(added.label)} ({added.words}) {what}")
    if replaced is not None and replaced.protect and not added.protect:
        context.console.say(f"It replaces {safe(replaced.label)}, which protected these sessions")
    return ExitCode.DONE


def _forget(context: Context, integrations: Integrations) -> int:
    label = context.options.forgotten
    if label is None:
        raise UsageError("known forget needs a label", "See what is known: qiscus-tui known")
    forgotten = integrations.forget(label)
    unprotected = any(one.protect for one in forgotten)
    words = ": its sessions are no longer protected by it" if unprotected else ""
    context.console.result(f"Forgot {safe(label)}{words}")
    return ExitCode.DONE


def _cells(one: Integration) -> tuple[str, ...]:
    return (
        safe(one.label),
        safe(one.client),
        safe(one.ip),
        "yes" if one.protect else "",
        "config.toml" if one.is_configured else "here",
    )


def _as_json(one: Integration) -> dict[str, object]:
    return {
        "label": one.label,
        "client": one.client or None,
        "ip": one.ip or None,
        "protect": one.protect,
        "source": "config" if one.is_configured else "state",
    }
