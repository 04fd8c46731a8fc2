"""`sessions`: list every live session, one by one or in groups."""

import argparse
import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from qiscus_tui import query
from qiscus_tui.cli.options import MOST, flag, named_entry, whole_number
from qiscus_tui.cli.output.tables import group_table, remarks, session_table
from qiscus_tui.cli.plan_options import add_filter, entry_filter
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.group_keys import GROUP_KEYS, GroupKey, parse_group_keys
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.sessions.export import (
    CSV_COLUMNS,
    GROUP_FACTS,
    Export,
    csv_lines,
    group_records,
)
from qiscus_tui.service.sessions.groups import (
    GroupFact,
    GroupSort,
    grouped,
    lacking,
    parse_group_sort,
    sorted_groups,
)
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.config import View
from qiscus_tui.store.state import remember_ids


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add_filter(parser, "only sessions that match")
    words = f"list groups, the largest first: a comma list of {', '.join(GROUP_KEYS)}"
    add("--group-by", metavar="KEYS", type=parse_group_keys, help=words)
    words = "filter, grouping and order of [view.NAME] in config.toml"
    add("--view", metavar="NAME", help=words)
    words = (
        f"{', '.join(key.value for key in query.SortKey)} (created, newest first); "
        f"groups: {', '.join(fact.value for fact in GroupFact)} (count), or one of their KEYS"
    )
    add("--sort", metavar="KEY", choices=SORT_KEYS, help=words)
    flag(parser, "--reverse", "reverse the order")
    add("--limit", metavar="N", type=whole_number(1, MOST), help="only the first N")
    form = parser.add_mutually_exclusive_group()
    flag(form, "--json", "one JSON array, ASCII")
    flag(form, "--csv", "CSV with a header line")


SORT_KEYS = tuple(dict.fromkeys(one.value for one in (*query.SortKey, *GroupFact, *GroupKey)))
"""Every key that sessions or groups can be sorted by."""


class ListRequest(Struct, frozen=True):
    """Which sessions, in groups by which keys, and in which order."""

    wanted: query.Query
    group_by: tuple[GroupKey, ...]
    """No key for a list of sessions."""
    sort: query.SortKey | GroupSort
    """Of sessions the first, of groups one of the others."""
    reverse: bool


def _request(options: argparse.Namespace, views: Mapping[str, View]) -> ListRequest:
    """Return what is listed. Raises UsageError.

    Options narrow the view's filter, and replace its grouping and its order. Where they replace
    its grouping, its order is left out.
    """
    filters: list[query.Query] = options.filter
    group_by: tuple[GroupKey, ...] = options.group_by or ()
    sort: str | None = options.sort
    reverse: bool = options.reverse
    if options.view is not None:
        view = named_entry("view", options.view, views, "filter, group_by or sort")
        filters = [*entry_filter("view", view.name, view.filter), *filters]
        keys = tuple(map(GroupKey, view.group_by))
        if not sort and group_by in {(), keys}:
            sort, reverse = view.sort, reverse or view.reverse
        group_by = group_by or keys
    return ListRequest(query.all_of(filters), group_by, _sort_key(sort, group_by), reverse)


def _sort_key(text: str | None, group_by: tuple[GroupKey, ...]) -> query.SortKey | GroupSort:
    """Return the key of an order that sessions, or these groups, have. Raises UsageError."""
    if group_by:
        return parse_group_sort(text, group_by) if text else GroupFact.COUNT
    names = {key.value: key for key in query.SortKey}
    if text and text not in names:
        hint = f"Sort them by one of {', '.join(names)}; groups (--group-by) have others."
        raise UsageError(f"Sessions can't be sorted by '{safe(text, 40)}'", hint)
    return names[text] if text else query.SortKey.CREATED


async def run(context: VerbContext) -> int:
    """List the sessions. Return INCOMPLETE if the list is incomplete."""
    from qiscus_tui.service.token.refresh import read_list

    options, console, workspace = context.options, context.console, context.workspace
    request = _request(options, workspace.config.views)
    async with connected(workspace) as connection:
        if request.wanted.asks_for_new:
            connection.mark_new_since_last_visit()
        listed = await read_list(connection, console.show_read)
        console.end_progress()
        secrets = frozenset((await connection.credentials()).secrets)
        moment = query.Moment(connection.server_now(), workspace.config.ui.expiring)
        positions = query.select(request.wanted, listed, moment)
        found = _Found(listed, positions, moment, secrets, connection.account.key)
        if isinstance(request.sort, query.SortKey):
            summary = await _list_sessions(context, request, request.sort, found)
        else:
            summary = _list_groups(context, request, request.sort, found)
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


async def _list_sessions(
    context: VerbContext, request: ListRequest, sort: query.SortKey, found: _Found
) -> str:
    """Print the sessions, and return how many they are."""
    options, console, listed = context.options, context.console, found.listed
    chosen = query.ordered(listed, found.positions, sort, reverse=request.reverse)[: options.limit]
    ids = (listed.sessions[position].id for position in chosen)
    await asyncio.to_thread(
        remember_ids, context.workspace.local_files.paths, ids, found.account_key
    )
    now = found.moment.server_now
    export = Export(listed, chosen, found.secrets, now)
    if options.json:
        console.result_array(export.records())
    elif options.csv:
        console.result_lines(csv_lines(CSV_COLUMNS, export.records()))
    else:
        console.result_lines(session_table(listed, chosen, now, console.out_width))
    of_all = f" of {len(listed):,}" if len(chosen) != len(listed) else ""
    return f"{counted(len(chosen), 'session')}{of_all}"


def _list_groups(context: VerbContext, request: ListRequest, sort: GroupSort, found: _Found) -> str:
    """Print the groups, and return how many they are. Raises UsageError."""
    options, console, listed = context.options, context.console, found.listed
    why = lacking(listed, request.group_by)
    if why is not None:
        raise UsageError(why, "Give other keys with --group-by.")
    groups = grouped(listed, request.group_by, found.moment, found.positions)
    shown = sorted_groups(groups, sort, reverse=request.reverse)[: options.limit]
    records = group_records(listed, shown, found.secrets)
    if options.json:
        console.result_array(records)
    elif options.csv:
        columns = (*(key.value for key in request.group_by), *GROUP_FACTS)
        console.result_lines(csv_lines(columns, records))
    else:
        now = found.moment.server_now
        console.result_lines(group_table(listed, request.group_by, shown, now, console.out_width))
    of_all = f" of {len(groups):,}" if len(shown) != len(groups) else ""
    return f"{counted(len(shown), 'group')}{of_all}, {counted(len(found.positions), 'session')}"


VERB = Verb(
    add_options,
    run,
    examples=(
        Example("qiscus-tui sessions --filter='client:curl age:>7d'", "curl's, older than a week"),
        Example("qiscus-tui sessions --group-by client,network", "groups, the largest first"),
        Example("qiscus-tui sessions --sort last_used --limit 20", "the 20 that were used last"),
        Example("qiscus-tui sessions --json --filter=is:expiring", "for scripts"),
    ),
    each_account=True,
)
