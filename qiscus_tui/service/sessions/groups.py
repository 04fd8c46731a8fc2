"""Groups: the sessions of a list that have their client, network or the like in common; sorted.

Those of 100,000 sessions take some 40 ms.

`count` and `per_day` begin with the most, `oldest` with the oldest; `newest`, `last_used` and `day`
with the most recent; `network` and `ip` go by number, other keys from A. Unknown is last in either
direction, and equals are the largest first.
"""

import enum
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

from msgspec import Struct, structs

from qiscus_tui.errors import UsageError
from qiscus_tui.model.addresses import (
    address_text,
    named_network,
    surroundings,
    surroundings_text,
)
from qiscus_tui.model.clients import client_family, client_of, shown
from qiscus_tui.model.clock import DAY, HOUR
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.ids import sha256
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import day_begins
from qiscus_tui.query import Key, Moment, written_between, written_exactly
from qiscus_tui.query.matching import address_of, label_of, text_of
from qiscus_tui.service.sessions.session_list import SessionList

Kind = str | int | date | None
"""What a group has in common: a text, a packed address or network, a day. None: unknown."""

Value = Hashable
"""What decides the kind of a session: its kind is found once for all that have the same."""

DISTINCT = 4096
"""Clients whose families are remembered."""


@dataclass(frozen=True)
class Kinds:
    """All about one key."""

    noun: str
    values: Callable[[SessionList, Iterable[int]], Iterable[Value]]
    """What decides the kind, of each session at these positions."""
    kind: Callable[[Any], Kind]
    """The kind, by one of these values."""
    text: Callable[[Kind], str]
    """The safe text of a kind that is known."""
    words: Callable[[Kind], str]
    """The filter for exactly this kind."""


def _names(listed: SessionList, positions: Iterable[int]) -> Iterable[Value]:
    return (client_of(listed.clients[at], listed.sessions[at].user_agent) for at in positions)


@lru_cache(DISTINCT)
def _family(client: str | None) -> Kind:
    return None if client is None else client_family(client)


def _ips(listed: SessionList, positions: Iterable[int]) -> Iterable[Value]:
    return (listed.sessions[at].ip for at in positions)


def _network(ip: str | None) -> Kind:
    address = address_of(ip)
    return surroundings(address) if isinstance(address, int) else address


def _users(listed: SessionList, positions: Iterable[int]) -> Iterable[Value]:
    return (listed.sessions[at].safe_user for at in positions)


def _labels(listed: SessionList, positions: Iterable[int]) -> Iterable[Value]:
    return (listed.labels[at] for at in positions)


def _days(listed: SessionList, positions: Iterable[int]) -> Iterable[Value]:
    """Yield the local day of each: times are seldom the same."""
    created = (listed.sessions[position].created_at for position in positions)
    return (None if at is None else date.fromtimestamp(at) for at in created)


def _network_text(kind: Kind) -> str:
    """Text that could pass for a network is in quotes, so that no two are alike."""
    if isinstance(kind, int):
        return surroundings_text(kind)
    text = str(kind)
    try:
        named_network(text)
    except ValueError:
        return f'"{text}"' if text.startswith('"') else text
    return f'"{text}"'


def _network_words(kind: Kind) -> str:
    return f"ip:{surroundings_text(kind)}" if isinstance(kind, int) else _exactly(Key.IP)(kind)


def _address_text(kind: Kind) -> str:
    return address_text(kind) if isinstance(kind, int) else str(kind)


def _address_words(kind: Kind) -> str:
    return f"ip:={address_text(kind)}" if isinstance(kind, int) else _exactly(Key.IP)(kind)


def _day_words(kind: Kind) -> str:
    if not isinstance(kind, date):
        return "age:unknown"
    return written_between(day_begins(kind), day_begins(kind + timedelta(days=1)))


def _exactly(key: Key) -> Callable[[Kind], str]:
    return lambda kind: written_exactly(key, None if kind is None else str(kind))


