"""Where sessions come from: top clients, top networks, and the script that made most of them.

All three are read off the groups by client and network.
"""

from collections.abc import Generator, Sequence

from msgspec import Struct

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.turns import RUN, runs
from qiscus_tui.service.overview.bars import Bar, Bars, most_in_steps, others
from qiscus_tui.service.sessions.group_kinds import KINDS, Kind
from qiscus_tui.service.sessions.groups import Group, shown
from qiscus_tui.service.sessions.session_list import SessionList

UNUSED_AFTER = DAY
"""Seconds after which a session that was not used counts as no longer used."""
SPRAWL = 10
"""Sessions from which a group is worth a sentence."""


class Sprawl(Struct, frozen=True):
    """The script that made most sessions, and how many of them are no longer used."""

    group: Group
    unused: int | None
    """None where it is not known of any when it was used."""


def origin_bars_in_steps(
    groups: Sequence[Group], key: GroupKey, what: str
) -> Generator[None, None, Bars]:
    """Return bars of the clients, or of the networks, with the most sessions of these groups."""
    counts: dict[Kind, int] = {}
    at = USUAL_KEYS.index(key)
    for looked, group in enumerate(groups, 1):
        kind = group.kinds[at]
        counts[kind] = counts.get(kind, 0) + group.count
        if looked % RUN == 0:
            yield
    top = yield from most_in_steps(counts)
    bars = [_bar(key, kind, counts[kind]) for kind in top]
    rest = sum(counts.values()) - sum(counts[kind] for kind in top)
    return (*bars, *others(what, len(counts) - len(top), rest))


def _bar(key: GroupKey, kind: Kind, count: int) -> Bar:
    kinds = KINDS[key]
    label = shown(None if kind is None else kinds.text(kind))
    return Bar(label, label, count, kinds.words(kind))


def sprawl_in_steps(
    listed: SessionList, groups: Sequence[Group], now: float
) -> Generator[None, None, Sprawl | None]:
    """Return the largest group that is known and not protected; None: all are small."""
    group = next((one for one in groups if not one.is_unknown and not one.protected), None)
    if group is None or group.count < SPRAWL:
        return None
    unused = 0
    for run in runs(group.positions):
        for position in run:
            used = listed.sessions[position].last_used_at
            unused += used is not None and now - used >= UNUSED_AFTER
        yield
    return Sprawl(group, None if group.last_used_at is None else unused)
