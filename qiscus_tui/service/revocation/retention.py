"""Retention rules: which sessions of each group stay and why, and when they can't be applied. Pure.

What any rule keeps stays. What can't be judged stays too: a group without client and network, and a
session of which it is unknown what a rule goes by, its creation or its last use. A list of which no
session has that is not judged at all.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qiscus_tui.errors import CannotTell, UsageError
from qiscus_tui.model.clock import DAY
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.retention_rules import (
    TIMES,
    Retention,
    RetentionRules,
    Rule,
    written_rules,
)
from qiscus_tui.model.session import Session
from qiscus_tui.query import Query
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.config import Policy

USUAL_RULES = RetentionRules(keep_newest=1, keep_used_within=DAY)
"""The newest of each group, and what was used within 24 hours."""

MOST_OFFSET = DAY
"""Seconds by which the server's clock and ours may differ for a rule about age."""


@dataclass(frozen=True)
class Why:
    """Why a session stays."""

    words: str
    is_judged: bool = True
    """False: it stays because something is unknown of it."""
    is_newest: bool = False
    """Whether it is among the newest of its group."""


def retention_of(policy: Policy) -> Retention:
    """Return how a policy of config.toml groups, and what it keeps."""
    keys = tuple(map(GroupKey, policy.group_by)) or USUAL_KEYS
    return Retention(keys, policy.rules, policy.name)


def kept_by_rules(
    sessions: Sequence[Session], groups: Sequence[Group], rules: RetentionRules, server_now: float
) -> dict[int, Why]:
    """Return by position why each session that stays does so."""
    kept: dict[int, Why] = {}
    for group in groups:
        judge = _judge(sessions, group, rules, server_now)
        for position in group.positions:
            why = judge(sessions[position])
            if why is not None:
                kept[position] = why
    return kept


def _judge(
    sessions: Sequence[Session], group: Group, rules: RetentionRules, server_now: float
) -> Callable[[Session], Why | None]:
    """Return what says of a session of this group why it stays; None where it does not."""
    if group.is_unknown and not rules.include_unknown:
        keys = [key.value for key, value in zip(group.keys, group.values, strict=True) if not value]
        unknown = Why(f"{' and '.join(keys)} unknown", is_judged=False)
        return lambda _: unknown
    given = [
        (_keeps(rule, rules, sessions, group, server_now), _why(rule, value, group))
        for rule, value in written_rules(rules)
    ]
    asked = rules.all_given

    def judge(session: Session) -> Why | None:
        for keeps, why in given:
            if keeps(session):
                return why
        unknown = [rule for rule in asked if not rule.known_of(session)]
        if not unknown:
            return None
        if rules.keep_newest is not None and session.created_at is None:
            words = f"no creation date: may be among the newest {rules.keep_newest}"
            return Why(words, is_judged=False)
        if not rules.include_unknown:
            return Why(f"{TIMES[unknown[0].goes_by]} unknown", is_judged=False)
        if len(unknown) == len(asked):
            return Why("what the rules go by is unknown", is_judged=False)
        return None

    return judge


def _keeps(
    rule: Rule, rules: RetentionRules, sessions: Sequence[Session], group: Group, server_now: float
) -> Callable[[Session], bool]:
    """Return what says whether a rule that is given keeps a session of this group."""
    value = rules.value(rule) or 0
    match rule:
        case Rule.keep_newest:
            if group.count <= value:
                return lambda _: True
            border = _border([sessions[position] for position in group.positions], int(value))
            return lambda one: one.created_at is not None and one.created_at >= border
        case Rule.keep_used_within:
            since = server_now - value
            return lambda one: one.last_used_at is not None and one.last_used_at >= since
        case Rule.keep_created_within:
            since = server_now - value
            return lambda one: one.created_at is not None and one.created_at >= since


def _why(rule: Rule, value: str, group: Group) -> Why:
    words = rule.words.format(value)
    if rule is Rule.keep_newest:
        return Why(f"{words.removeprefix('the ')} of {group.name}", is_newest=True)
    return Why(words)


def _border(sessions: Sequence[Session], most: int) -> float:
    """Return the creation from which on a session is among the newest.

    Sessions of the same second can't be told apart: all stay that are as new as the last of them.
    """
    created = sorted([one.created_at for one in sessions if one.created_at is not None])
    return created[-most] if len(created) > most else -math.inf


# When they can't be applied


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


def offset_words(offset: float) -> str:
    """Return how far the server's clock is from ours, where rules about age are refused for it.

    `offset`: seconds that the server's is ahead. Empty where it is near enough.
    """
    if abs(offset) <= MOST_OFFSET:
        return ""
    direction = "ahead of" if offset > 0 else "behind"
    days = abs(offset) / DAY
    return f"The server's clock is {days:,.1f} days {direction} this machine's"


def check_clocks(
    listed: SessionList, rule: Query | None, retention: Retention | None = None
) -> None:
    """Raises UsageError for a rule about time where the clocks differ by more than a day.

    Raises CannotTell for it where the times of the list can't be trusted.
    """
    verb = "revoke" if retention is None else "prune"
    by_age = (rule is not None and rule.depends_on_clock) or (
        retention is not None and retention.rules.depends_on_clock
    )
    difference = offset_words(listed.offset) if by_age else ""
    if listed.time_doubt and (by_age or retention is not None):
        raise CannotTell(
            f"{listed.time_doubt}: ages can't be trusted",
            "Choose sessions one by one, or get a new token of our own: qiscus-tui refresh. "
            f"To go by these times anyway: qiscus-tui {verb} --allow-clock-offset",
        )
    if difference:
        raise UsageError(
            f"{difference}: ages can't be trusted",
            "Correct the wrong clock, or choose sessions one by one. To revoke by age anyway: "
            f"qiscus-tui {verb} --allow-clock-offset",
        )