KINDS: dict[GroupKey, Kinds] = {
    GroupKey.CLIENT: Kinds("client", _names, _family, str, _exactly(Key.CLIENT)),
    GroupKey.NETWORK: Kinds("network", _ips, _network, _network_text, _network_words),
    GroupKey.IP: Kinds("address", _ips, address_of, _address_text, _address_words),
    GroupKey.USER: Kinds("user", _users, text_of, str, _exactly(Key.USER)),
    GroupKey.LABEL: Kinds("label", _labels, label_of, str, _exactly(Key.LABEL)),
    GroupKey.DAY: Kinds("creation date", _days, lambda day: day, str, _day_words),
}

PER_DAY_OF = 7 * DAY
"""Seconds of which `per_day` is the average."""

_ORIGINS = {GroupKey.CLIENT, GroupKey.NETWORK, GroupKey.IP}
"""What tells one script from another."""


class Members(Struct, frozen=True, kw_only=True):
    """Sessions with something in common."""

    keys: tuple[GroupKey, ...]
    kinds: tuple[Kind, ...]
    name: str
    """`GuzzleHttp · 10.2.0.0/24`, for people."""
    positions: Sequence[int]
    """Of its sessions, in the list's order."""

    @property
    def count(self) -> int:
        """Return how many sessions it has."""
        return len(self.positions)

    @property
    def values(self) -> tuple[str | None, ...]:
        """Return the safe text of each key, no two groups the same; None is unknown."""
        return _values(self.keys, self.kinds)

    @property
    def is_unknown(self) -> bool:
        """Return whether it is not known where its sessions come from.

        Where they were not grouped by that: whether nothing is known by which they were grouped.
        """
        origins = [kind for key, kind in zip(self.keys, self.kinds, strict=True) if key in _ORIGINS]
        return all(kind is None for kind in origins or self.kinds)

    @property
    def filter_text(self) -> str:
        """Return the filter that matches exactly its sessions, among those that were grouped."""
        return " ".join(
            KINDS[key].words(kind) for key, kind in zip(self.keys, self.kinds, strict=True)
        )


class Group(Members, frozen=True, kw_only=True):
    """Members, and what is known of them. Times are epoch seconds, the server's; None: unknown."""

    share: float
    """Of all that were grouped, 0 to 1."""
    per_day: float | None
    """Sessions created per day: of the last 7 days, or since its oldest where that is less, but of
    no less than one day. None where no creation time is known."""
    oldest_at: float | None
    newest_at: float | None
    last_used_at: float | None
    expiring: int
    """Sessions that end soon, as in `is:expiring`."""
    in_use: int
    """Sessions that were used within 24 hours."""
    used_last_hour: int
    current: bool | None
    """Whether it has our own session; None where that is unknown."""
    protected: bool
    """Whether it has sessions of a protected integration."""
    only_protected: bool
    """Whether it has no others."""

    @property
    def protection_words(self) -> str:
        """Return `protected`, or `some protected` where it has others too; empty without any."""
        if self.only_protected:
            return "protected"
        return "some protected" if self.protected else ""


def _values(keys: Sequence[GroupKey], kinds: Sequence[Kind]) -> tuple[str | None, ...]:
    pairs = zip(keys, kinds, strict=True)
    return tuple([None if kind is None else KINDS[key].text(kind) for key, kind in pairs])


def members_by(
    listed: SessionList, keys: Sequence[GroupKey], positions: Sequence[int] | None = None
) -> list[Members]:
    """Return these positions (all by default) by what they have in common, the largest first."""
    positions = range(len(listed)) if positions is None else positions
    by_kinds = defaultdict[tuple[Kind, ...], list[int]](list)
    for position, kinds in zip(positions, kinds_of(listed, keys, positions), strict=True):
        by_kinds[kinds].append(position)
    keys = tuple(keys)
    found = [
        Members(
            keys=keys,
            kinds=kinds,
            name=" · ".join(map(shown, _values(keys, kinds))),
            positions=them,
        )
        for kinds, them in by_kinds.items()
    ]
    return sorted(found, key=lambda one: (-one.count, one.name))


