"""`known`: the integrations that have a name, and may be protected; add one, forget one."""

import argparse
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from qiscus_tui.cli.options import flag
from qiscus_tui.cli.output.console import record
from qiscus_tui.cli.output.text_table import TextColumn, text_table
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import QiscusTuiError, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.account import Account
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.account.integrations import (
    Integration,
    Integrations,
    integration,
    integrations_of,
)
from qiscus_tui.store.file_checks import quoted

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    kinds, words = ["add", "forget"], "name an integration, or forget one"
    add("what", nargs="?", choices=kinds, metavar="add|forget", help=words)
    add("forgotten", nargs="?", metavar="LABEL", help="the label to forget")
    add("--client", metavar="C", help="its client's name without version, such as GuzzleHttp")
    add("--ip", metavar="N", help="its network, such as 10.2 or 10.2.0.0/16")
    add("--label", metavar="L", help="what it is called from now on")
    flag(parser, "--protect", "keep its sessions out of plans")
    flag(parser, "--yes", "with forget: skip the confirmation for a protected one")
    flag(parser, "--json", "the list as JSON")


COLUMNS = (
    TextColumn("LABEL", 5),
    TextColumn("CLIENT", 4, least=12),
    TextColumn("NETWORK", 3),
    TextColumn("PROTECTED", 2),
    TextColumn("NAMED IN", 1),
)

NOT_CHANGED = "Nothing was changed."
LIST_TIME = 20.0
"""Seconds that the list may take, to say how many sessions a new integration has."""


def run(context: VerbContext) -> Coroutine[object, object, int] | int:
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
    if options.yes and options.what != "forget":
        raise UsageError("--yes is for known forget", "Leave it out.")
    if context.workspace.demo is not None or options.what == "add":
        return _connected(context)
    return _run_for(context, context.workspace.choose().account)


async def _connected(context: VerbContext) -> int:
    async with connected(context.workspace) as connection:
        code = _run_for(context, connection.account)
        if context.options.what == "add":
            await _say_how_many(context, connection)
        return code


def _run_for(context: VerbContext, account: Account) -> int:
    integrations = integrations_of(context.workspace, account)
    match context.options.what:
        case "add":
            return _add(context, integrations)
        case "forget":
            return _forget(context, integrations)
        case _:
            return _list(context, integrations)


async def _say_how_many(context: VerbContext, connection: "Connection") -> None:
    """Say how many sessions the new integration has now, if the list can be read soon."""
    import asyncio  # only here: a list of what is known needs no event loop

    added, console = _named(context), context.console
    try:
        async with asyncio.timeout(LIST_TIME):
            listed = await connection.read_list()
    except (QiscusTuiError, TimeoutError) as error:
        reason = f": {error.message}" if isinstance(error, QiscusTuiError) else " in time"
        console.say(f"Not compared with the sessions: the list could not be read{reason}")
        return
    count = listed.count_of(added.known)
    verb = "belongs" if count == 1 else "belong"
    console.say(f"{count:,} of {counted(len(listed), 'session')} {verb} to it now")
    if not count:
        console.say("  Compare its client and network with: qiscus-tui sessions --group-by client")


def _list(context: VerbContext, integrations: Integrations) -> int:
    console, found = context.console, integrations.all()
    if context.options.json:
        console.result_array(_as_json(integrations, one) for one in found)
    elif not found:
        console.say("No integration has a name. Name one with: qiscus-tui known add --help")
    else:
        console.result_lines(
            text_table(COLUMNS, [_cells(integrations, one) for one in found], console.out_width)
        )
    return ExitCode.DONE


def _add(context: VerbContext, integrations: Integrations) -> int:
    options = context.options
    if options.forgotten is not None or options.label is None:
        raise UsageError(
            "known add needs --label, and takes no other words",
            "Write: qiscus-tui known add --client C --ip N --label L",
        )
    added = _named(context)
    protecting = None if added.protect else integrations.protecting(added)
    if protecting is not None:
        raise UsageError(
            f"This would end a protection: {protecting.description}",
            "Nothing was changed. Add --protect, or first: qiscus-tui known forget "
            f"{quoted(protecting.label)}",
        )
    integrations.name(added)
    what = "is protected" if added.protect else "is known, and not protected"
    context.console.report(f"{safe(added.label)} ({added.words}) {what}")
    return ExitCode.DONE


def _named(context: VerbContext) -> Integration:
    options = context.options
    client, ip = options.client or "", options.ip or ""
    return integration(options.label, client, ip, protect=options.protect)


def _forget(context: VerbContext, integrations: Integrations) -> int:
    label = context.options.forgotten
    if label is None:
        raise UsageError("known forget needs a label", "See what is known: qiscus-tui known")
    _confirm(context, integrations, label)
    forgotten = integrations.forget(label)
    unprotected = any(one.protect for one in forgotten)
    words = ": its sessions are no longer protected by it" if unprotected else ""
    context.console.report(f"Forgot {safe(label)}{words}")
    return ExitCode.DONE


def _confirm(context: VerbContext, integrations: Integrations, label: str) -> None:
    """Ask before a protection ends. Raises UsageError."""
    options, console = context.options, context.console
    protecting = [one for one in integrations.all() if one.label == label and one.protect]
    if options.yes or all(map(integrations.is_configured, protecting)):
        return
    for one in protecting:
        console.say(one.description)
    console.must_ask(
        "Its sessions would no longer be protected", f"{NOT_CHANGED} Add --yes to forget it."
    )
    console.must_confirm("Forget it, and end its protection?", unchanged=NOT_CHANGED)


def _cells(integrations: Integrations, one: Integration) -> tuple[str, ...]:
    return (
        safe(one.label),
        safe(one.client),
        safe(one.ip),
        "yes" if one.protect else "",
        "config.toml" if integrations.is_configured(one) else "here",
    )


def _as_json(integrations: Integrations, one: Integration) -> dict[str, object]:
    source = "config" if integrations.is_configured(one) else "state"
    return {**record(one, "label", "client", "ip", "protect"), "source": source}


VERB = Verb(
    add_options,
    run,
    not_done=(
        "Naming changes nothing on the server. What config.toml names can be changed only there."
    ),
    examples=(
        Example(
            "qiscus-tui known add --client GuzzleHttp --label 'billing cron' --protect",
            "name an integration, and keep it out of plans",
        ),
        Example(
            "qiscus-tui known forget 'billing cron'", "forget the name; asks if it is protected"
        ),
    ),
)
