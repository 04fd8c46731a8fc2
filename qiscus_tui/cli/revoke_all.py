"""`revoke-all`: end every session, and store the new token from the answer."""

import argparse
import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from qiscus_tui.cli.options import flag
from qiscus_tui.cli.output.console import NOT_SENT, record
from qiscus_tui.cli.output.text_table import outcome_lines
from qiscus_tui.cli.plan_options import add_reason, must_be_allowed
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import account_fields, account_line, connected, fit_login_hint
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.account import Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.session_list import SessionList

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.revocation.revoke_all import RevokeAllResult


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    flag(parser, "--dry-run", "show what would end; send nothing")
    flag(parser, "--yes", "skip the confirmation")
    add_reason(parser)
    flag(parser, "--json", "the result as JSON")


async def run(context: VerbContext) -> int:
    """End every session of the user."""
    from qiscus_tui.cli.interrupts import finished
    from qiscus_tui.cli.output.tables import remarks
    from qiscus_tui.service.revocation.revoke_all import all_sessions, consequences, revoke_all

    options, console = context.options, context.console
    async with connected(context.workspace) as connection:
        must_be_allowed(options, connection)
        is_given = connection.storage is Storage.ENVIRONMENT
        if not options.dry_run and is_given and not console.has_terminal:
            raise UsageError(
                "revoke-all with credentials from the environment needs a terminal",
                "The server may return a new long-lived token, which could only be shown. "
                "Run it on a terminal, or unset the QISCUS_* credentials and log in.",
            )
        listed = await connection.read_list(console.show_read)
        console.end_progress()
        for remark in remarks(listed):
            console.say(remark)
        if options.dry_run:
            _show_plan(context, connection, listed, all_sessions(listed))
            return ExitCode.DONE if listed.is_whole else ExitCode.INCOMPLETE
        if not options.yes:
            _confirm(context, connection, listed, all_sessions(listed), consequences(listed))

        # Once the call is sent, a signal waits until the new tokens are stored.
        begun = asyncio.Event()
        ending = revoke_all(connection, listed, begun, options.reason or "")
        show = partial(_show, context, connection, listed)
        result = await finished(context.console, ending, begun.is_set, show)
    return show(result)


def _show_plan(
    context: VerbContext, connection: "Connection", listed: SessionList, sessions: str
) -> None:
    console = context.console
    protected = _protected(listed)
    if context.options.json:
        console.result_json({**account_fields(connection), "plan": _plan_json(listed)})
        if protected:
            console.say(protected)
        return
    console.result(account_line(connection))
    console.result(f"To revoke: {sessions}")
    if protected:
        console.result(protected)
    console.say("Dry run: nothing was sent.")


def _plan_json(listed: SessionList) -> dict[str, Sequence[str]]:
    return {"targets": [session.id for session in listed.sessions], "left_out": []}


def _protected(listed: SessionList) -> str:
    """Return `3 protected among them: billing cron 2, backup 1`; empty if there are none."""
    protected = listed.protected_by_label
    if not protected:
        return ""
    labels = ", ".join(f"{safe(label)} {number:,}" for label, number in protected.most_common())
    return f"{protected.total():,} protected among them: {labels}"


def _confirm(
    context: VerbContext,
    connection: "Connection",
    listed: SessionList,
    sessions: str,
    consequences: Sequence[str],
) -> None:
    console, app_code = context.console, connection.account.app_code
    console.must_ask(
        f"Revoking {sessions} needs confirmation",
        f"{NOT_SENT} To skip the confirmation, add --yes.",
    )
    console.say(account_line(connection))
    console.say(f"Revoke {sessions}. This can't be undone.")
    for words in consequences:
        console.say(words)
    if protected := _protected(listed):
        console.say(protected)
    console.must_confirm(f"Type the app code ({app_code}) to continue: ", app_code)


def _show(
    context: VerbContext,
    connection: "Connection",
    listed: SessionList,
    result: "RevokeAllResult",
) -> int:
    console = context.console
    if context.options.json:
        outcomes = [record(one, "id", "outcome", "reason") for one in result.outcomes]
        found = {"plan": _plan_json(listed), "outcomes": outcomes, "others_ended": 0}
        console.result_json({**account_fields(connection), **found})
    else:
        console.report(account_line(connection))
        console.report(result.words)
        if len(result.counts) > 1:  # otherwise all have the same, for what is said below
            for line in outcome_lines(result.not_gone):
                console.report(f"  {line}")
    for error, words in result.troubles:
        fit_login_hint(error, connection, context.workspace)
        console.show_error(error)
        console.say(f"  {words}")
    if result.still_listed and result.sent.failure is None:
        from qiscus_tui.service.revocation.outcomes import LOOK_AGAIN_HINT  # loads httpx

        console.say(f"  {LOOK_AGAIN_HINT}")
    return _exit_code(result)


def _exit_code(result: "RevokeAllResult") -> int:
    sent = result.sent
    if sent.unstored is not None:
        return ExitCode.STORAGE
    if sent.failure is not None and result.nothing_ended:
        return sent.failure.exit_code
    if sent.failure is not None or result.still_listed != 0:
        return ExitCode.INCOMPLETE
    return ExitCode.DONE if result.unwritten is None else result.unwritten.exit_code


VERB = Verb(
    add_options,
    run,
    not_done="It does not end the long-lived token; no known call does.",
    examples=(
        Example("qiscus-tui revoke-all --dry-run", "see what would end"),
        Example("qiscus-tui revoke-all --reason 'token leaked'", "end all, and say why"),
    ),
    changes=True,
)
