"""`sessions`: list every live session, one by one or in groups."""

import asyncio
from typing import NamedTuple

from qiscus_tui import query
from qiscus_tui.cli.group_table import group_table
from qiscus_tui.cli.list_request import ListRequest
from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.table import remarks, session_table
from qiscus_tui.cli.verbs import Context
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import counted
from qiscus_tui.service.completion_ids import remember_ids
from qiscus_tui.service.sessions.export import Export, ExportFormat
from qiscus_tui.service.sessions.group_export import GroupExport
from qiscus_tui.service.sessions.group_order import sorted_groups
from qiscus_tui.service.sessions.groups import grouped, lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.zoned_list import read_list
from qiscus_tui.service.visits import mark_without_visiting


async def run(context: Context) -> int:
    """List the sessions. Return INCOMPLETE if the list is incomplete."""
    options, console, workspace = context.options, context.console, context.workspace
    request = ListRequest.of(options, workspace.config.views)
    async with connected(workspace) as connection:
        if request.wanted.asks_for_new:
            mark_without_visiting(connection)
        listed = await read_list(
            connection, lambda read: console.progress(f"{counted(read, 'session')} so far")
        )
        console.end_progress()
        secrets = frozenset((await connection.credentials()).secrets)
        moment = query.Moment(connection.server_now(), workspace.config.ui.expiring)
        positions = query.select(request.wanted, listed, moment)
        found = _Found(listed, positions, moment, secrets, connection.account.key)
        if request.group_by:
            summary = _list_groups(context, request, found)
        else:
            summary = await _list_sessions(context, request, found)
    for remark in remarks(listed):
        console.say(remark)
    if not (options.json or options.csv):
        console.say(summary)
    if listed.is_whole:
        return ExitCode.DONE
    console.say("  Try again. If that does not help: qiscus-tui doctor")
    return ExitCode.INCOMPLETE


class _Found(NamedTuple):
    """The list, and what the filter leaves of it."""

    listed: SessionList
    positions: list[int]
    moment: query.Moment
    secrets: frozenset[str]
    account_key: str


async def _list_sessions(context: Context, request: ListRequest, found: _Found) -> str:
    """Print the sessions, and return how many they are."""
    options, console, listed = context.options, context.console, found.listed
    sort, reverse = request.session_sort, request.reverse
    chosen = query.ordered(listed, found.positions, sort, reverse=reverse)[: options.limit]
    ids = (listed.sessions[position].id for position in chosen)
    await asyncio.to_thread(remember_ids, context.workspace.local_files, ids, found.account_key)
    now = found.moment.server_now
    export = Export(listed, chosen, found.secrets, now)
    if options.json:
        with console.json_array() as add:
            for record in export.records():
                add(record)
    elif options.csv:
        export.write(ExportFormat.CSV, console.out)
    else:
        for line in session_table(listed, chosen, now, console.out_width):
            console.result(line)
    of_all = f" of {len(listed):,}" if len(chosen) != len(listed) else ""
    return f"{counted(len(chosen), 'session')}{of_all}"


def _list_groups(context: Context, request: ListRequest, found: _Found) -> str:
    """Print the groups, and return how many they are. Raises UsageError."""
    options, console, listed = context.options, context.console, found.listed
    why = lacking(listed, request.group_by)
    if why is not None:
        raise UsageError(why, "Give other keys with --group-by.")
    groups = grouped(listed, request.group_by, found.moment, found.positions)
    shown = sorted_groups(groups, request.group_sort, reverse=request.reverse)[: options.limit]
    export = GroupExport(listed, request.group_by, shown, found.secrets)
    if options.json:
        console.result_json(list(export.records()))
    elif options.csv:
        export.write_csv(console.out)
    else:
        now = found.moment.server_now
        for line in group_table(request.group_by, shown, now, console.out_width):
            console.result(line)
    of_all = f" of {len(groups):,}" if len(shown) != len(groups) else ""
    return f"{counted(len(shown), 'group')}{of_all}, {counted(len(found.positions), 'session')}"
