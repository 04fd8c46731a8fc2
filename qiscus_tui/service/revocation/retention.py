"""Retention rules: which sessions of each group stay, and why. Pure.

What any rule keeps stays. What can't be judged stays too: a group without client and network, and a
session of which it is unknown what a rule goes by, its creation or its last use. A list of which no
session has that is not judged at all.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from qiscus_tui.errors import CannotTell
from qiscus_tui.model.durations import as_typed
from qiscus_tui.model.retention_rules import TIMES, RetentionRules
from qiscus_tui.model.session import Session
from qiscus_tui.service.sessions.groups import Group


@dataclass(frozen=True)
class Why:
    """Why a session stays."""

    words: str
    is_judged: bool = True
    """False: it stays because something is unknown of it."""
    is_newest: bool = False
    """Whether it is among the newest of its group."""


class Kept(Struct, frozen=True, gc=False):
    """A session that was selected and that a retention rule keeps."""

    session: Session
    why: Why

    @property
    def reason(self) -> str:
        """Return the reason for the user."""
        return f"kept: {self.why.words}"


@dataclass(frozen=True)
class PlanGroup:
    """A group of the selection, and how many of it stay and are revoked."""

    group: Group
    kept: int
    """All that stay, whatever the reason."""
    targets: int


def check_rules(listed: Sequence[Session], rules: RetentionRules) -> None:
    """Raise CannotTell for a rule that goes by what no session of the list has.

    It would keep nothing, and what was asked to stay would go.
    """
    for rule in rules.all_given:
        if listed and not any(map(rule.known_of, listed)):
            name = rule.option.removeprefix("--")
            raise CannotTell(
                f"The server lists no {TIMES[rule.goes_by]} ({rule.goes_by}) for any session: "
                f"{name} can't be applied",
                f"Nothing was sent. Leave {name} out, or choose sessions one by one.",
            )


def kept_by_rules(
    sessions: Sequence[Session], groups: Sequence[Group], rules: RetentionRules, server_now: float
) -> dict[int, Why]:
    """Return by position why each session that stays does so."""
    kept: dict[int, Why] = {}
    for group in groups:
        border = _border(sessions, group, rules.keep_newest)
        judge = _judge(group, rules, border, server_now)
        created_since, used_since = _since(group, rules, border, server_now)
        for position in group.positions:
            session = sessions[position]
            created, used = session.created_at, session.last_used_at
            if created is None or created >= created_since or used is None or used >= used_since:
                why = judge(session)  # of the rest, which are most, it would say nothing
                if why is not None:
                    kept[position] = why
    return kept


def _since(
    group: Group, rules: RetentionRules, border: float, server_now: float
) -> tuple[float, float]:
    """Return since when a session must be created, or else used, for any rule to keep it.

    A rule may keep one of which either time is unknown, and any of a group that is not judged.
    """
    if _is_whole(group, rules):
        return -math.inf, -math.inf
    created, used = rules.keep_created_within, rules.keep_used_within
    return (
        min(border, math.inf if created is None else server_now - created),
        math.inf if used is None else server_now - used,
    )


def _is_whole(group: Group, rules: RetentionRules) -> bool:
    """Return whether all sessions of a group stay, whatever they are."""
    few = rules.keep_newest is not None and group.count <= rules.keep_newest
    return few or (group.is_unknown and not rules.include_unknown)


def _judge(
    group: Group, rules: RetentionRules, border: float, server_now: float
) -> Callable[[Session], Why | None]:
    """Return what says of a session of this group why it stays; None where it does not."""
    if group.is_unknown and not rules.include_unknown:
        keys = [key.value for key, value in zip(group.keys, group.values, strict=True) if not value]
        unknown = Why(f"{' and '.join(keys)} unknown", is_judged=False)
        return lambda _: unknown
    most = rules.keep_newest
    newest = Why(f"newest {most} of {group.name}", is_newest=True)
    if most is not None and len(group.positions) <= most:
        return lambda _: newest
    undated = Why(f"no creation date: may be among the newest {most}", is_judged=False)
    used_since, used = _within("used", rules.keep_used_within, server_now)
    created_since, created = _within("created", rules.keep_created_within, server_now)
    unjudged = Why("what the rules go by is unknown", is_judged=False)
    unknown_times = [
        (rule, Why(f"{TIMES[rule.goes_by]} unknown", is_judged=False))
        for rule in (() if rules.include_unknown else rules.all_given)
    ]

    def why(session: Session) -> Why | None:
        created_at, used_at = session.created_at, session.last_used_at
        if created_at is not None and created_at >= border:
            return newest
        if used_at is not None and used_at >= used_since:
            return used
        if created_at is not None and created_at >= created_since:
            return created
        if most is not None and created_at is None:
            return undated
        for rule, unknown in unknown_times:
            if not rule.known_of(session):
                return unknown
        return None if rules.can_judge(session) else unjudged

    return why


def _border(sessions: Sequence[Session], group: Group, most: int | None) -> float:
    """Return the creation from which on a session is among the newest of its group.

    Sessions of the same second can't be told apart: all stay that are as new as the last of them,
    and all that may be, where the creation is known to a day.
    """
    if most is None:
        return math.inf
    created = map(_earliest_creation, map(sessions.__getitem__, group.positions))
    known = sorted(at for at in created if at is not None)
    return -math.inf if len(known) <= most else known[-most]


def _earliest_creation(session: Session) -> float | None:
    at = session.created_at
    return at - session.created_span if at is not None and session.created_span else at


def _within(verb: str, seconds: float | None, server_now: float) -> tuple[float, Why]:
    """Return since when a session counts as used or created, and why it then stays."""
    if seconds is None:
        return math.inf, Why("")
    return server_now - seconds, Why(f"{verb} within {as_typed(seconds)}")
