"""`revoke`: plan, confirm, apply, verify."""

import argparse
import asyncio
from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Self

from qiscus_tui import query
from qiscus_tui.cli.id import ids_of_lines, read_tokens
from qiscus_tui.cli.options import (
    add_filter,
    add_plan_options,
    check_plan_options,
    duration,
    file_path,
    session_id,
)
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.output.plan import must_be_whole
from qiscus_tui.cli.verbs import Context, Example, Verb
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import CannotTell, UsageError
from qiscus_tui.model.session import is_full_id
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.clock_check import check_clocks
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.plan_files import read_plan
from qiscus_tui.service.revocation.retention import check_rules
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.plan_file import plan_key


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add(
        "ids",
        metavar="ID",
        nargs="*",
        type=session_id,
        help="a session's id, or its first 8 digits or more",
    )
    add_filter(parser, "every session that matches")
    add("--token-stdin", action="store_true", help="the sessions of the tokens on stdin")
    add(
        "--older-than",
        metavar="AGE",
        type=duration,
        action="append",
        default=[],
        help="sessions created longer ago than this, such as 7d",
    )
    add(
        "--plan",
        metavar="FILE",
        type=file_path,
        help="what a plan file names that --dry-run --out wrote, as far as it is still listed",
    )
    add_plan_options(parser)


@dataclass(frozen=True)
class RevokeRequest:
    """Sessions by id, or by a rule."""

    ids: tuple[str, ...]
    """Ids and prefixes, as typed."""
    token_ids: tuple[str, ...]
    """Ids of the tokens on stdin."""
    rule: query.Query | None
    """`--filter` and `--older-than` together."""
    aged: query.Query | None
    """`--filter` alone: the sessions whose age `--older-than` judges; None without that."""
    allow_unreadable: bool
    allow_clock_offset: bool
    allowed: Allowed

    @classmethod
    def of(cls, options: argparse.Namespace, console: Console) -> Self:
        """Return the request of the options. Raises UsageError."""
        by_id = bool(options.ids) or options.token_stdin
        rule = _rule(options)
        if by_id and rule is not None:
            raise UsageError(
                "Session ids can't be combined with a filter",
                "Give session ids, or a filter, not both.",
            )
        if not by_id and rule is None:
            raise UsageError(
                "Nothing to revoke was named",
                "Give session ids, --filter=WORDS or --older-than 7d; "
                "for every session: revoke-all",
            )
        return cls(
            ids=tuple(options.ids),
            token_ids=ids_of_lines(read_tokens(console)) if options.token_stdin else (),
            rule=rule,
            aged=query.all_of(options.filter) if options.older_than else None,
            allow_unreadable=options.allow_unreadable,
            allow_clock_offset=options.allow_clock_offset,
            allowed=Allowed(options.include_current, options.include_protected),
        )

    @property
    def full_ids(self) -> frozenset[str]:
        """The full ids that were named."""
        return frozenset(filter(is_full_id, (*self.ids, *self.token_ids)))

    def check(self, listed: SessionList) -> None:
        """Raise UsageError or CannotTell if the list lacks what is needed to decide."""
        if self.rule is not None:
            if not self.allow_unreadable:
                must_be_whole(listed)
            if not self.allow_clock_offset:
                check_clocks(listed, self.rule)
        elif self._may_be_masked(listed):
            raise CannotTell(
                "The server does not list full tokens: can't tell which session a token belongs to",
                "Name the session by its id. See: qiscus-tui sessions",
            )

    def _may_be_masked(self, listed: SessionList) -> bool:
        unknown = any(token_id not in listed.positions for token_id in self.token_ids)
        return unknown and any(session.token is None for session in listed.sessions)

    def selection(
        self, listed: SessionList, moment: query.Moment, seen: Set[str] = frozenset()
    ) -> Selection:
        """Return the selected sessions, newest first, as `sessions` lists them.

        `seen` are ids that this account is known to have listed. Raises UsageError for an unknown
        or ambiguous prefix.
        """
        if self.rule is None:
            chosen = self._named(listed, seen)
        else:
            found = query.select(self.rule, listed, moment)
            doubt = "" if found else self._doubt(listed, moment)
            chosen = Selection(found, "matches", rule=self.rule, doubt=doubt)
        return replace(chosen, positions=query.ordered(listed, chosen.positions))

    def _doubt(self, listed: SessionList, moment: query.Moment) -> str:
        """Return why none is selected, where the list lacks what the filter asks for."""
        if self.rule is not None and (lack := query.unanswerable(self.rule, listed.sessions)):
            return lack
        found = [] if self.aged is None else query.select(self.aged, listed, moment)
        has_age = any(listed.sessions[position].created_at is not None for position in found)
        return "" if has_age or not found else "the age of these sessions is unknown"

    def _named(self, listed: SessionList, seen: Set[str]) -> Selection:
        by_id = {text: listed.find(text) for text in self.ids}
        by_token = {token_id: listed.get(token_id) for token_id in self.token_ids}
        named = (*by_id.values(), *by_token.values())
        missing = [text.strip().lower() for text, session in by_id.items() if session is None]
        return Selection(
            [listed.positions[session.id] for session in named if session is not None],
            "named",
            named=True,
            gone=tuple(one for one in missing if one in seen),
            unlisted=(
                *(one for one in missing if one not in seen),
                *(one for one, session in by_token.items() if session is None),
            ),
        )


def _rule(options: argparse.Namespace) -> query.Query | None:
    """Return the query of `--filter` and `--older-than` together; None without either."""
    rules = [*options.filter, *map(query.older_than, options.older_than)]
    return query.all_of(rules) if rules else None


async def run(context: Context) -> int:
    """Revoke the sessions that the options, or a plan file, name."""
    from qiscus_tui.cli.plan_flow import carry_out, read_for_plan, say_remarks
    from qiscus_tui.service.seen_ids import seen_before

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
    from qiscus_tui.cli.plan_flow import carry_out, read_for_plan, say_remarks

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
        key = plan_key(context.workspace.local_files.paths)
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


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It ends sessions of the logged-in user only. It does not end the long-lived token; no "
        "known call does."
    ),
    examples=(
        Example("qiscus-tui revoke 3fa9c01b", "one session, by its id or the beginning of it"),
        Example(
            "qiscus-tui revoke --filter='client:=GuzzleHttp idle:>7d' --dry-run",
            "see what would be revoked",
        ),
        Example(
            "qiscus-tui revoke --older-than 14d --yes --max 500",
            "without a question; more than 500 is an error",
        ),
        Example("qiscus-tui revoke --plan plan.json", "what a plan file names"),
        Example(
            "qiscus-tui revoke --token-stdin --yes <leaked.txt", "the session of a leaked token"
        ),
    ),
    changes=True,
    words_anywhere=True,
)
