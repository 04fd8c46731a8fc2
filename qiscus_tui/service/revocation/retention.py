"""Retention rules: which sessions of each group stay and why, and when they can't be applied. Pure.

What any rule keeps stays. What can't be judged stays too: a group without client and network, and a
session of which it is unknown what a rule goes by, its creation or its last use. A list of which no
session has that is not judged at all.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
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
from qiscus_tui.service.sessions.groups import Members, times_of
from qiscus_tui.service.sessions.session_list import Facts, SessionList
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
    hint: str = ""
    """How the rules are applied to it all the same; empty where that can't be."""
    is_newest: bool = False
    """Whether it is among the newest of its group."""


def retention_of(policy: Policy) -> Retention:
    """Return how a policy of config.toml groups, and what it keeps."""
    keys = tuple(map(GroupKey, policy.group_by)) or USUAL_KEYS
    return Retention(keys, policy.rules, policy.name)


def kept_by_rules(
    listed: SessionList, groups: Iterable[Members], rules: RetentionRules, server_now: float
) -> dict[int, Why]:
    """Return by position why each session that stays does so."""
    kept: dict[int, Why] = {}
    written = dict(written_rules(rules))
    whys = [(rule, Why(rule.words.format(value))) for rule, value in written.items()]
    doubts = {rule: _doubt(rule, rules) for rule in written}
    for group in groups:
        if group.is_unknown and not rules.include_unknown:
            pairs = zip(group.keys, group.values, strict=True)
            keys = " and ".join(key.value for key, value in pairs if not value)
            kept |= dict.fromkeys(group.positions, _unknown(keys))
            continue
        if rules.keep_newest is not None:  # the first of the rules
            newest = Why(f"newest {rules.keep_newest} of {group.name}", is_newest=True)
            whys[0] = Rule.keep_newest, newest
            if group.count <= rules.keep_newest:
                kept |= dict.fromkeys(group.positions, newest)
                continue
        kept |= _kept_of(group.positions, whys, doubts, rules, listed.facts, server_now)
    return kept


def _kept_of(
    members: Sequence[int],
    whys: Iterable[tuple[Rule, Why]],
    doubts: Mapping[Rule, Why | None],
    rules: RetentionRules,
    facts: Facts,
    now: float,
) -> dict[int, Why]:
    """Return why those members of a group stay that do, by position."""
    kept: dict[int, Why] = {}
    in_doubt: dict[int, Why | None] = {}
    undecided = members
    for rule, why in whys:
        times: Sequence[float | None] = getattr(facts, rule.goes_by)
        since, doubt = _since(rule, rules, members, times, now), doubts[rule]
        left: list[int] = []
        for position in undecided:
            time = times[position]
            if time is not None and time >= since:
                kept[position] = why
                continue
            left.append(position)
            if time is None:
                in_doubt.setdefault(position, doubt)
        undecided = left
    return kept | {one: why for one in undecided if (why := in_doubt.get(one)) is not None}


def _since(
    rule: Rule,
    rules: RetentionRules,
    members: Sequence[int],
    times: Sequence[float | None],
    server_now: float,
) -> float:
    """Return from what time on a rule that is given keeps members of a group.

    `times`: what the rule goes by, of the whole list.
    """
    match rule:
        case Rule.keep_newest:
            # Sessions of the same second can't be told apart: all stay that are as new as the last.
            known, most = times_of(members, times), rules.keep_newest or 0
            return known[-most] if len(known) > most else -math.inf
        case Rule.keep_used_within:
            return server_now - (rules.keep_used_within or 0)
        case Rule.keep_created_within:
            return server_now - (rules.keep_created_within or 0)


def _doubt(rule: Rule, rules: RetentionRules) -> Why | None:
    """Return why a session stays that no rule keeps, where this one is the first that can't tell.

    The server does not list what the rule goes by. None where such a session goes.
    """
    if rule is Rule.keep_newest:
        words = f"no creation date: may be among the newest {rules.keep_newest}"
        return Why(words, is_judged=False)
    return None if rules.include_unknown else _unknown(TIMES[rule.goes_by])


def _unknown(what: str) -> Why:
    hint = "To apply the rules to them too: --include-unknown"
    return Why(f"{what} unknown", is_judged=False, hint=hint)


# When they can't be applied


def check_rules(listed: Sequence[Session], rules: RetentionRules) -> None:
    """Raise CannotTell for a rule that goes by what no session of the list has.

    It would keep nothing, and what was asked to stay would go.
    """
    for rule in rules.all_given:
        if listed and all(rule.time_of(one) is None for one in listed):
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
