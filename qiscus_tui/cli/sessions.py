"""`sessions`: list every live session, one by one or in groups."""

import argparse
import asyncio
from collections.abc import Mapping
from typing import NamedTuple, Self

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui import query
from qiscus_tui.cli.options import flag, whole_number
from qiscus_tui.cli.output.tables import group_table, remarks, session_table
from qiscus_tui.cli.plan_options import add_filter, filter_query
from qiscus_tui.cli.verbs import Context, Example, Verb
from qiscus_tui.cli.workspace import connected, in_entry, named_entry
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.group_keys import GROUP_KEYS, GroupKey, parse_group_keys
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.sessions.export import Export, ExportFormat
from qiscus_tui.service.sessions.group_export import GroupExport
from qiscus_tui.service.sessions.group_order import (
    GroupFact,
    GroupSort,
    parse_group_sort,
    sorted_groups,
)
from qiscus_tui.service.sessions.groups import grouped, lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.config import View
from qiscus_tui.store.state import remember_ids


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add_filter(parser, "only sessions that match")
    parser.add_argument(
        "--group-by",
        metavar="KEYS",
        type=parse_group_keys,
        help=f"list groups, the largest first: a comma list of {', '.join(GROUP_KEYS)}",
    )
    parser.add_argument(
        "--view", metavar="NAME", help="filter, grouping and order of [view.NAME] in config.toml"
    )
    parser.add_argument(
        "--sort",
        metavar="KEY",
        choices=SORT_KEYS,
        help=f"{', '.join(key.value for key in query.SortKey)} (created, newest first); "
        f"groups: {', '.join(fact.value for fact in GroupFact)} (count), or one of their KEYS",
    )
    flag(parser, "--reverse", "reverse the order")
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 10**9), help="only the first N"
    )
    form = parser.add_mutually_exclusive_group()
    flag(form, "--json", "one JSON array, ASCII")
    flag(form, "--csv", "CSV with a header line")


EVERYTHING = query.parse("")

SORT_KEYS = tuple(dict.fromkeys(one.value for one in (*query.SortKey, *GroupFact, *GroupKey)))
"""Every key that sessions or groups can be sorted by."""


class ListRequest(Struct, frozen=True):
    """Which sessions, in groups by which keys, and in which order."""

    wanted: query.Query
    group_by: tuple[GroupKey, ...]
    """No key for a list of sessions."""
    session_sort: query.SortKey = query.SortKey.CREATED
    group_sort: GroupSort = GroupFact.COUNT
    """The order of the groups, where there are any."""
    reverse: bool = False

    @classmethod
    def of(cls, options: argparse.Namespace, views: Mapping[str, View]) -> Self:
        """Return the request. Raises UsageError.

        Options narrow the view's filter, and replace its grouping and its order. Where they
        replace its grouping, its order is left out.
        """
        base = cls(EVERYTHING, ())
        if options.view is not None:
            base = cls._of(named_entry("view", options.view, views, "filter, group_by or sort"))
        wanted = query.all_of([one for one in (base.wanted, *options.filter) if one.words])
        group_by = options.group_by or base.group_by
        if options.sort or group_by != base.group_by:
            return cls._sorted(wanted, group_by, options.sort, options.reverse)
        return replace(base, wanted=wanted, reverse=options.reverse or base.reverse)

    @classmethod
    def _of(cls, view: View) -> Self:
        with in_entry("view", view.name):
            wanted = filter_query(view.filter) if view.filter else EVERYTHING
            group_by = tuple(map(GroupKey, view.group_by))
            return cls._sorted(wanted, group_by, view.sort, view.reverse)

    @classmethod
    def _sorted(
        cls, wanted: query.Query, group_by: tuple[GroupKey, ...], sort: str | None, reverse: bool
    ) -> Self:
        if not sort:
            return cls(wanted, group_by, reverse=reverse)
        if group_by:
            by = parse_group_sort(sort, group_by)
            return cls(wanted, group_by, group_sort=by, reverse=reverse)
        return cls(wanted, (), session_sort=_session_sort(sort), reverse=reverse)


def _session_sort(text: str) -> query.SortKey:
    names = {key.value: key for key in query.SortKey}
    if text not in names:
        hint = f"Sort them by one of {', '.join(names)}; groups (--group-by) have others."
        raise UsageError(f"Sessions can't be sorted by '{safe(text, 40)}'", hint)
    return names[text]


async def run(context: Context) -> int:
    """List the sessions. Return INCOMPLETE if the list is incomplete."""
    from qiscus_tui.service.token.zoned_list import read_list
    from qiscus_tui.service.visits import mark_without_visiting

    options, console, workspace = context.options, context.console, context.workspace
    request = ListRequest.of(options, workspace.config.views)
    async with connected(workspace) as connection:
        if request.wanted.asks_for_new:
            mark_without_visiting(connection)
        listed = await read_list(connection, console.show_read)
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
    await asyncio.to_thread(
        remember_ids, context.workspace.local_files.paths, ids, found.account_key
    )
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


VERB = Verb(
    add_options,
    run,
    examples=(
        Example("qiscus-tui sessions --filter='client:curl age:>7d'", "curl's, older than a week"),
        Example("qiscus-tui sessions --group-by client,network", "groups, the largest first"),
        Example("qiscus-tui sessions --sort last_used --limit 20", "the 20 that were used last"),
        Example("qiscus-tui sessions --json --filter=is:expiring", "for scripts"),
    ),
)