def grouped(
    listed: SessionList,
    keys: Sequence[GroupKey],
    moment: Moment,
    positions: Sequence[int] | None = None,
) -> tuple[Group, ...]:
    """Return the groups of these positions (of all by default), the largest first."""
    total = len(listed if positions is None else positions)
    return tuple(_group(listed, one, moment, total) for one in members_by(listed, keys, positions))


def _group(listed: SessionList, members: Members, moment: Moment, total: int) -> Group:
    """Return what is known of these members, of `total` sessions that were grouped."""
    now, positions = moment.server_now, members.positions
    created, used, ends = (times_of(positions, times) for times in listed.facts[:3])
    per_day = None
    if created:
        days = min(max(now - created[0], DAY), PER_DAY_OF) / DAY
        per_day = (len(created) - bisect_right(created, now - PER_DAY_OF)) / days
    whether_current = {listed.facts.current[position] for position in positions}
    labels = {listed.labels[position] for position in positions}
    protection = {known is not None and known.protect for known in labels}
    return Group(
        **structs.asdict(members),
        share=members.count / total,
        per_day=per_day,
        oldest_at=created[0] if created else None,
        newest_at=created[-1] if created else None,
        last_used_at=used[-1] if used else None,
        expiring=moment.count_expiring(ends),
        in_use=len(used) - bisect_left(used, now - DAY),
        used_last_hour=len(used) - bisect_left(used, now - HOUR),
        current=True in whether_current or (None if None in whether_current else False),
        protected=True in protection,
        only_protected=protection == {True},
    )


def times_of(positions: Iterable[int], times: Sequence[float | None]) -> list[float]:
    """Return the times at these positions, sorted, without those that are unknown."""
    return sorted([at for position in positions if (at := times[position]) is not None])


def kinds_of(
    listed: SessionList, keys: Sequence[GroupKey], positions: Sequence[int]
) -> list[tuple[Kind, ...]]:
    """Return what decides the group of each session at these positions, found once for a list."""
    column = _FOUND.setdefault(listed, {}).setdefault(tuple(keys), [()] * len(listed))
    missing = [position for position in positions if not column[position]]
    of_keys = [KINDS[key] for key in keys]
    known: dict[tuple[Value, ...], tuple[Kind, ...]] = {}
    decided_by = zip(*(one.values(listed, missing) for one in of_keys), strict=True)
    for position, values in zip(missing, decided_by, strict=True):
        kinds = known.get(values)
        if kinds is None:
            pairs = zip(of_keys, values, strict=True)
            kinds = known[values] = tuple([one.kind(value) for one, value in pairs])
        column[position] = kinds
    return [column[position] for position in positions]


_FOUND = WeakKeyDictionary[SessionList, dict[tuple[GroupKey, ...], list[tuple[Kind, ...]]]]()
"""By list and keys, what decides the group of each session; empty where that is not found yet."""


def lacking(listed: SessionList, keys: Sequence[GroupKey]) -> str | None:
    """Return why a list can't be grouped so, and by what else: no session has any of the keys.

    None where it can, and for an empty list.
    """
    if not listed.sessions or any(_has(listed, key) for key in keys):
        return None
    of_server = [KINDS[key].noun for key in keys if key is not GroupKey.LABEL]
    others = [key.value for key in GroupKey if key not in keys and _has(listed, key)]
    instead = f"; group by {' or '.join(others)} instead" if others else ""
    what = f"The server lists no {' and no '.join(of_server)} for any session"
    if GroupKey.LABEL in keys:
        what = f"{what}, and none has a label" if of_server else "No session has a label"
    return f"{what}{instead}"


def _has(listed: SessionList, key: GroupKey) -> bool:
    kind, values = cache(KINDS[key].kind), KINDS[key].values(listed, range(len(listed)))
    return any(kind(value) is not None for value in values)


