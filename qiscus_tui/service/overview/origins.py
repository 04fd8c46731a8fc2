"""Where sessions come from: top clients, top networks, and the script that made most of them.

All three are read off the groups by client and network.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.query import Key, written_exactly
from qiscus_tui.service.overview.bars import Bar, Bars, most_common, others
from qiscus_tui.service.sessions.group_kinds import KINDS, Kind
from qiscus_tui.service.sessions.groups import Group, shown
from qiscus_tui.service.sessions.session_list import SessionList

UNUSED_AFTER = DAY
"""Seconds after which a session counts as not used: as long as the usual rules of a prune keep."""
SPRAWL = 10
"""Sessions from which a group is worth a sentence."""


class Sprawl(Struct, frozen=True):
    """The script that made most sessions, and how many of them are not used."""

    group: Group
    unused: int | None
    """Its sessions that were used, but not within `UNUSED_AFTER`; without its newest one.

    None where it is not known of any when it was used.
    """


def client_bars(listed: SessionList, groups: Sequence[Group]) -> Bars:
    """Return bars of the clients with the most sessions, each session counted once.

    Those of a protected integration count under its label.
    """
    protected = {one.label for one in {*listed.labels} if one is not None and one.protect}
    counts: Counter[Kind] = Counter()
    of_labels: Counter[str] = Counter()
    taken: defaultdict[Kind, set[str]] = defaultdict(set)
    at = USUAL_KEYS.index(GroupKey.CLIENT)
    for group in groups:
        kind = group.kinds[at]
        counts[kind] += group.count
        if group.protected:
            its_labels = map(listed.labels.__getitem__, group.positions)
            labels = [known.label for known in its_labels if known is not None]
            found = Counter(label for label in labels if label in protected)
            of_labels.update(found)
            counts[kind] -= found.total()
            taken[kind].update(found)
    bars = [_label_bar(label, count) for label, count in of_labels.items()]
    counts += Counter()  # without those that are protected altogether
    top = most_common(counts)
    bars += [_bar(GroupKey.CLIENT, kind, counts[kind], taken[kind]) for kind in top]
    rest = counts.total() - sum(counts[kind] for kind in top)
    bars.sort(key=lambda bar: -bar.count)
    return (*bars, *others("client", len(counts) - len(top), rest))


def network_bars(groups: Sequence[Group]) -> Bars:
    """Return bars of the networks with the most sessions of these groups."""
    counts: Counter[Kind] = Counter()
    at = USUAL_KEYS.index(GroupKey.NETWORK)
    for group in groups:
        counts[group.kinds[at]] += group.count
    top = most_common(counts)
    bars = [_bar(GroupKey.NETWORK, kind, counts[kind]) for kind in top]
    rest = counts.total() - sum(counts[kind] for kind in top)
    return (*bars, *others("network", len(counts) - len(top), rest))


def _bar(key: GroupKey, kind: Kind, count: int, without: Iterable[str] = ()) -> Bar:
    """Return the bar of a kind; `without`: labels whose sessions have bars of their own."""
    kinds = KINDS[key]
    label = shown(None if kind is None else kinds.text(kind))
    less = (f"-{written_exactly(Key.LABEL, one)}" for one in sorted(without))
    return Bar(label, label, count, " ".join((kinds.words(kind), *less)))


def _label_bar(label: str, count: int) -> Bar:
    return Bar(f"label {label}", label, count, written_exactly(Key.LABEL, label))


def largest_sprawl(listed: SessionList, groups: Sequence[Group], now: float) -> Sprawl | None:
    """Return the largest group that is known and not protected; None: all are small."""
    group = next((one for one in groups if not one.is_unknown and not one.protected), None)
    if group is None or group.count < SPRAWL:
        return None
    sessions = [*map(listed.sessions.__getitem__, group.positions)]
    dated = group.newest_at is not None
    dates = (one.created_at - one.created_span for one in sessions if one.created_at)
    newest = max(dates, default=-math.inf)
    unused = 0
    for session in sessions:
        created, used = session.created_at, session.last_used_at
        may_be_newest = dated and (created is None or created >= newest)
        unused += used is not None and now - used >= UNUSED_AFTER and not may_be_newest
    return Sprawl(group, None if group.last_used_at is None else unused)
