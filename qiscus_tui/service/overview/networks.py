"""Top networks: the /24 of an IPv4 address, the /48 of an IPv6 address."""

from collections.abc import Generator, Mapping

from qiscus_tui.model.addresses import packed, surroundings, surroundings_text
from qiscus_tui.service.overview.bars import RUN, Bar, Bars, most_in_steps, others


def network_bars_in_steps(addresses: Mapping[str | None, int]) -> Generator[None, None, Bars]:
    """Return bars of the networks with the most sessions. No filter matches a non-address."""
    counts: dict[int, int] = {}
    nowhere = 0
    for looked, (text, count) in enumerate(addresses.items(), 1):
        address = packed(text)
        if address is None:
            nowhere += count
        else:
            first = surroundings(address)
            counts[first] = counts.get(first, 0) + count
        if looked % RUN == 0:
            yield
    top = yield from most_in_steps(counts)
    bars = [_bar(surroundings_text(first), counts[first]) for first in top]
    rest = sum(counts.values()) - sum(counts[first] for first in top)
    bars += others("network", len(counts) - len(top), rest)
    if nowhere:
        bars.append(Bar("nowhere", "no address", nowhere))
    return tuple(bars)


def _bar(network: str, count: int) -> Bar:
    return Bar(network, network, count, f"ip:{network}")