def pairs_in(
    listed: SessionList, positions: Sequence[int] | None = None
) -> list[tuple[str, Members]]:
    """Return each pair's fingerprint and sessions, the largest first, but of unknown origin."""
    pairs = members_by(listed, USUAL_KEYS, positions)
    return [(fingerprint_of(pair), pair) for pair in pairs if not pair.is_unknown]


def whole_groups(
    listed: SessionList, keys: Sequence[GroupKey], positions: Sequence[int]
) -> list[Members]:
    """Return the groups all of whose sessions are at these positions, but of unknown origin."""
    counts = Counter(kinds_of(listed, keys, range(len(listed))))
    found = members_by(listed, keys, positions)
    return [one for one in found if one.count == counts[one.kinds] and not one.is_unknown]


def fingerprint_of(pair: Members) -> str:
    """Return what stands for a client and network where they are remembered."""
    text = "\0".join(value or "" for value in pair.values)
    return sha256(text)[:16]


_GROUPED_BY = {
    Key.CLIENT: GroupKey.CLIENT,
    Key.IP: GroupKey.NETWORK,
    Key.USER: GroupKey.USER,
    Key.LABEL: GroupKey.LABEL,
}


def values_in(listed: SessionList, key: Key) -> list[str]:
    """Return the values as safe texts, that of most sessions first; none of a key without texts."""
    if key not in _GROUPED_BY:
        return []
    groups = members_by(listed, (_GROUPED_BY[key],))
    return [value for group in groups for value in group.values if value is not None]


# Their orders


class GroupFact(enum.Enum):
    """What groups can be sorted by, whatever their keys. The value is the word typed."""

    COUNT = "count"
    PER_DAY = "per_day"
    OLDEST = "oldest"
    NEWEST = "newest"
    LAST_USED = "last_used"


GroupSort = GroupFact | GroupKey

_Value = tuple[int, float | str]
"""Numbers before texts."""


def parse_group_sort(text: str, keys: Sequence[GroupKey]) -> GroupSort:
    """Return what groups with these keys are sorted by. Raises UsageError."""
    names: dict[str, GroupSort] = {one.value: one for one in (*GroupFact, *keys)}
    if text not in names:
        by = ",".join(key.value for key in keys)
        raise UsageError(
            f"Groups by {by} can't be sorted by '{safe(text, 40)}'",
            f"Sort them by one of {', '.join(names)}.",
        )
    return names[text]


def sorted_groups(groups: Sequence[Group], by: GroupSort, *, reverse: bool = False) -> list[Group]:
    """Return the groups in this order. They are given with the largest first."""
    valued = [(_value(group, by), group) for group in groups]
    known = [(value, group) for value, group in valued if value is not None]
    known.sort(key=itemgetter(0), reverse=(by in FALLING) != reverse)
    return [*(group for _, group in known), *(group for value, group in valued if value is None)]


FALLING = {
    GroupFact.COUNT,
    GroupFact.PER_DAY,
    GroupFact.NEWEST,
    GroupFact.LAST_USED,
    GroupKey.DAY,
}
"""What begins with the highest value."""


_FACTS: dict[GroupFact, Callable[[Group], float | None]] = {
    GroupFact.COUNT: lambda group: group.count,
    GroupFact.PER_DAY: lambda group: group.per_day,
    GroupFact.OLDEST: lambda group: group.oldest_at,
    GroupFact.NEWEST: lambda group: group.newest_at,
    GroupFact.LAST_USED: lambda group: group.last_used_at,
}


def _value(group: Group, by: GroupSort) -> _Value | None:
    found = group.kinds[group.keys.index(by)] if isinstance(by, GroupKey) else _FACTS[by](group)
    match found:
        case None:
            return None
        case str():
            return 1, found.casefold()
        case date():
            return 0, found.toordinal()
        case _:
            return 0, found
