"""Top clients, each with a filter for exactly its name.

`client:"curl 8"` finds `curl 8.5` too. So names that contain another name are excluded by negated
words; where these would be too many, the bar counts all names that contain it, and says so.
"""

from collections.abc import Collection, Generator, Mapping

from qiscus_tui.query import Key, written
from qiscus_tui.service.overview.bars import RUN, Bar, Bars, most_in_steps, others

MOST_LEFT_OUT = 4
"""Longer names that one filter excludes."""

_LongerSteps = Generator[None, None, list[str] | None]


def client_bars_in_steps(
    names: Mapping[str, int], nameless: Collection[str]
) -> Generator[None, None, Bars]:
    """Return bars of the names with the most sessions, whatever their case.

    `nameless`: the names of sessions without a user agent, which no negated word matches.
    """
    counts: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for looked, (name, count) in enumerate(names.items(), 1):
        folded = name.casefold()
        counts[folded] = counts.get(folded, 0) + count
        spelled.setdefault(folded, name)
        if looked % RUN == 0:
            yield
    without_agent = {name.casefold() for name in nameless}
    top = yield from most_in_steps(counts)
    bars: list[Bar] = []
    for folded in top:
        longer = [name for name in counts if folded in name and name != folded]
        yield
        left_out = yield from _shortest_in_steps(longer)
        name, count = spelled[folded], counts[folded]
        if left_out is None or (left_out and folded in without_agent):
            alike = count + sum(map(counts.__getitem__, longer))
            bars.append(Bar(folded, f"{name}, and names with it", alike, _filter_for(name)))
        else:
            filter_text = _filter_for(name, *(spelled[longer_one] for longer_one in left_out))
            bars.append(Bar(folded, name, count, filter_text))
    bars.sort(key=lambda bar: (-bar.count, bar.key))
    rest = sum(counts.values()) - sum(counts[name] for name in top)
    return (*bars, *others("client", len(counts) - len(top), rest))


def _filter_for(name: str, *left_out: str) -> str:
    return " -".join(written(Key.CLIENT, one) for one in (name, *left_out))


def _shortest_in_steps(longer: list[str]) -> _LongerSteps:
    """Return names such that each other name contains one of them. None: too many."""
    shortest: list[str] = []
    while longer:
        if len(shortest) == MOST_LEFT_OUT:
            return None
        found = min(longer, key=len)
        shortest.append(found)
        longer = [name for name in longer if found not in name]
        yield
    return shortest
