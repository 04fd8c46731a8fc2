"""`revoke`: plan, confirm, apply, verify."""

import asyncio

from qiscus_tui import query
from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.plan_options import check_plan_options
from qiscus_tui.cli.plan_run import carry_out, read_for_plan, say_remarks
from qiscus_tui.cli.revoke_request import RevokeRequest
from qiscus_tui.cli.verbs import Context
from qiscus_tui.errors import UsageError
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.revocation.clock_check import check_clocks
from qiscus_tui.service.revocation.plan import Allowed, make_plan
from qiscus_tui.service.revocation.plan_files import read_plan
from qiscus_tui.service.revocation.retention import check_rules
from qiscus_tui.service.seen_ids import seen_before


async def run(context: Context) -> int:
    """Revoke the sessions that the options, or a plan file, name."""
    options, console = context.options, context.console
    check_plan_options(options)
    if options.plan is not None:
        return await _apply_file(context)
    wanted = RevokeRequest.of(options, console)
    async with connected(context.workspace) as connection:
        listed = await read_for_plan(context, connection, rule=wanted.rule, named=wanted.full_ids)
        wanted.check(listed)
        say_remarks(console, listed)
        moment = _moment(context, connection)
        missing = wanted.full_ids - listed.positions.keys()
        seen = await asyncio.to_thread(seen_before, connection, missing)
        selection = wanted.selection(listed, moment, seen)
        plan = make_plan(listed, selection, wanted.allowed, None, moment)
        return await carry_out(context, connection, plan)


async def _apply_file(context: Context) -> int:
    """Revoke what a plan file names and is still listed."""
    options, console = context.options, context.console
    selects = (options.ids, options.filter, options.older_than, options.token_stdin, options.out)
    if any(selects):
        raise UsageError(
            "--plan can't be combined with session ids, --filter, --older-than, --token-stdin or "
            "--out",
            "Everything in the plan is revoked. To revoke less, make another plan.",
        )
    allowed = Allowed(options.include_current, options.include_protected, empty=options.allow_empty)
    async with connected(context.workspace) as connection:
        key = context.workspace.local_files.plan_key()
        stored = read_plan(options.plan, connection.account, key)
        listed = await read_for_plan(context, connection, rule=None, named=stored.ids)
        if stored.retention is not None:
            check_rules(listed.sessions, stored.retention.rules)
        if not options.allow_clock_offset:
            check_clocks(listed, stored.query, stored.retention)
        say_remarks(console, listed)
        plan = stored.on(listed, allowed, _moment(context, connection))
        console.say(stored.changes(plan))
        return await carry_out(context, connection, plan)


def _moment(context: Context, connection: Connection) -> query.Moment:
    return query.Moment(connection.server_now(), context.workspace.config.ui.expiring)
