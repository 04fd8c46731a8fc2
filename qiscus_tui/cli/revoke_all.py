"""`revoke-all`: end every session, and keep the new token that this gives."""

import argparse
import asyncio

from qiscus_tui.cli.ending import finished
from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.table import count, remarks
from qiscus_tui.cli.verb import Context, Verb
from qiscus_tui.errors import NotConfirmed, StorageError, UsageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.revocation.outcomes import LOOK_AGAIN_HINT, NOT_WHOLE
from qiscus_tui.service.revoke_all import RevokeAllResult, revoke_all
from qiscus_tui.service.session_list import SessionList


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--dry-run", action="store_true", help="say what would end; send nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask for the app code")
    parser.add_argument("--json", action="store_true", help="the result as JSON")


async def run(context: Context) -> int:
    """End every session of the user."""
    options, console = context.options, context.console
    async with connected(context.workspace) as connection:
        if not options.dry_run:
            connection.must_be_writable()
            if connection.storage is Storage.ENVIRONMENT and not console.can_ask:
                raise UsageError(
                    "revoke-all with credentials from the environment needs a terminal",
                    "The server may give a new long-lived token, which could only be shown. "
                    "Log in first: qiscus-tui login",
                )
        listed = await connection.read_list(
            lambda read: console.progress(f"{count(read, 'session')} so far")
        )
        console.end_progress()
        for remark in remarks(listed):
            console.say(remark)
        if options.dry_run:
            if options.json:
                ids = [session.id for session in listed.sessions]
                plan = {"plan": {"targets": ids, "left_out": list[str]()}}
                console.result_json(plan)
            else:
                console.result(f"{count(len(listed), 'session')} would be revoked")
                console.say("Dry run: nothing was sent.")
            return 0
        if not options.yes:
            _confirm(context, connection, listed)
        # Once its call is sent, a signal waits until it is known what became of it.
        begun = asyncio.Event()
        result = await finished(
            context.console,
            revoke_all(connection, listed, begun),
            begun.is_set,
            lambda result: _show(context, listed, result),
        )
    return _show(context, listed, result)


def _confirm(context: Context, connection: Connection, listed: SessionList) -> None:
    console, app_code = context.console, connection.account.app_code
    if not console.can_ask:
        raise NotConfirmed(
            f"Revoking all {count(len(listed), 'session')} needs a yes, and nobody can be asked",
            "Nothing was sent. To go on without a question, add --yes.",
        )
    console.say(
        f"This ends {count(len(listed), 'session')} of {connection.name}: every integration and "
        "browser that uses one of these tokens stops. It cannot be undone."
    )
    if console.ask(f"Type the app code ({app_code}) to go on: ") != app_code:
        raise NotConfirmed("Not confirmed", "Nothing was sent.")


def _show(context: Context, listed: SessionList, result: RevokeAllResult) -> int:
    console = context.console
    if context.options.json:
        console.result_json(_as_json(listed, result))
    else:
        console.result(result.words)
    if result.unanswered is not None:
        console.tell(result.unanswered)
        if result.nothing_ended:
            console.say("  Nothing was ended.")
        else:
            how = "" if result.trouble else " Get one: qiscus-tui refresh"
            console.say(f"  The new token did not arrive.{how}")
    if result.unstored is not None:
        console.tell(result.unstored)
        if result.new_long_lived is not None and console.can_ask:
            console.say("  The new long-lived token, shown this once:")
            console.say(f"  {result.new_long_lived}")
        else:
            console.say("  Log in again: qiscus-tui login")
        return StorageError.exit_code
    if result.trouble is not None:
        console.tell(result.trouble)
    if result.unwritten is not None:
        console.tell(result.unwritten)
    if result.unanswered is not None:
        return result.unanswered.exit_code
    if result.still_listed != 0:
        if result.still_listed:
            console.say(f"  {LOOK_AGAIN_HINT}")
        return NOT_WHOLE
    return 0 if result.unwritten is None else result.unwritten.exit_code


def _as_json(listed: SessionList, result: RevokeAllResult) -> dict[str, object]:
    def outcome(session_id: str) -> str:
        if result.still_listed is None or result.listed is None:
            return "unknown"
        return "failed" if result.listed.get(session_id) else "revoked"

    reasons = {"failed": "still listed"}
    if result.trouble is not None:
        reasons["unknown"] = result.trouble.message
    ids = [session.id for session in listed.sessions]
    return {
        "plan": {"targets": ids, "left_out": list[str]()},
        "outcomes": [
            {"id": one, "outcome": outcome(one), "reason": reasons.get(outcome(one))} for one in ids
        ],
    }


VERB = Verb(
    add_options,
    run,
    "It does not end the long-lived token; no known call does.",
)
