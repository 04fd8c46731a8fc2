"""`sessions`: list every live session."""

import argparse
import asyncio

from qiscus_tui import query
from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.option_types import add_filter, whole_number
from qiscus_tui.cli.table import count, remarks, session_table
from qiscus_tui.cli.verbs import Context, Verb
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.service.completion_ids import remember_ids
from qiscus_tui.service.sessions.export import Export, ExportFormat
from qiscus_tui.service.visits import mark_without_visiting


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add_filter(parser, "only sessions that match")
    parser.add_argument(
        "--sort",
        metavar="KEY",
        choices=[key.value for key in query.SortKey],
        default=query.SortKey.CREATED.value,
        help=f"one of {', '.join(key.value for key in query.SortKey)} (created, newest first)",
    )
    parser.add_argument("--reverse", action="store_true", help="reverse the order")
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 10**9), help="only the first N"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON array, ASCII")
    form.add_argument("--csv", action="store_true", help="CSV with a header line")


async def run(context: Context) -> int:
    """List the sessions. Return INCOMPLETE if the list is incomplete."""
    options, console, workspace = context.options, context.console, context.workspace
    wanted = query.all_of(options.filter)
    async with connected(workspace) as connection:
        if wanted.asks_for_new:
            mark_without_visiting(connection)
        listed = await connection.read_list(
            lambda read: console.progress(f"{count(read, 'session')} so far")
        )
        console.end_progress()
        secrets = frozenset((await connection.credentials()).secrets)
        now = connection.server_now()
        moment = query.Moment(now, workspace.config.ui.expiring)
        matching = frozenset(query.select(wanted, listed, moment))
        order = query.order(listed, query.SortKey(options.sort), reverse=options.reverse)
        chosen = [position for position in order if position in matching]
        chosen = chosen[: options.limit]
        ids = (listed.sessions[position].id for position in chosen)
        await asyncio.to_thread(remember_ids, workspace.local_files, ids)
    if options.json or options.csv:
        kind = ExportFormat.JSON if options.json else ExportFormat.CSV
        Export(listed, chosen, secrets, now).write(kind, console.out)
    else:
        for line in session_table(listed, chosen, now, console.out_width):
            console.result(line)
    for remark in remarks(listed):
        console.say(remark)
    if not (options.json or options.csv):
        of_all = f" of {len(listed):,}" if len(chosen) != len(listed) else ""
        console.say(f"{count(len(chosen), 'session')}{of_all}")
    if listed.is_whole:
        return ExitCode.DONE
    console.say("  Try again. If that does not help: qiscus-tui doctor")
    return ExitCode.INCOMPLETE


VERB = Verb(add_options, run)
