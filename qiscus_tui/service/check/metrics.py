"""Checks as text for Prometheus, by the textfile collector of node_exporter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qiscus_tui.service.check.findings import Figures

CLIENTS = 20
"""Clients that have a line of their own; the rest is `other`."""

_HELP = {
    "qiscus_sessions_live": "Live sessions.",
    "qiscus_sessions_expiring": "Live sessions that expire soon.",
    "qiscus_sessions_issued_24h": "Live sessions that were created in the last 24 hours.",
    "qiscus_sessions_oldest_age_seconds": "Age of the oldest live session.",
    "qiscus_sessions_by_client": "Live sessions by client, the 20 largest and other.",
    "qiscus_check_success": "Whether the last check succeeded.",
    "qiscus_check_timestamp_seconds": "When the last check ended.",
}


@dataclass(frozen=True)
class Measured:
    """The check of one account; without figures it failed."""

    account: str
    at: float
    """When it ended: epoch seconds."""
    figures: Figures | None = None


def metrics_text(checks: Sequence[Measured]) -> str:
    """Return the text for these accounts, each metric's lines together."""
    lines: list[str] = []
    for name, words in _HELP.items():
        samples = [line for one in checks for line in _samples(name, one)]
        if samples:
            lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge", *samples]
    return "\n".join([*lines, ""])


def _samples(name: str, one: Measured) -> Iterator[str]:
    for labels, value in _values(name, one):
        words = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
        yield f"{name}{{{words}}} {value}"


def _values(name: str, one: Measured) -> Iterator[tuple[tuple[tuple[str, str], ...], str]]:
    account, figures = (("account", one.account),), one.figures
    if name == "qiscus_check_success":
        yield account, "1" if figures is not None else "0"
    elif name == "qiscus_check_timestamp_seconds":
        yield account, f"{one.at:.3f}"
    elif figures is None:
        return
    elif name == "qiscus_sessions_by_client":
        for client, count in _largest(figures.by_client):
            yield (*account, ("client", client)), str(count)
    elif name == "qiscus_sessions_oldest_age_seconds":
        if figures.oldest_at is not None:
            yield account, f"{max(0.0, one.at - figures.oldest_at):.0f}"
    else:
        values = {
            "qiscus_sessions_live": figures.live,
            "qiscus_sessions_expiring": figures.expiring,
            "qiscus_sessions_issued_24h": figures.issued_24h,
        }
        yield account, str(values[name])


def _largest(by_client: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    counts: dict[str, int] = {}
    for number, (client, count) in enumerate(by_client):
        name = client if number < CLIENTS else "other"
        counts[name] = counts.get(name, 0) + count
    yield from counts.items()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
