"""The sessions that the options of `revoke` select."""

import argparse
from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Self

from qiscus_tui import query
from qiscus_tui.cli.console import Console
from qiscus_tui.cli.stdin_tokens import ids_of_lines, read_tokens
from qiscus_tui.cli.table import gaps
from qiscus_tui.errors import CannotTell, UsageError
from qiscus_tui.model.session import is_full_id
from qiscus_tui.service.revocation.clock_check import check_clocks
from qiscus_tui.service.revocation.plan import Allowed, Selection
from qiscus_tui.service.sessions.session_list import SessionList


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


def must_be_whole(listed: SessionList) -> None:
    """Raise CannotTell for a list that lacks sessions: a rule could not see them."""
    if not listed.is_whole:
        raise CannotTell(
            ". ".join([*gaps(listed), "Nothing was sent"]),
            "Name sessions by id, or add --allow-unreadable to revoke from what was read.",
        )


def _rule(options: argparse.Namespace) -> query.Query | None:
    """Return the query of `--filter` and `--older-than` together; None without either."""
    rules = [*options.filter, *map(query.older_than, options.older_than)]
    return query.all_of(rules) if rules else None
